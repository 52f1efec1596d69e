/**
 * A company with the real daemon whose phones, callers and called numbers are scripted SIP phones: each person speaks with a voice of its own, and what
 * each has heard can be told. For stories of what phones do by themselves.
 */
import type { SipCall } from '../../scripts/rig/sip/call.ts'
import type { CallOptions } from '../../scripts/rig/sip/placed-call.ts'
import type { Transferred } from '../../scripts/rig/sip/refer.ts'
import type { SipRinging } from '../../scripts/rig/sip/ringing.ts'
import type { SipPhone } from '../../scripts/rig/sip-phone.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { doorbellBook } from '../rig/stand-in.ts'
import { QUIET } from './company.ts'
import { type Daemon, type DaemonOptions, startDaemon } from './daemon.ts'
import { endedCall, mailAbout, mailsAbout, newCaller } from './missed-mail.ts'
import { type Speaker, speaks, talkTogether } from './told-sound.ts'
import { OUR_NUMBER, startWorld, type World, type WorldOptions } from './world.ts'

/** Desk phones of Anna, Boris and Olga. */
export const DESKS = ['101', '102', '103'] as const
export type Desk = (typeof DESKS)[number]

/** An operator who hangs up sooner has not talked. */
export const SHORTEST_TALK_MS = 800
/** Lines of TRANSFERRING_COMPANY beside the first. */
export const DIRECTOR = '+73432001133'
export const RECORDED = '+73432001144'

/** Three people with a phone each, Anna for the main line and Olga for the director's. Trunk and called numbers are the scripted trunk's. */
export const TRANSFERRING_COMPANY = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
  olga: { name: Ольга, rings: PJSIP/103, email: olga@example.ru }
groups:
  sales: { name: Продажи, members: [anna], ring: all, each: 6s, total: 6s }
  recorded: { name: Запись, members: [anna], ring: all, each: 6s, total: 6s, record: true }
  operators: { members: [anna] }
trunks:
  sip: { endpoint: PJSIP/sip-trunk, lines: 10, caller_id: "+7 343 200-11-22" }
lines:
  "+7 343 200-11-22": { name: Главный, flow: main }
  "+7 343 200-11-33": { name: Директор, flow: director }
  "+7 343 200-11-44": { name: С записью, flow: recorded }
flows:
  main: [{ ring: sales }, { hangup: normal }]
  director: [{ ring: olga }, { hangup: normal }]
  recorded: [{ announce_recording: prompts/recorded }, { ring: recorded }, { hangup: normal }]
missed_calls:
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
  shortest_talk: ${SHORTEST_TALK_MS}ms
`

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
    await becomesEmpty(channels, 10_000, 'channels')
    await becomesEmpty(() => this.busyOperators(), 5_000, 'operators in a call')
    await becomesEmpty(() => this.#openLines(), 5_000, 'lines of the book without an end')
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

  /** They talk long enough, then `ends` hangs up, the other person if missing. */
  async talkToTheEnd(caller: SipCall, other: SipCall, who: Speaker, ends: SipCall = other): Promise<void> {
    await talkTogether([caller, 'caller'], [other, who])
    await this.saidEnough(other)
    await ends.hangUp()
    await (ends === other ? caller : other).ended(3_000)
  }

  /** Anna is rung again, and the caller talks with her. */
  async backWithAnna(caller: SipCall): Promise<void> {
    await this.talkToTheEnd(caller, await this.answers(this.phones['101'], '101'), '101')
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
    if (verdict === 'missed') await mailAbout(this.world, id)
    return mailsAbout(this.world, id).length
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

async function becomesEmpty(look: () => Promise<unknown[]>, ms: number, what: string): Promise<void> {
  for (const end = Date.now() + ms; ; await sleep(100)) {
    const left = await look()
    if (left.length === 0) return
    if (Date.now() > end) throw new Error(`${what} that stay: ${JSON.stringify(left)}`)
  }
}
