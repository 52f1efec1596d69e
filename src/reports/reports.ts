/** A report: what is read for it, and the tables that come of it. */
import { callersInAll, topCallers } from '../store/reports/callers.ts'
import { type CallRules, callSums, type CallSums, waitHistogram } from '../store/reports/calls.ts'
import { caseSums } from '../store/reports/cases.ts'
import type { ReportDatabase } from '../store/reports/connection.ts'
import { busiestHours, mostAtOnce, trunkHours } from '../store/reports/lines.ts'
import { funnel, keysPressed, timeToPerson, trailsOfLeavers } from '../store/reports/menus.ts'
import { notTaken, operatorCalls, stateTimes, wrapByGroup } from '../store/reports/operators.ts'
import { callbackSums } from '../store/reports/promises.ts'
import { answerCounts, contactCounts } from '../store/reports/surveys.ts'
import { addedUp, callColumns, callRow, noCalls } from './call-figures.ts'
import { callersTable, callersTotalTable } from './caller-figures.ts'
import { cutTable, type ReportContext, ringMs } from './context.ts'
import { whereLeft } from './leaving-place.ts'
import { goalText, lineHourTable, lineTable, staffTable } from './line-figures.ts'
import { funnelTable, keyTable, leftTable, toPersonTable } from './menu-figures.ts'
import { operatorTable, pauseTable } from './operator-figures.ts'
import type { Cut } from './period.ts'
import {
  callbackColumns,
  callbackRow,
  callbacksAddedUp,
  caseColumns,
  caseRow,
  casesAddedUp,
  noCallbacks,
  noCases,
} from './promise-figures.ts'
import { thresholdsOf, USUAL_TARGET } from './service-target.ts'
import { answerTable, contactTable } from './survey-figures.ts'
import type { Table } from './table.ts'
import { waitLimits, waitTable } from './wait-figures.ts'

export const reportNames = ['calls', 'queues', 'operators', 'lines', 'ivr', 'callers', 'promises', 'survey'] as const
export type ReportName = (typeof reportNames)[number]

export interface ReportParts {
  database: ReportDatabase
  /** What the status of a contact is called. */
  contactStatus: (status: string) => string
  /** The name that the phone book has now; missing: there is none. */
  nameOf?: (number: string) => string | null
}

/** The cuts that a report knows beside its own way; the first is meant when none is named. */
export const cutsOf: Record<ReportName, readonly Cut[]> = {
  calls: ['day', 'hour', 'weekday', 'week', 'month', 'line', 'group', 'total'],
  queues: ['group', 'hour', 'weekday', 'day', 'week', 'month', 'line', 'total'],
  operators: [],
  lines: ['total', 'hour'],
  ivr: [],
  callers: [],
  promises: ['total', 'group', 'line', 'hour', 'weekday', 'day', 'week', 'month'],
  survey: [],
}

/** How many callers are named. */
const TOP = 20

/** `context.cut`: one of `cutsOf`. @throws ReportTooLong */
export function reportTables(name: ReportName, parts: ReportParts, context: ReportContext): Promise<Table[]> {
  return readers[name](parts, context)
}

const readers: Record<ReportName, (parts: ReportParts, context: ReportContext) => Promise<Table[]>> = {
  calls: async ({ database }, context) => [await callTable(database, context, context.cut ?? 'day')],

  async queues({ database }, context) {
    const limits = waitLimits.map((seconds) => seconds * 1000)
    const table = await callTable(database, context, context.cut ?? 'group')
    return [table, waitTable(context, await waitHistogram(database, context.period, limits))]
  },

  async operators({ database }, context) {
    const states = await stateTimes(database, context.period, context.now)
    const calls = await operatorCalls(database, context.period)
    const missed = await notTaken(database, context.period)
    return [operatorTable(context, { calls, notTaken: missed, states }), pauseTable(context, states)]
  },

  async lines({ database }, context) {
    const { period, now } = context
    const hours = await trunkHours(database, period)
    if (context.cut === 'hour') return [lineHourTable(context, hours)]
    const most = await mostAtOnce(database, period)
    const sums = await callSums(database, period, 'group', callRules(context))
    const wrap = await wrapByGroup(database, period, now)
    const busiest = await busiestHours(database, period)
    return [lineTable(context, hours, most), staffTable(context, busiest, sums, wrap)]
  },

  async ivr({ database }, context) {
    const { period } = context
    const all = await funnel(database, period)
    return [
      funnelTable(context, all),
      toPersonTable(await timeToPerson(database, period)),
      leftTable(context, whereLeft(await trailsOfLeavers(database, period)), all.received),
      keyTable(context, await keysPressed(database, period)),
    ]
  },

  async callers({ database, nameOf }, { period }) {
    return [
      callersTotalTable(await callersInAll(database, period)),
      callersTable(await topCallers(database, period, TOP), nameOf),
    ]
  },

  async promises({ database }, context) {
    const { period } = context
    const cut = context.cut ?? 'total'
    const cases = await caseSums(database, period, cut)
    const callbacks = await callbackSums(database, period, cut)
    const caseForm = { id: 'cases' as const, cut, columns: caseColumns, rowOf: caseRow }
    const callbackForm = { id: 'callbacks' as const, cut, columns: callbackColumns, rowOf: callbackRow }
    return [
      cutTable(context, caseForm, cases, noCases, casesAddedUp(cases)),
      cutTable(context, callbackForm, callbacks, noCallbacks, callbacksAddedUp(callbacks)),
    ]
  },

  async survey({ database, contactStatus }, context) {
    const { period } = context
    return [
      answerTable(context, await answerCounts(database, period)),
      contactTable(context, await contactCounts(database, period), contactStatus),
    ]
  },
}

export function callRules({ config }: Pick<ReportContext, 'config'>): CallRules {
  return {
    shortMs: config.reports.short_abandon,
    ringMs: ringMs(config),
    thresholds: thresholdsOf(config),
    thresholdMs: USUAL_TARGET.withinMs,
  }
}

async function callTable(database: ReportDatabase, context: ReportContext, cut: Cut): Promise<Table> {
  const sums = await callSums(database, context.period, cut, callRules(context))
  const goal = (key: CallSums['key']) => (cut === 'group' && key !== '' ? goalText(context, String(key)) : null)
  const columns = cut === 'group' ? ([...callColumns, 'service_goal'] as const) : callColumns
  const rowOf = (sum: CallSums) => ({ ...callRow(sum), ...(sum.key !== 'total' && { service_goal: goal(sum.key) }) })
  return cutTable(context, { id: 'calls', cut, columns, rowOf }, sums, noCalls, addedUp(sums))
}
