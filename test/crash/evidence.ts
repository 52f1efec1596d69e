/**
 * What the outside knows after a run: the phone's log, Asterisk's CEL file, the raw mails, and the database as the daemon left it. Nothing
 * here asks the daemon.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PhoneCall } from '../../bench/phone-call.ts'
import type { CrashWorld } from './crash-world.ts'

/** Times are milliseconds since 1970. */
export interface SipCall {
  direction: 'placed' | 'taken'
  from: string
  to: string
  began: number
  replied: number | null
  answered: number | null
  /** First heard. */
  operator: number | null
  /** It cannot tell whom it hears: Asterisk's bridges say alone whether he was spoken with. */
  deaf?: true
  /** It has asked to end: BYE or CANCEL of this side. */
  left: number | null
  over: number | null
  end: string | null
}
export interface CelEvent {
  type: string
  at: number
  uniqueId: string
  channel: string
  caller: string
  /** JSON of the event, a bridge's id for example. */
  extra: string
}
export interface Mail {
  at: number
  messageId: string
  noticeId: string
  callId: string
}
export interface Death {
  of: 'daemon' | 'asterisk'
  at: number
  /** When it was at work again; null: not before the end. */
  backAt: number | null
}
export interface Records {
  calls: {
    id: string
    direction: string
    caller: string | null
    arrivedAt: Date
    endedAt: Date | null
    verdict: string | null
    notice: string
    talkMs: number | null
    restored: boolean
  }[]
  notices: { id: string; kind: string; callId: string | null; status: string }[]
  callbacks: { id: string; number: string; status: string; tries: number }[]
  contacts: {
    number: string
    dueAt: Date
    status: string
    attempts: { id: string; endedAt: Date | null; result: string | null }[]
  }[]
  openDials: number
}
export interface Evidence {
  sip: SipCall[]
  cel: CelEvent[]
  mails: Mail[]
  deaths: Death[]
  records: Records
  /** What Asterisk still has after everything should be over. */
  left: { channels: number; bridges: number; doorbell: number }
}

/** `others`: calls that the rig's phone does not know of. */
export async function gather(
  world: CrashWorld,
  calls: PhoneCall[],
  deaths: Death[],
  others: SipCall[] = [],
): Promise<Evidence> {
  const { asterisk, mail } = world
  const [channels, bridges, book] = await Promise.all([
    asterisk.request<unknown[]>('GET', '/channels'),
    asterisk.request<unknown[]>('GET', '/bridges'),
    asterisk.cli('database show pzdoor'),
  ])
  return {
    sip: [...calls.map(sipCall), ...others],
    cel: readCel(await readFile(join(asterisk.dir, 'log/cel-custom/Master.csv'), 'utf8')),
    mails: mail.mails.map(({ at, raw }) => ({
      at: at.getTime(),
      messageId: header(raw, 'Message-ID'),
      noticeId: header(raw, 'X-Perezvon-Notice'),
      callId: header(raw, 'X-Perezvon-Call'),
    })),
    deaths,
    records: await readRecords(world),
    left: {
      channels: channels.length,
      bridges: bridges.length,
      doorbell: Number(/(\d+) results? found/.exec(book)?.[1] ?? 0),
    },
  }
}

async function readRecords({ prisma }: CrashWorld): Promise<Records> {
  const [calls, notices, callbacks, contacts, openDials] = await Promise.all([
    prisma.call.findMany(),
    prisma.notice.findMany({ select: { id: true, kind: true, callId: true, status: true } }),
    prisma.callback.findMany({ select: { id: true, number: true, status: true, tries: true } }),
    prisma.contact.findMany({ select: { number: true, status: true, dueAt: true, attempts: true } }),
    prisma.dialLedger.count({ where: { endedAt: null } }),
  ])
  return { calls, notices, callbacks, contacts, openDials }
}

function sipCall({ direction, from, to, at, end }: PhoneCall): SipCall {
  const wall = (time: number | undefined) => (time === undefined ? null : performance.timeOrigin + time)
  return {
    direction,
    from,
    to,
    began: wall(at.invite)!,
    replied: wall(at.replied),
    answered: wall(at.answered),
    operator: wall(at.operator),
    left: wall(at.cancelled ?? (end === 'we hung up' ? at.bye : undefined)),
    over: wall(at.over),
    end,
  }
}

/** The lines of cel_custom.conf. */
export function readCel(text: string): CelEvent[] {
  const events: CelEvent[] = []
  for (const line of text.split('\n')) {
    const [type = '', time = '', uniqueId = '', , channel = '', caller = '', , , extra = ''] = csvCells(line)
    const at = Number(time) * 1_000
    if (type && Number.isFinite(at)) events.push({ type, at, uniqueId, channel, caller, extra })
  }
  return events
}

function csvCells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)"((?:[^"]|"")*)"/g)].map(([, cell = '']) => cell.replaceAll('""', '"'))
}

function header(raw: string, name: string): string {
  const head = raw.slice(0, raw.search(/\r?\n\r?\n/)).replace(/\r?\n[ \t]+/g, ' ')
  return new RegExp(`^${name}:[ \\t]*(\\S*)`, 'im').exec(head)?.[1] ?? ''
}
