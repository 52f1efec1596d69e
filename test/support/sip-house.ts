/**
 * A company with the real daemon whose phones, callers and called numbers are scripted SIP phones: each person speaks with a voice of its own, and what
 * each has heard can be told. For stories of what phones do by themselves.
 */
import { expect } from 'vitest'
import type { SipCall } from '../../scripts/rig/sip/call.ts'
import type { CallOptions } from '../../scripts/rig/sip/placed-call.ts'
import type { Transferred } from '../../scripts/rig/sip/refer.ts'
import type { SipRinging } from '../../scripts/rig/sip/ringing.ts'
import type { SipPhone } from '../../scripts/rig/sip-phone.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { doorbellBook } from '../rig/stand-in.ts'
import { QUIET } from './company.ts'
import { type Daemon, type DaemonOptions, startDaemon } from './daemon.ts'
import { endedCall, mailsAbout, newCaller } from './missed-mail.ts'
import { type Speaker, speaks, talkTogether } from './told-sound.ts'
import { OUR_NUMBER, startWorld, type World, type WorldOptions } from './world.ts'

/** Desk phones of Anna, Boris and Olga. */
export const DESKS = ['101', '102', '103'] as const
export type Desk = (typeof DESKS)[number]

/** An operator who hangs up sooner has not talked. */
export const SHORTEST_TALK_MS = 800

/** Within which the end of a transfer is told. */
const LIMIT = { ms: 20_000 }

export interface Talk {
  caller: SipCall
  operator: SipCall
  number: string
  /** Of the call's row, and of the caller's channel. */
  id: string
}

export class SipHouse {
  readonly world: World
  readonly daemon: Daemon
  readonly trunk: SipPhone
  readonly phones: Record<Desk, SipPhone>
  #callsBefore = 0

  private constructor(world: World, daemon: Daemon, trunk: SipPhone, phones: SipPhone[]) {
    this.world = world
    this.daemon = daemon
    this.trunk = trunk
    this.phones = Object.fromEntries(phones.map((phone) => [phone.user, phone])) as Record<Desk, SipPhone>
  }

  static async start(options: DaemonOptions & { world?: WorldOptions }): Promise<SipHouse> {
    const names = [...DESKS]
    const world = await startWorld({
      phones: names,
      sipPhones: names,
      sipTrunk: true,
      operators: ['101'],
      ...options.world,
    })
    try {
      const [trunk, daemon, ...phones] = await Promise.all([
        world.sipTrunk(),
        startDaemon(world, { ...options, env: { ...QUIET, ...options.env } }),
        ...names.map((name) => world.sipPhone(name)),
      ])
      return new SipHouse(world, daemon, trunk, phones)
    } catch (error) {
      await world.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    await this.daemon.close()
    await this.world.stop()
  }

  /** Before each test. */
  async begin(): Promise<void> {
    this.#callsBefore = await this.#arrivalsEver()
  }

  /** After each test: everybody hangs up, and nothing is left of it: no channel, no operator who talks, no line of the book without an end. */
  async quiet(): Promise<void> {
    await this.daemon.startUnlessRunning()
    await Promise.all([this.trunk, ...Object.values(this.phones)].map((phone) => phone.hangUpAll()))
    await this.nothingLeft()
  }

  async nothingLeft(): Promise<void> {
    const channels = async () =>
      (await this.world.asterisk.request<{ name: string; dialplan: object }[]>('GET', '/channels')).map(
        ({ name, dialplan }) => `${name} ${JSON.stringify(dialplan)}`,
      )
    await expect.poll(channels, { timeout: 10_000, interval: 100 }).toEqual([])
    await expect.poll(() => this.busyOperators(), { timeout: 5_000, interval: 100 }).toEqual([])
    await expect.poll(() => this.#openLines(), { timeout: 5_000, interval: 100 }).toEqual([])
  }

  /** Lines of the book that tell no end, but for those of a call that the daemon has ended and that did not leave its hands. */
  async #openLines(): Promise<[string, string[]][]> {
    const open = [...(await doorbellBook(this.world.asterisk))].filter(([, line]) => !isComplete(line))
    const isOver = async (id: string) => (await this.daemon.prisma.call.findUnique({ where: { id } }))?.endedAt != null
    const over = await Promise.all(open.map(async ([id, line]) => line[3] === 'new' && isOver(id)))
    return open.filter((_, n) => !over[n])
  }

  /** Who is in a call by the daemon's record. */
  async busyOperators(): Promise<string[]> {
    const rows = await this.daemon.prisma.operatorEvent.findMany({ orderBy: [{ at: 'asc' }, { id: 'asc' }] })
    const last = new Map(rows.map(({ person, state }) => [person, state]))
    return [...last].filter(([, state]) => state === 'talking' || state === 'ringing').map((row) => row.join(' '))
  }

  /** Calls that came in since the test began. */
  async arrivals(): Promise<number> {
    return (await this.#arrivalsEver()) - this.#callsBefore
  }

  #arrivalsEver(): Promise<number> {
    return this.daemon.prisma.call.count({ where: { direction: 'inbound' } })
  }

  async call(options: CallOptions & { line?: string } = {}): Promise<{ caller: SipCall; number: string }> {
    const { line = OUR_NUMBER, from: number = newCaller(), ...more } = options
    return { caller: await this.trunk.call(line, { from: number, ...more }), number }
  }

  /** The next call at this phone is answered, and somebody speaks. */
  async answers(phone: SipPhone, who: Speaker, options: Parameters<SipRinging['answer']>[0] = {}): Promise<SipCall> {
    const call = await (await phone.rings()).answer(options)
    await speaks(call, who)
    return call
  }

  /** A caller talks with Anna, for longer than the shortest talk. */
  async talk(options: CallOptions & { line?: string } = {}): Promise<Talk> {
    const { caller, number } = await this.call(options)
    const operator = await this.answers(this.phones['101'], '101')
    await caller.answered()
    await speaks(caller, 'caller')
    await talkTogether([caller, 'caller'], [operator, '101'])
    const { id } = await this.daemon.until(
      (db) => db.call.findFirst({ where: { caller: number, peer: { not: null }, endedAt: null } }),
      'that they talk',
    )
    await this.saidEnough(operator)
    return { caller, operator, number, id }
  }

  /** It has lasted so long that it counts as a talk. */
  async saidEnough(call: SipCall): Promise<void> {
    await sleep(Math.max(0, call.times.up! + SHORTEST_TALK_MS + 400 - Date.now()))
  }

  /** Anna's phone calls somebody beside her talk, as for an attended transfer. */
  async consults(to: string): Promise<SipCall> {
    const second = await this.phones['101'].call(to)
    void second.answered().then(
      () => speaks(second, '101'),
      () => {},
    )
    return second
  }

  /** To a number, or to whom the operator's second call is to. The phone hangs up when it is told of a success, as phones do. */
  refer(call: SipCall, to: string | SipCall): Promise<Transferred> {
    return typeof to === 'string' ? call.refer(to, LIMIT) : call.referReplaces(to, LIMIT)
  }

  /** The row of a call that is over, with its path. */
  async ended(number: string): Promise<{
    verdict: string | null
    reason: string | null
    operator: string | null
    mails: number
    steps: string[]
  }> {
    const { id, verdict, reason, operator } = await endedCall(this.daemon, number)
    return { verdict, reason, operator, mails: await this.#mails(id, verdict), steps: await this.steps(id) }
  }

  /** A call that was missed has its mail, at last; another none. */
  async #mails(id: string, verdict: string | null): Promise<number> {
    const count = () => mailsAbout(this.world, id).length
    if (verdict === 'missed') await expect.poll(count, { timeout: 10_000, interval: 100 }).toBeGreaterThan(0)
    return count()
  }

  async steps(id: string): Promise<string[]> {
    const rows = await this.daemon.prisma.pathStep.findMany({ where: { callId: id }, orderBy: { seq: 'asc' } })
    return rows.map(({ kind, detail }) => {
      const { person, by, result, to, outcome } = JSON.parse(detail) as Record<string, string | undefined>
      const words =
        kind === 'transfer'
          ? [by, to]
          : kind === 'ring'
            ? [to]
            : [person, kind === 'hung-up' ? undefined : by, result, outcome]
      return [kind, ...words].filter(Boolean).join(' ')
    })
  }

  /** The open case of this caller; null: none, or closed. */
  openCase(number: string) {
    return this.daemon.prisma.case.findFirst({ where: { caller: number, closedHow: null } })
  }
}

/** Of a line `caller|DID|epoch@trunk|state|who|answered|ended|passed`. */
function isComplete([, , , state = '', , answered = '', ended = '']: string[]): boolean {
  return state === 'unanswered' || state === 'shed' || (answered !== '' && ended !== '')
}
