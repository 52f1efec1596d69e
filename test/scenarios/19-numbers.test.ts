/**
 * Story 19: trunks write numbers as they like. Whoever can be called back is, served live or read from the book of our absence; nobody is told
 * of as withheld who did not hide; and what a caller rang is the line that was meant.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { busy } from '../../scripts/rig/far-people.ts'
import { companyConfig, companyPrompts, QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { type RawCaller, rawCall } from '../support/raw-caller.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const ADDRESS = '127.0.0.2'
const SECOND_LINE = '+73432001133'
const LINES = `
  "+7 343 200-11-33": { name: Второй, flow: main }`

let world: World
let daemon: Daemon

beforeAll(async () => {
  world = await startWorld({ phones: ['101'], limits: { fallbackRingSec: 3 } })
  world.far.on('101', busy)
  const flow = '    - play: prompts/greeting\n    - hangup: normal'
  const config = companyConfig({ flow, callback: '{ after: 1h }' }).replace('flow: main }', `flow: main }${LINES}`)
  daemon = await startDaemon(world, { config, prompts: await companyPrompts(), env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

const call = (more: Partial<RawCaller> & { from: string }) =>
  rawCall({ address: ADDRESS, to: OUR_NUMBER, pbxPort: world.sipPort, ...more })
const user = (text: string, name = '') => ({ from: `${name} <sip:${text}@${ADDRESS}>`.trim() })
const asserted = (number: string, ...more: string[]) => [`P-Asserted-Identity: <${number}>`, ...more]

interface Spelling {
  what: string
  /** `n`: a Russian mobile as `79…`. */
  sent: (n: string) => Partial<RawCaller> & { from: string }
  /** E.164; null: nobody could call it. */
  number: (n: string) => string | null
  /** As it came; empty: told of as withheld. */
  shown: (n: string) => string
  name?: (n: string) => string | null
}
const itself = (n: string) => `+${n}`
const nobody = () => null
const hidden = () => ''

const SPELLINGS: Spelling[] = [
  { what: 'E.164', sent: (n) => user(`+${n}`), number: itself, shown: itself },
  { what: 'no plus', sent: (n) => user(n), number: itself, shown: (n) => n },
  { what: 'national', sent: (n) => user(`8${n.slice(1)}`), number: itself, shown: (n) => `8${n.slice(1)}` },
  { what: 'ten digits', sent: (n) => user(n.slice(1)), number: itself, shown: (n) => n.slice(1) },
  { what: '00', sent: (n) => user(`00${n}`), number: itself, shown: (n) => `00${n}` },
  { what: 'the exit code', sent: (n) => user(`810${n}`), number: itself, shown: (n) => `810${n}` },
  { what: 'a tel: address', sent: (n) => ({ from: `<tel:+${n}>` }), number: itself, shown: itself },
  { what: 'tel: within SIP', sent: (n) => user(`tel%3A+${n}`), number: itself, shown: (n) => `tel:+${n}` },
  {
    what: 'parameters of portability',
    sent: (n) => user(`+${n};npdi=yes;rn=+73430000000`),
    number: itself,
    shown: itself,
  },
  {
    what: 'the called number behind it',
    sent: (n) => user(`${n}%23${OUR_NUMBER.slice(1)}`),
    number: itself,
    shown: (n) => `${n}#${OUR_NUMBER.slice(1)}`,
  },
  { what: 'direction marks', sent: (n) => user(`%E2%80%AA+${n}%E2%80%AC`), number: itself, shown: itself },
  {
    what: 'no-break spaces',
    sent: (n) => user(`+7%C2%A0${n.slice(1, 4)}%C2%A0${n.slice(4)}`),
    number: itself,
    shown: (n) => `+7 ${n.slice(1, 4)} ${n.slice(4)}`,
  },
  {
    what: 'a full-width digit',
    sent: (n) => user(`%EF%BC%97${n.slice(1)}`),
    number: itself,
    shown: (n) => `７${n.slice(1)}`,
  },
  {
    what: 'asserted',
    sent: (n) => ({ ...user('account'), headers: asserted(`tel:+${n}`) }),
    number: itself,
    shown: itself,
  },
  {
    what: 'asserted twice',
    sent: (n) => ({ ...user('account'), headers: [`P-Asserted-Identity: "A, B" <sip:+${n}@x>, <tel:+${n}>`] }),
    number: itself,
    shown: itself,
  },
  {
    what: 'from abroad',
    sent: () => user('00491701234567'),
    number: () => '+491701234567',
    shown: () => '00491701234567',
  },
  { what: 'two readings', sent: () => user('4951234567'), number: nobody, shown: () => '4951234567' },
  { what: 'letters', sent: (n) => user(`office${n}`), number: nobody, shown: (n) => `office${n}` },
  {
    what: 'only a name',
    sent: (n) => ({ from: `"${n}" <sip:${ADDRESS}>` }),
    number: nobody,
    shown: hidden,
    name: (n) => n,
  },
  {
    what: 'hidden, with the number for a name',
    sent: (n) => ({ from: `"+${n}" <sip:anonymous@anonymous.invalid>` }),
    number: nobody,
    shown: hidden,
  },
  {
    what: 'hidden by the provider',
    sent: (n) => ({ ...user('anonymous', `"+${n}"`), headers: asserted(`sip:+${n}@${ADDRESS}`, 'Privacy: id') }),
    number: nobody,
    shown: hidden,
  },
  {
    what: 'hidden by the provider under the caller’s own number',
    sent: (n) => ({ ...user(`+${n}`), headers: asserted(`sip:+${n}@${ADDRESS}`, 'Privacy: id') }),
    number: nobody,
    shown: hidden,
  },
  {
    what: 'hidden by a Privacy header alone',
    sent: (n) => ({ ...user(`+${n}`), headers: ['Privacy: id;critical'] }),
    number: nobody,
    shown: hidden,
  },
]

/** One call after another; resolves with what the records have of each, once it is over. */
async function rowsOf(calls: (() => Promise<number>)[], after: () => Promise<void> = async () => {}) {
  const before = new Set((await daemon.prisma.call.findMany()).map(({ id }) => id))
  for (const place of calls) expect(await place()).toBe(200)
  await after()
  const rows = await daemon.until(async (db) => {
    const found = await db.call.findMany({ where: { endedAt: { not: null } } })
    const ours = found.filter(({ id }) => !before.has(id))
    return ours.length === calls.length && ours
  }, 'the end of all calls')
  // Asterisk's own ids are a time and a count
  return rows.toSorted((a, b) => Number(a.id.split('.')[1]) - Number(b.id.split('.')[1]))
}

const seen = ({ caller, callerShown, callerName, line }: Awaited<ReturnType<typeof rowsOf>>[number]) => ({
  caller,
  shown: callerShown,
  name: callerName,
  line,
})
const numberOf = (series: number, i: number) => `7916${series}${String(1_000 + i)}`

it('a caller is who called, served live; each is a case, and each who can be called has a call-back', async () => {
  const rows = await rowsOf(
    SPELLINGS.map(
      ({ sent }, i) =>
        () =>
          call(sent(numberOf(101, i))),
    ),
  )
  expect(rows.map((row, i) => [SPELLINGS[i]!.what, seen(row)])).toEqual(
    SPELLINGS.map(({ what, number, shown, name = nobody }, i) => {
      const n = numberOf(101, i)
      return [what, { caller: number(n), shown: shown(n), name: name(n), line: OUR_NUMBER }]
    }),
  )
  const callable = SPELLINGS.flatMap(({ number }, i) => number(numberOf(101, i)) ?? []).toSorted()
  await daemon.until(async (db) => (await db.case.count()) === rows.length, 'a case each')
  // who cannot be called back is a case, too, without a number
  const cases = (await daemon.prisma.case.findMany()).map(({ caller }) => caller).toSorted()
  expect(cases).toEqual([...rows.slice(callable.length).map(() => ''), ...callable])
  const russian = callable.filter((number) => number.startsWith('+7'))
  expect((await daemon.prisma.callback.findMany()).map(({ number }) => number).toSorted()).toEqual(russian)
})

it('each is told of: withheld only who hid, and who hid is not found out', async () => {
  const mails = await world.mail.until(
    () => (world.mail.mails.length >= SPELLINGS.length ? world.mail.mails : undefined),
    60_000,
    'a mail for each',
  )
  const withheld = mails.filter(({ parsed }) => /номер скрыт/i.test(parsed.subject ?? ''))
  const hiding = SPELLINGS.filter(({ shown }) => shown === hidden)
  expect(withheld).toHaveLength(hiding.length)
  const found = hiding.flatMap(({ what, name }) =>
    name
      ? []
      : [
          numberOf(
            101,
            SPELLINGS.findIndex((s) => s.what === what),
          ),
        ],
  )
  expect(found).toHaveLength(4)
  const digits = (text: string) => text.replace(/[^\d]/g, '')
  for (const { raw, parsed } of mails)
    for (const number of found)
      expect(digits(`${raw}${String(parsed.html)}${parsed.text}`).includes(number.slice(1))).toBe(false)
  const office = `office${numberOf(
    101,
    SPELLINGS.findIndex(({ what }) => what === 'letters'),
  )}`
  for (const text of ['4951234567', office])
    expect(mails.filter(({ parsed }) => parsed.subject?.includes(text))).toHaveLength(1)
})

it('of the calls that were made while nobody was here the callers are the same', async () => {
  await daemon.stop()
  const rows = await rowsOf(
    SPELLINGS.map(
      ({ sent }, i) =>
        () =>
          call(sent(numberOf(102, i))),
    ),
    () => daemon.start(),
  )
  expect(rows.map(({ restored }) => restored)).toEqual(SPELLINGS.map(() => true))
  // the book has no names
  expect(rows.map((row, i) => [SPELLINGS[i]!.what, { ...seen(row), name: null }])).toEqual(
    SPELLINGS.map(({ what, number, shown }, i) => {
      const n = numberOf(102, i)
      return [what, { caller: number(n), shown: shown(n), name: null, line: OUR_NUMBER }]
    }),
  )
})

/** What is called, and how; all of it is the second line. */
const CALLED: [what: string, sent: Pick<RawCaller, 'uri' | 'toHeader' | 'headers'>][] = [
  ['no plus', { uri: 'sip:73432001133@HOST' }],
  ['national', { uri: 'sip:83432001133@HOST' }],
  ['00', { uri: 'sip:0073432001133@HOST' }],
  ['an escaped plus', { uri: 'sip:%2B73432001133@HOST;user=phone' }],
  ['parameters of portability', { uri: 'sip:73432001133;npdi=yes;rn=+73432001122@HOST' }],
  ['tel:', { uri: 'tel:+73432001133' }],
  ['hyphens', { uri: 'sip:+7-343-200-11-33@HOST' }],
  ['brackets', { uri: 'sip:(343)2001133@HOST' }],
  ['the last digits', { uri: 'sip:2001133@HOST' }],
  ['an account, the number in To', { uri: 'sip:account-7@HOST', toHeader: '"Office 5" <sip:+73432001133@127.0.0.1>' }],
  ['an account of few digits', { uri: 'sip:123456@HOST', toHeader: '<sip:73432001133;npdi@127.0.0.1;user=phone>' }],
  ['an account that begins oddly', { uri: 'sip:_pbx.1@HOST', toHeader: '<tel:+73432001133>' }],
  ['no account at all', { uri: 'sip:HOST', toHeader: '<sip:%2B73432001133@127.0.0.1>' }],
  [
    'an account, the number in P-Called-Party-ID',
    {
      uri: 'sip:s@HOST',
      toHeader: '<sip:+73432001122@127.0.0.1>',
      headers: ['P-Called-Party-ID: <sip:+73432001133@127.0.0.1>'],
    },
  ],
]

it.each(['served', 'read from the book'])('the line that was meant, %s', async (how) => {
  const calls = CALLED.map(([, { uri, ...sent }], i) => {
    const host = `127.0.0.1:${world.sipPort}`
    const from = user(`+${numberOf(how === 'served' ? 103 : 104, i)}`)
    return () => call({ ...from, ...sent, ...(uri ? { uri: uri.replace('HOST', host) } : {}) })
  })
  const away = how !== 'served'
  if (away) await daemon.stop()
  const rows = await rowsOf(calls, async () => void (away && (await daemon.start())))
  expect(rows.map(({ line }, i) => [CALLED[i]![0], line])).toEqual(CALLED.map(([what]) => [what, SECOND_LINE]))
})
