/** An invented month of a company, as rows of the tables that reports read. The same seed gives the same month. */
import { chance, type Chance } from './random.ts'

export interface CallRow {
  id: string
  direction: string
  line: string
  trunk: string | null
  caller: string | null
  arrivedAt: number
  answeredAt: number | null
  endedAt: number | null
  operator: string | null
  verdict: string | null
  reason: string | null
  group: string | null
  waitMs: number | null
  talkMs: number | null
}
export interface StepOfCall {
  callId: string
  seq: number
  at: number
  kind: string
  detail: Record<string, unknown>
}
export interface DialRow {
  channelId: string
  trunk: string
  at: number
  endedAt: number | null
}
export interface EventRow {
  id: string
  person: string
  at: number
  state: string
  reason: string | null
  callId: string | null
}
export interface CaseRow {
  id: string
  caller: string
  line: string
  group: string | null
  openedAt: number
  closedAt: number | null
  closedHow: string | null
  slaDueAt: number | null
}
export interface CallbackRow {
  id: string
  number: string
  line: string
  group: string
  status: string
  lostAt: number
  updatedAt: number
}
export interface Month {
  calls: CallRow[]
  steps: StepOfCall[]
  dials: DialRow[]
  events: EventRow[]
  cases: CaseRow[]
  callbacks: CallbackRow[]
}

export const LINES = ['+4930901820', '+4930901821']
const STATES = ['available', 'ringing', 'talking', 'wrap-up', 'paused', 'do-not-disturb', 'offline']
const LOST = [
  'queue_abandon',
  'queue_abandon',
  'queue_abandon',
  'ring_no_answer',
  'all_busy',
  'voicemail_left',
  'none_online',
]
const NOT_RUNG = ['hangup_greeting', 'hangup_menu', 'no_input', 'after_hours']

/** `from` and `to`: calls come between them, milliseconds. */
export function madeMonth(seed: number, size: number, from: number, to: number): Month {
  const dice = chance(seed)
  const month: Month = { calls: [], steps: [], dials: [], events: [], cases: [], callbacks: [] }
  for (let n = 0; n < size; n++) addCall(month, dice, n, dice.whole(from, to - 1))
  for (let n = 0; n < size / 10; n++) {
    const at = dice.whole(from, to - 1)
    const endedAt = dice.is(0.98) ? at + dice.whole(1_000, 7_200_000) : null
    month.dials.push({ channelId: `d${n}`, trunk: dice.pick(['city', 'gsm']), at, endedAt })
  }
  for (const person of ['anna', 'boris', 'zoe']) {
    for (let at = from, n = 0; at < to; at += dice.whole(1_000, 20_000_000), n++) {
      const state = dice.pick(STATES)
      const callId = state === 'wrap-up' && dice.is(0.8) ? dice.pick(month.calls).id : null
      const reason = state === 'paused' ? dice.pick(['lunch', 'training', null]) : null
      month.events.push({ id: `${person}-${String(n).padStart(6, '0')}`, person, at, state, reason, callId })
    }
  }
  return month
}

function addCall(month: Month, dice: Chance, n: number, arrivedAt: number): void {
  const rung = dice.is(0.85)
  const answered = rung && dice.is(0.7)
  const verdict = dice.is(0.03) ? 'ignored' : answered ? 'answered' : 'missed'
  // limits of the rules must be hit to the millisecond
  const waitMs = dice.is(0.2)
    ? dice.pick([0, 4_999, 5_000, 5_001, 10_000, 15_000, 20_000, 20_001])
    : dice.whole(0, 90_000)
  const menuMs = dice.whole(0, 30_000)
  const talkMs = verdict === 'answered' ? dice.whole(1_000, 900_000) : null
  const reason = verdict === 'missed' ? dice.pick(rung ? LOST : NOT_RUNG) : verdict === 'ignored' ? 'blocklist' : null
  const over = dice.is(0.99)
  const call: CallRow = {
    id: `c${String(n).padStart(7, '0')}`,
    direction: dice.is(0.95) ? 'inbound' : dice.pick(['callback', 'campaign']),
    line: dice.pick(LINES),
    trunk: dice.pick(['city', 'city', 'gsm', null]),
    caller: dice.is(0.95) ? `+4917000${String(dice.whole(0, 400)).padStart(5, '0')}` : null,
    arrivedAt,
    answeredAt: verdict === 'answered' ? arrivedAt + menuMs + waitMs : null,
    endedAt: over ? arrivedAt + menuMs + waitMs + (talkMs ?? 0) : null,
    operator: verdict === 'answered' ? dice.pick(['anna', 'boris']) : null,
    verdict: over ? verdict : null,
    reason: over ? reason : null,
    group: rung ? dice.pick(['sales', 'operators', 'olga']) : null,
    waitMs: over ? waitMs : null,
    talkMs: over ? talkMs : null,
  }
  month.calls.push(call)
  addSteps(month, dice, call)
  if (call.verdict === 'missed' && call.caller !== null) addFollowUps(month, dice, call, call.caller)
}

function addSteps({ steps }: Month, dice: Chance, call: CallRow): void {
  let seq = 0
  const step = (kind: string, detail: Record<string, unknown> = {}) =>
    steps.push({ callId: call.id, seq, at: call.arrivedAt + seq++, kind, detail })
  step('arrived', { did: call.line })
  step('played', { sounds: ['prompts/greeting'] })
  if (call.reason === 'after_hours') step('closed', { hours: 'office' })
  if (dice.is(0.6)) {
    const at = dice.pick(['perezvon.yaml:20', 'perezvon.yaml:31'])
    step('menu', { at })
    if (dice.is(0.3)) step('silence', { at })
    if (dice.is(0.2)) step('wrong-key', { key: dice.pick(['7', '8']), at })
    if (call.group !== null && dice.is(0.8)) step('key', { key: dice.pick(['1', '2']), label: 'Sales', at })
  }
  if (call.group !== null) {
    step('ring', { to: call.group, name: call.group })
    if (call.verdict !== 'answered')
      step('rung', {
        person: dice.pick(['anna', 'boris']),
        name: 'x',
        result: dice.pick(['no-answer', 'busy', 'rejected']),
        ms: 5_000,
      })
  }
  if (call.reason === 'voicemail_left') {
    step('voicemail', { to: 'sales' })
    step('recorded', { to: 'sales', ms: dice.whole(0, 20_000), file: null })
  }
  step('hung-up', { by: dice.pick(['caller', 'caller', 'us', 'unknown']), cause: 16 })
}

function addFollowUps({ cases, callbacks }: Month, dice: Chance, call: CallRow, caller: string): void {
  const { id, line, group } = call
  const openedAt = call.endedAt!
  const how = dice.pick(['called-back', 'called-back', 'came-back', 'by-hand', 'called-out', 'unreachable', null])
  const delay = dice.pick([1_200_000, 1_200_001, 86_400_000, 86_400_001, dice.whole(10_000, 200_000_000)])
  cases.push({
    id: `k${id}`,
    caller,
    line,
    group,
    openedAt,
    closedAt: how === null ? null : openedAt + delay,
    closedHow: how,
    slaDueAt: dice.is(0.7) ? openedAt + 1_800_000 : null,
  })
  const status = dice.pick(['done', 'done', 'failed', 'cancelled', 'waiting', 'client'])
  callbacks.push({
    id: `b${id}`,
    number: caller,
    line,
    group: group ?? 'operators',
    status,
    lostAt: openedAt,
    updatedAt: openedAt + dice.pick([1_200_000, 3_600_000, 3_600_001, dice.whole(10_000, 200_000_000)]),
  })
}
