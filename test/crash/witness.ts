/**
 * The judge of a run: what must hold, told from what the outside saw. Pure; the invariants are those of docs/promises.md.
 *
 * A talk shorter than a second is nobody's proof: the two may have been joined while one was leaving. Such calls may be either.
 */
import { CALLER, CONTACT, DESKS, LISTED } from './people.ts'
import { bridgedWith, type Talk } from './talks.ts'
import type { Death, Evidence, Mail, SipCall } from './evidence.ts'

export interface Judgement {
  /** One sentence each; empty when all held. */
  violations: string[]
  counts: {
    calls: number
    answered: number
    missed: number
    between: number
    mails: number
    copies: number
    dials: number
    /** Came in the second before Asterisk died while nobody served: Asterisk's book is synced once a second. */
    doubleDeaths: number
  }
}

/** Shorter than this may count either way. */
const TALK_MS = 1_000
/** Asterisk writes its database to disk once a second. */
const BOOK_SYNC_MS = 2_000
/** A phone rings no longer than this after its caller has left, while somebody is at work. */
const LATE_RING_MS = 2_000
/** What a busy machine adds to any span. */
const SLACK_MS = 1_500

export function judge(evidence: Evidence): Judgement {
  const court = new Court(evidence)
  court.callers()
  court.mails()
  court.dials()
  court.rings()
  court.talks()
  court.rest()
  return { violations: court.violations, counts: court.counts }
}

class Court {
  readonly violations: string[] = []
  readonly counts: Judgement['counts'] = {
    calls: 0,
    answered: 0,
    missed: 0,
    between: 0,
    mails: 0,
    copies: 0,
    dials: 0,
    doubleDeaths: 0,
  }
  #evidence: Evidence
  #talks: Map<string, Talk[]>
  #kindOf: Map<string, string>

  constructor(evidence: Evidence) {
    this.#evidence = evidence
    this.#talks = bridgedWith(evidence.cel, evidence.deaths)
    this.#kindOf = new Map(evidence.records.notices.map(({ id, kind }) => [id, kind]))
  }

  /** I1, I3: who was not spoken with has a mail, who was has none; every call has one row, and it has ended. */
  callers(): void {
    const { sip, cel, records } = this.#evidence
    const rows = grouped(records.calls, (call) => call.id)
    const mailsOf = grouped(this.#missedMails(), (mail) => mail.callId)
    const heard = new Map(sip.filter((call) => call.direction === 'placed').map((call) => [call.from, call]))
    const came = cel.filter((event) => event.type === 'CHAN_START' && heard.has(event.caller) && isTrunk(event.channel))
    for (const { uniqueId: id, caller, at } of came) {
      if (!/^\d+\.\d+$/.test(id)) continue // a channel of ours to him, not his call
      this.counts.calls++
      const what = `call ${id} of ${caller}`
      const call = heard.get(caller)!
      const row = rows.get(id)?.[0]
      if (!row) {
        if (this.#diedWithBook(at, call)) this.counts.doubleDeaths++
        else this.#say('I1', `${what} has no row`)
        continue
      }
      if (!row.endedAt) this.#say('I1', `${what} has no end`)
      const talked = longest(this.#talks.get(id))
      const mails = mailsOf.get(id) ?? []
      if (talked >= TALK_MS && (call.deaf || call.operator !== null)) {
        this.counts.answered++
        if (row.verdict !== 'answered')
          this.#say('I3', `${what} talked for ${Math.round(talked)} ms, and is ${row.verdict}`)
        if (mails.length > 0) this.#say('I3', `${what} talked, and a mail says he was missed`)
      } else if (talked === 0 && call.operator === null) {
        this.counts.missed++
        if (row.verdict !== 'missed') this.#say('I1', `${what} talked with nobody, and is ${row.verdict}`)
        else if (mails.length === 0 && !this.#wasCalledOff(id, caller))
          this.#say('I1', `${what} was missed without a mail`)
      } else this.counts.between++
      if (new Set(mails.map((mail) => mail.messageId)).size > 1) this.#say('I2', `${what} has mails with several ids`)
    }
  }

  /** I2: one mail a notice; a copy only where a death lies between the two. */
  mails(): void {
    const { mails, deaths } = this.#evidence
    for (const [id, copies] of grouped(mails, (mail) => mail.messageId)) {
      this.counts.mails++
      this.counts.copies += copies.length - 1
      for (const [i, copy] of copies.slice(1).entries()) {
        const first = copies[i]!
        const died = deaths.some(({ of, at }) => of === 'daemon' && at >= first.at - SLACK_MS && at <= copy.at)
        if (!died) this.#say('I2', `${id} was sent twice, ${copy.at - first.at} ms apart, and nobody had died`)
        if (copy.noticeId !== first.noticeId) this.#say('I2', `${id} stands for two notices`)
      }
      if (!this.#kindOf.has(copies[0]!.noticeId)) this.#say('I2', `${id} has no notice in the database`)
    }
  }

  /** I4, I5, I6: no number is rung twice at once or oftener than the rows allow, none that is on the list; nobody is forgotten. */
  dials(): void {
    const { sip, records } = this.#evidence
    const outside = sip.filter(({ direction, to }) => direction === 'taken' && isClient(to))
    this.counts.dials = outside.length
    const allowed = new Map<string, number>()
    for (const { number, tries } of records.callbacks) allowed.set(number, (allowed.get(number) ?? 0) + tries)
    for (const { number, attempts } of records.contacts)
      allowed.set(number, (allowed.get(number) ?? 0) + attempts.length)
    for (const [number, calls] of grouped(outside, (call) => call.to)) {
      if (number.startsWith(LISTED)) this.#say('I5', `${number} is on the do-not-call list, and was rung`)
      if (calls.length > (allowed.get(number) ?? 0))
        this.#say('I4', `${number} was rung ${calls.length} times for ${allowed.get(number) ?? 0} tries`)
      const inOrder = calls.toSorted((a, b) => a.began - b.began)
      for (const [i, later] of inOrder.slice(1).entries())
        if (later.began < (inOrder[i]!.over ?? Infinity)) this.#say('I4', `${number} was rung twice at once`)
    }
    for (const { number, status, dueAt, attempts } of records.contacts) {
      const isDue = status === 'queued' && dueAt.getTime() < Date.now() // the rule may say: another day
      if (isDue || ['dialing', 'loading'].includes(status)) this.#say('I6', `contact ${number} is still ${status}`)
      if (attempts.some((attempt) => attempt.endedAt === null)) this.#say('I6', `an attempt at ${number} has no end`)
    }
    for (const { number, status } of records.callbacks)
      if (['operator', 'client', 'talking'].includes(status))
        this.#say('I6', `the call-back of ${number} is still ${status}`)
  }

  /** I8: no phone rings for a caller who has left. */
  rings(): void {
    const { sip, deaths } = this.#evidence
    const callers = new Map(sip.filter((call) => call.direction === 'placed').map((call) => [call.from, call]))
    for (const ring of sip) {
      if (ring.direction !== 'taken' || !DESKS.includes(ring.to)) continue
      const caller = callers.get(ring.from)
      if (!caller?.over || (ring.answered !== null && ring.operator === null && ring.began > caller.over)) continue
      if (ring.began > caller.over + LATE_RING_MS) continue // he is being called back
      const until = ring.answered ?? ring.over ?? Infinity
      const late = until - caller.over
      if (late > LATE_RING_MS + SLACK_MS + downtime(deaths, caller.over, until))
        this.#say('I8', `${ring.to} rang for ${ring.from} for ${Math.round(late)} ms after he had left`)
    }
  }

  /** I10: a talk ends because one of the two hangs up, or Asterisk dies; we cut nobody off. */
  talks(): void {
    const { sip, deaths } = this.#evidence
    const desks = grouped(
      sip.filter((call) => call.direction === 'taken' && DESKS.includes(call.to) && call.answered !== null),
      (call) => call.from,
    )
    for (const caller of sip) {
      const isDesk = caller.direction === 'taken' && DESKS.includes(caller.to)
      const talked = caller.deaf ? this.#wasJoined(caller.from) : caller.operator !== null
      if (isDesk || !talked || caller.end !== 'they hung up') continue
      const partners = desks.get(caller.direction === 'placed' ? caller.from : caller.to) ?? []
      const left = partners.some((desk) => desk.left !== null && Math.abs(desk.left - caller.over!) < SLACK_MS)
      const killed = deaths.some(({ of, at }) => of === 'asterisk' && Math.abs(at - caller.over!) < SLACK_MS)
      if (!left && !killed) this.#say('I10', `the talk of ${caller.from} with ${caller.to} was cut`)
    }
  }

  /** I7, I8: nothing stays behind. */
  rest(): void {
    const { left, records, sip } = this.#evidence
    if (left.channels > 0) this.#say('I8', `${left.channels} channels live on`)
    if (left.bridges > 0) this.#say('I8', `${left.bridges} bridges live on`)
    if (left.doorbell > 0) this.#say('I1', `${left.doorbell} entries stay in the doorbell book`)
    if (records.openDials > 0) this.#say('I4', `${records.openDials} numbers stay reserved`)
    for (const notice of records.notices)
      if (!['sent', 'dead', 'cancelled'].includes(notice.status))
        this.#say('I1', `notice ${notice.id} is still ${notice.status}`)
    for (const { direction, from, end } of sip)
      if (direction === 'placed' && end === 'timeout') this.#say('I7', `the call of ${from} never ended`)
  }

  #missedMails(): Mail[] {
    return this.#evidence.mails.filter(({ noticeId }) => this.#kindOf.get(noticeId) === 'missed')
  }

  #wasJoined(number: string): boolean {
    const { cel } = this.#evidence
    return cel.some(
      ({ type, caller, channel, uniqueId }) =>
        type === 'CHAN_START' && caller === number && isTrunk(channel) && this.#talks.has(uniqueId),
    )
  }

  /** Nobody needs to be told of a call whose caller was spoken with before its mail could go. */
  #wasCalledOff(id: string, caller: string): boolean {
    const { notices, calls } = this.#evidence.records
    const spoken = calls.some((call) => call.caller === caller && call.id !== id && call.verdict === 'answered')
    return spoken && notices.some(({ callId, status }) => callId === id && status === 'cancelled')
  }

  #diedWithBook(at: number, call: SipCall): boolean {
    const { deaths } = this.#evidence
    const until = call.over ?? at
    const asterisk = deaths.some((d) => d.of === 'asterisk' && d.at >= at - SLACK_MS && d.at <= until + BOOK_SYNC_MS)
    return asterisk && downtime(deaths, at - BOOK_SYNC_MS, until + BOOK_SYNC_MS, 'daemon') > 0
  }

  #say(invariant: string, what: string): void {
    this.violations.push(`${invariant}: ${what}`)
  }
}

function longest(talks: Talk[] = []): number {
  return Math.max(0, ...talks.map(({ from, to }) => to - from))
}

/** Milliseconds of a span in which the daemon was not at work, or Asterisk away. */
export function downtime(deaths: Death[], from: number, to: number, of?: Death['of']): number {
  return deaths
    .filter((death) => !of || death.of === of)
    .reduce((sum, death) => sum + Math.max(0, Math.min(death.backAt ?? Infinity, to) - Math.max(death.at, from)), 0)
}

function isTrunk(channel: string): boolean {
  return channel.startsWith('PJSIP/provider-')
}
function isClient(number: string): boolean {
  return [CALLER, LISTED, CONTACT].some((begin) => number.startsWith(begin))
}

function grouped<T>(items: readonly T[], by: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(by(item), [...(groups.get(by(item)) ?? []), item])
  return groups
}
