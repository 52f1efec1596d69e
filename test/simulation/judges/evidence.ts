/** What the judges look into: the chronicle of the outside world, and the database as it is in the end. */
import type { Chronicle, RecordedCall, RecordedMail, Trouble } from '../chronicle.ts'
import { MOBILE } from '../company.ts'
import { LONGEST_MS } from '../played-mail.ts'
import type { PlayedDatabase } from '../played-database.ts'

/** The next call of somebody who is handed on by a network may begin a moment before the first has ended. */
const HAND_OVER_MS = 500

/** A slow server, its answer, the mark. */
const ON_ITS_WAY_MS = 60_000

export class Evidence {
  readonly chronicle: Chronicle
  readonly calls: RecordedCall[]
  readonly inbound: RecordedCall[]
  /** Calls to people outside; an employee's mobile is none. */
  readonly outbound: RecordedCall[]
  readonly rows: PlayedDatabase['rows']
  #byParty: Map<string, RecordedCall[]>
  #known: Set<string> | null = null
  #mailsOf: Map<string, RecordedMail[]>

  constructor(chronicle: Chronicle, database: Pick<PlayedDatabase, 'rows'>) {
    this.chronicle = chronicle
    this.rows = database.rows
    this.calls = [...chronicle.calls.values()]
    this.inbound = this.calls.filter(({ direction }) => direction === 'in')
    this.outbound = this.calls.filter(
      ({ direction, party }) => direction === 'out' && party.startsWith('+') && party !== MOBILE,
    )
    this.#byParty = groupedBy(this.calls, ({ party }) => party)
    this.#mailsOf = groupedBy(chronicle.mails, ({ call }) => call)
  }

  /** The daemon's database has a row of it. */
  isKnown(call: RecordedCall): boolean {
    this.#known ??= new Set(this.rows<{ id: string }>(`SELECT "id" FROM "Call"`).map(({ id }) => id))
    return this.#known.has(call.channel)
  }

  mailsAbout(call: RecordedCall): RecordedMail[] {
    return this.#mailsOf.get(call.channel) ?? []
  }

  callsOf(party: string): RecordedCall[] {
    return this.#byParty.get(party) ?? []
  }

  /** Somebody spoke with him in a call that began when that one had ended, in whichever direction. In one that began before it may be a colleague's. */
  gotThroughAfter(call: RecordedCall): boolean {
    if (call.party === 'anonymous' || call.endedAt === null) return false
    const since = call.endedAt - HAND_OVER_MS
    return this.callsOf(call.party).some((other) => other !== call && other.at >= since && other.talks.length > 0)
  }

  /** Nobody spoke with him in this call or later. */
  wasLost(call: RecordedCall): boolean {
    return talkOf(call) === null && !this.gotThroughAfter(call)
  }

  /** After it was over somebody of ours said that it is settled, or meant to by a key. */
  wasSettled({ channel, party, line, endedAt }: RecordedCall): boolean {
    return this.chronicle.acts.some(
      (act) =>
        act.of !== 'take' &&
        // a caller without a number is a case alone
        (party === 'anonymous'
          ? act.id === `case-${channel}`
          : act.caller === party && (act.line === line || act.of === 'key')) &&
        act.at >= (endedAt ?? Infinity),
    )
  }

  /** Something went wrong in that time. */
  disturbed(from: number, to: number, of?: readonly Trouble['of'][]): boolean {
    return this.chronicle.troubles.some(
      (trouble) => trouble.to >= from && trouble.from <= to && (!of || of.includes(trouble.of)),
    )
  }

  /** Asterisk was killed within so long after `at`. */
  asteriskDiedWithin(at: number, ms: number): boolean {
    return this.chronicle.troubles.some(({ of, from }) => of === 'asterisk' && from >= at && from <= at + ms)
  }

  /** How far the daemon's clock was wrong then. */
  skewAt(at: number): number {
    return this.chronicle.clocks.findLast((clock) => clock.at <= at)?.skewMs ?? 0
  }

  /** The daemon's clock was wrong at some moment of that time. */
  clockWasWrong(from: number, to: number): boolean {
    const { clocks } = this.chronicle
    return clocks.some(({ at, skewMs }, i) => skewMs !== 0 && at <= to && (clocks[i + 1]?.at ?? Infinity) > from)
  }

  /** By when the daemon has had so much time in peace after that moment. */
  settledBy(at: number, ms: number): number {
    let since = at
    for (const { from, to } of this.chronicle.troubles.toSorted((a, b) => a.from - b.from))
      if (from <= since + ms && to >= since) since = to
    return since + ms
  }

  /** How long a mail may have been on its way that was begun by `at`, or came then: a minute, and what the server took for it in these minutes. */
  onItsWayMs(at: number): number {
    const { moods } = this.chronicle
    const longest = moods.map(({ at: from, mood }, i) => {
      const ms = LONGEST_MS[mood] ?? 0
      return from <= at && (moods[i + 1]?.at ?? Infinity) >= at - ms - ON_ITS_WAY_MS ? ms : 0
    })
    return ON_ITS_WAY_MS + Math.max(0, ...longest)
  }

  /** How far ahead the daemon's clock was at most, in milliseconds. */
  clockAheadBy(from: number, to: number): number {
    const { clocks } = this.chronicle
    return Math.max(
      0,
      ...clocks.map(({ at, skewMs }, i) => (at <= to && (clocks[i + 1]?.at ?? Infinity) > from ? skewMs : 0)),
    )
  }

  /** When it was that the daemon wrote this time: at the latest. */
  worldTime(written: number): number {
    return this.worldTimes(written).at(-1) ?? written
  }

  /** After a clock was set back a time comes twice. */
  worldTimes(written: number): number[] {
    const clocks = [{ at: -Infinity, skewMs: 0 }, ...this.chronicle.clocks]
    return clocks.flatMap(({ at, skewMs }, i) => {
      const world = written - skewMs
      return world >= at && world <= (clocks[i + 1]?.at ?? Infinity) ? [world] : []
    })
  }
}

/** Milliseconds of its longest talk; null: it had none, or was transferred after it and nobody took it there. */
export function talkOf({ talks, transferredAt }: RecordedCall): number | null {
  const counts = talks.filter(({ dropped, from }) => !dropped && from >= (transferredAt ?? -Infinity))
  const ms = counts.map(({ from, to }) => (to ?? from) - from)
  return ms.length > 0 ? Math.max(...ms) : null
}

export function groupedBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
