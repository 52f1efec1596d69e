/**
 * The doorbell book: Asterisk's own list of who called and whether he was spoken with, kept while nobody here could. Its entries make the
 * calls of our absence whole again, and tell how talks ended that went on without us.
 *
 * An entry, as asterisk-config/perezvon.conf writes it: `caller|DID|epoch@trunk|state|who|answered|ended`, and of a transferred caller `|passed`. Of what an operator dialled himself:
 * `number||epoch@phone|out-talked|phone|answered|ended`.
 */
import { type CallerNames, withBookName } from '../model/caller-names.ts'
import { SHORTEST_TALK_MS } from '../model/call-outcome.ts'
import { CALLER_ID_LENGTH, cleanText } from '../model/clean-text.ts'
import { parsePhone } from '../model/phone-number.ts'
import type { Config } from '../config/schema.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Clock } from '../runtime/clock.ts'
import { callState, type OpenCall, openCalls } from '../store/call-records.ts'
import type { Prisma } from '../store/database.ts'
import type { Journal } from '../store/journal.ts'
import { readCaller, type Snapshot, trunkOf } from './call.ts'
import { CallPath } from './call-path.ts'
import type { EndedCall, EndOfCall } from './end-of-call.ts'
import { callOpened } from './inbound.ts'
import { lineOf, numberFormOf } from './line-of.ts'
import type { LiveCalls } from './live-calls.ts'
import type { OutsideTalk } from './outside-talk.ts'

export interface DoorbellEntry {
  /** As it came; empty when withheld. */
  caller: string
  did: string
  arrivedAt: number
  /** The endpoint over which he came; null in entries of former versions. */
  trunk: string | null
  /**
   * `talked`: bridged by us; `answered`: in the fallback; `transferred`: `who` has spoken with the caller and transferred the call, and nobody has
   * taken it since; `loop`: the first of a circle of calls of one caller that were refused, `who` says how many;
   * `out-talked`: dialled by an operator and answered; `fax`: a machine; the others were not spoken with.
   */
  state: (typeof STATES)[number]
  /** The endpoint or channel that answered. */
  who: string
  answeredAt: number | null
  endedAt: number | null
  /** When the caller was transferred. */
  passedAt: number | null
}

export interface DoorbellDeps {
  node: string
  prisma: Prisma
  journal: Pick<Journal, 'note' | 'commit'>
  clock: Clock
  log: Logger
  live: LiveCalls
  snapshot: () => Snapshot
  endOfCall: EndOfCall
  /** Missing: there is no phone book. */
  names?: CallerNames
  /** A talk of a call-back that ended while we were away. */
  callbackTalk: (channelId: string, ms: number) => Promise<void>
  /** Keeps a voice message that was being left when the last process died. */
  rescue?: (path: CallPath) => Promise<boolean>
  /** A talk that an operator began by himself. */
  outsideTalk: (talk: OutsideTalk) => Promise<void>
}

const STATES = [
  'new',
  'shed',
  'loop',
  'fallback',
  'unanswered',
  'answered',
  'talked',
  'transferred',
  'out-talked',
  'fax',
] as const

/** Null when it is none of ours: a line somebody wrote into the database by hand. `aheadMs`: the clock that wrote it, minus ours. */
export function readDoorbellEntry(text: string, aheadMs = 0): DoorbellEntry | null {
  const [caller = '', did = '', came = '', word = '', who = '', answered = '', ended = '', passed = ''] =
    text.split('|')
  const state = STATES.find((known) => known === word)
  const [, epoch, trunk] = /^(\d{1,12})(?:@([\w.-]{0,80}))?$/.exec(came) ?? []
  if (!state || epoch === undefined) return null
  return {
    caller: callerOf(caller),
    did,
    arrivedAt: Number(epoch) * 1000 - aheadMs,
    trunk: trunk || null,
    state,
    who: who.replace(/[^\w.-]/g, '').slice(0, 80),
    answeredAt: timeOf(answered, aheadMs),
    endedAt: timeOf(ended, aheadMs),
    passedAt: timeOf(passed, aheadMs),
  }
}

/** Digits and a plus; a text that has more than these is kept as `=` and its bytes in base64. */
function callerOf(field: string): string {
  return field.startsWith('=') ? cleanText(Buffer.from(field.slice(1), 'base64').toString(), CALLER_ID_LENGTH) : field
}

/** Seconds, to the millisecond where a talk begins or ends. */
function timeOf(text: string, aheadMs: number): number | null {
  return /^\d{1,12}(\.\d{1,3})?$/.test(text) ? Math.round(Number(text) * 1000) - aheadMs : null
}

/** Who left in the moment in which somebody picked up has not been spoken with. */
function wasTooShort({ state, answeredAt, endedAt }: DoorbellEntry): boolean {
  const talked = state === 'answered' || state === 'talked'
  return talked && answeredAt !== null && endedAt !== null && endedAt - answeredAt < SHORTEST_TALK_MS
}

/** Takes one entry of a call that is over. `ack`: it may be struck out. */
export function doorbell(
  deps: DoorbellDeps,
): (channelId: string, text: string, aheadMs: number) => Promise<'ack' | 'keep'> {
  return async (channelId, text, aheadMs) => {
    const entry = readDoorbellEntry(text, aheadMs)
    if (!entry) {
      deps.log.warn('a line of the doorbell book cannot be read', { channelId })
      return 'ack'
    }
    if (entry.caller === '' && entry.did === '' && entry.state === 'talked') {
      await deps.callbackTalk(channelId, talkMs(entry, deps.clock.now()))
      return 'ack'
    }
    if (entry.state === 'out-talked') return takeOutsideTalk(deps, channelId, entry)
    if (deps.live.has(channelId)) return 'keep' // it is over for Asterisk, and will be for us in a moment
    if (deps.live.hasEnded(channelId)) return 'ack'
    const state = await callState(deps.prisma, channelId)
    if (state === 'ended') return 'ack'
    if (state === 'missing') await restore(deps, channelId, entry)
    else await finish(deps, channelId, entry)
    return 'ack'
  }
}

async function takeOutsideTalk(deps: DoorbellDeps, id: string, entry: DoorbellEntry): Promise<'ack'> {
  const { config } = deps.snapshot()
  const number = parsePhone(entry.caller, config.company.country, 'dialled')
  // our own numbers and extensions are no clients, and what is in the records already was told before
  if (number === null || number in config.lines || (await callState(deps.prisma, id)) === 'ended') return 'ack'
  const at = entry.answeredAt ?? entry.arrivedAt
  const operator = personAt(config, entry.who)
  await deps.outsideTalk({ id, number, operator, ms: talkMs(entry, deps.clock.now()), at })
  return 'ack'
}

/** A call of which we never knew. */
async function restore(deps: DoorbellDeps, id: string, entry: DoorbellEntry): Promise<void> {
  const snapshot = deps.snapshot()
  const { config } = snapshot
  const trunk = entry.trunk && trunkOf(config, entry.trunk)
  const line = lineOf(config, entry.did, trunk).number
  const endedAt = endOf(entry)
  const path = new CallPath(id, deps.journal, at(endedAt))
  const call: EndedCall = {
    id,
    direction: 'inbound',
    trunk,
    line: { number: line, name: config.lines[line]!.name },
    caller: withBookName(readCaller(entry.caller, '', config.company.country, numberFormOf(config, trunk)), deps.names),
    arrivedAt: entry.arrivedAt,
    snapshot,
    path,
    restored: true,
    endedAt,
  }
  await deps.journal.commit([
    callOpened(call, deps.node, 'armed', true),
    path.entry({ kind: 'arrived', did: entry.did }),
  ])
  noteFate(deps, call, entry)
  if (entry.state === 'loop')
    deps.log.warn('calls of one caller come in a circle; the dialplan refuses them', { call: id, times: entry.who })
  deps.log.info('a call from our absence was restored', { call: id, caller: entry.caller, state: entry.state })
  await deps.endOfCall(call)
}

/** A call of which we know the beginning: another life of this daemon, or the dialplan, saw it to its end. */
async function finish(deps: DoorbellDeps, id: string, entry: DoorbellEntry): Promise<void> {
  const open = (await openCalls(deps.prisma, deps.node)).find((call) => call.id === id)
  if (!open) return
  const endedAt = entry.endedAt === null ? deps.clock.now() : Math.max(open.arrivedAt, entry.endedAt)
  const call = { ...endedCall({ ...deps, clock: at(endedAt) }, open), endedAt }
  await deps.rescue?.(call.path)
  noteFate(deps, call, entry, open)
  await deps.endOfCall(call)
}

/** The book has whole seconds, and no end when Asterisk itself ended first. */
function endOf({ arrivedAt, answeredAt, endedAt }: DoorbellEntry): number {
  return Math.max(arrivedAt, endedAt ?? answeredAt ?? arrivedAt)
}

/** Steps of a call that is over happened when it ended, not when we heard of it. */
function at(time: number): Clock {
  return { now: () => time }
}

/** An open row as a call that can be ended. */
export function endedCall(deps: Pick<DoorbellDeps, 'journal' | 'clock' | 'snapshot'>, open: OpenCall): EndedCall {
  return {
    id: open.id,
    linkedid: open.linkedid,
    direction: open.direction,
    trunk: open.trunk,
    line: { number: open.line, name: open.lineName },
    caller: { number: open.caller, shown: open.callerShown, name: open.callerName },
    arrivedAt: open.arrivedAt,
    snapshot: deps.snapshot(),
    path: new CallPath(open.id, deps.journal, deps.clock, open.steps),
    restored: open.restored,
  }
}

function noteFate(
  deps: Pick<DoorbellDeps, 'journal' | 'clock'>,
  { id, path, snapshot: { config } }: EndedCall,
  entry: DoorbellEntry,
  open?: OpenCall,
): void {
  switch (wasTooShort(entry) ? (entry.state === 'answered' ? 'unanswered' : 'new') : entry.state) {
    case 'talked':
    case 'answered': {
      if (wasTransferredSince(path, entry)) return path.add({ kind: 'hung-up', by: 'unknown', cause: 0 })
      // one operator has dropped the caller, and another may have taken the call in the fallback: the book knows who
      const known = entry.state === 'answered' && entry.who !== '' ? null : open?.answered?.operator
      const person = known ?? personAt(config, entry.who)
      const name = config.people[person]?.name ?? entry.who
      if (entry.state === 'answered') {
        path.add({ kind: 'fallback', why: 'away' })
        const at = entry.answeredAt ?? deps.clock.now()
        const row = { id, at, operator: person, peer: entry.who, group: open?.group ?? null }
        deps.journal.note({ op: 'call.answered', row })
      }
      path.add({ kind: 'talk', person, name, ms: talkMs(entry, deps.clock.now()) })
      return
    }
    case 'transferred':
      return noteTransfer(config, path, entry)
    case 'shed':
      return path.add({ kind: 'fallback', why: 'full' })
    case 'loop':
      return path.add({ kind: 'fallback', why: 'loop', times: Number(entry.who) || 0 })
    case 'fallback':
    case 'unanswered':
      return path.add({ kind: 'fallback', why: 'away' })
    case 'fax':
      return path.add({ kind: 'fax' })
    case 'new':
      return path.add({ kind: 'hung-up', by: 'unknown', cause: 0 })
    case 'out-talked':
      return // no call of a caller: takeOutsideTalk
  }
}

/** Asterisk died before it had written down that the operator transferred the caller out of this talk: we know it. */
function wasTransferredSince(path: CallPath, { answeredAt, endedAt }: DoorbellEntry): boolean {
  const last = path.steps.findLast(({ kind }) => kind === 'transfer')
  return endedAt === null && answeredAt !== null && last !== undefined && last.time > answeredAt
}

/** What our own record has of it already is not said twice. */
function noteTransfer(config: Config, path: CallPath, { who, answeredAt, passedAt }: DoorbellEntry): void {
  const person = personAt(config, who)
  const name = config.people[person]?.name ?? who
  const lastTalk = path.steps.findLastIndex(({ kind }) => kind === 'talk')
  if (lastTalk < 0)
    path.add({ kind: 'talk', person, name, ms: Math.max(0, (passedAt ?? 0) - (answeredAt ?? passedAt ?? 0)) })
  if (!path.steps.slice(Math.max(0, lastTalk)).some(({ kind }) => kind === 'transfer'))
    path.add({ kind: 'transfer', by: person, name, to: '' })
  path.add({ kind: 'hung-up', by: 'unknown', cause: 0 })
}

function personAt(config: Config, endpoint: string): string {
  const at = `PJSIP/${endpoint}`
  const found = Object.entries(config.people).find(([, { rings }]) =>
    rings.some((d) => d.kind === 'phone' && d.endpoint === at),
  )
  return found?.[0] ?? endpoint
}

function talkMs({ answeredAt, endedAt }: DoorbellEntry, now: number): number {
  return answeredAt === null ? 0 : Math.max(0, (endedAt ?? now) - answeredAt)
}
