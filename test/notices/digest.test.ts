import { expect, test, vi } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { digestGate, nightUntil } from '../../src/notices/digest-gate.ts'
import { Digests } from '../../src/store/digests.ts'
import { configOf } from '../support/config-of.ts'
import { startMailServer } from './support/mail-server.ts'
import { mailSettings, startOutboxRig } from './support/outbox-rig.ts'
import { CALLED_AT, closedCase, missedCall } from './support/samples.ts'

vi.setConfig({ testTimeout: 60_000 })

const MINUTE = 60_000
const base = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru } }
groups: { operators: { members: [anna] } }
hours: { office: { week: { mon-fri: "09:00-18:00" } } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: busy }] }
`
const withDigest = (digest: string) => configOf(`${base}missed_calls: { mail: { to: [group], digest: ${digest} } }`)

async function startDigestRig(port: number, config: Config) {
  const rig = await startOutboxRig(mailSettings(port))
  const digests = new Digests(rig.database.prisma)
  const gate = digestGate({ digests, config: () => config, clock: rig.clock, stillNeeded: () => Promise.resolve(true) })
  return { ...rig, gate, digests, worker: () => rig.makeWorker({ gate, rules: { connections: 1 } }) }
}
const call = (n: number) =>
  missedCall({
    callId: `call-${n}`,
    caller: { number: `+791200000${String(n).padStart(2, '0')}`, shown: '', name: null },
  })

test('a storm: three go by themselves, one mail tells of all the others, and every call is accounted for', async () => {
  await using server = await startMailServer()
  await using rig = await startDigestRig(server.port, withDigest('{ over: 3, within: 10m }'))
  for (let n = 0; n < 20; n++)
    await rig.write(`n${String(n).padStart(2, '0')}`, { payload: call(n), threadKey: `k${n}` })
  await rig.worker().pass()
  expect(server.mails).toHaveLength(3)
  rig.clock.time += 10 * MINUTE
  await rig.worker().pass()
  expect(server.mails).toHaveLength(4)
  const { parsed } = server.mails[3]!
  expect(parsed.subject).toBe('17 звонков одним письмом — Цветочный двор')
  expect((parsed.headers.get('x-perezvon-call') as string).split(/\s+/)).toEqual(
    Array.from({ length: 17 }, (_, n) => `call-${n + 3}`),
  )
  for (let n = 3; n < 20; n++) {
    expect(parsed.text).toContain(`+7 912 000-00-${String(n).padStart(2, '0')} — Продажи; Телефоны звонили`)
    expect(parsed.html).toContain(`tel:+791200000${String(n).padStart(2, '0')}`)
  }
  const rows = await rig.database.prisma.notice.groupBy({ by: ['status', 'kind'], _count: true })
  expect(rows.map(({ status, kind, _count }) => [status, kind, _count].join(' ')).toSorted()).toEqual([
    'digested missed 17',
    'sent digest 1',
    'sent missed 3',
  ])
})

test('who rang five times while nobody was there is told once, with each call; another caller by himself', async () => {
  await using server = await startMailServer()
  await using rig = await startDigestRig(server.port, withDigest('{}'))
  for (let n = 0; n < 5; n++)
    await rig.write(`a${n}`, { payload: { ...call(1), callId: `call-${n}`, restored: true }, threadKey: 'a' })
  await rig.write('b', { payload: { ...call(2), restored: true }, threadKey: 'b' })
  await rig.worker().pass()
  expect(server.mails.map(({ parsed }) => parsed.headers.get('x-perezvon-call'))).toEqual(['call-2'])
  rig.clock.time += 10_000
  await rig.worker().pass()
  await rig.worker().pass()
  expect(server.mails).toHaveLength(2)
  const { parsed } = server.mails[1]!
  expect(parsed.subject).toBe('5 звонков одним письмом — Цветочный двор')
  expect(parsed.text).toContain('пока Перезвон не работал')
  expect((parsed.headers.get('x-perezvon-call') as string).split(/\s+/)).toEqual(
    Array.from({ length: 5 }, (_, n) => `call-${n}`),
  )
  // one that comes later, in a life like any other, answers in the thread
  await rig.write('a9', { payload: { ...call(1), callId: 'call-9' }, threadKey: 'a' })
  await rig.worker().pass()
  expect(server.mails).toHaveLength(3)
})

test('five restored calls of one caller whom nobody has to be told of any more: no mail', async () => {
  await using server = await startMailServer()
  await using rig = await startDigestRig(server.port, withDigest('{}'))
  for (let n = 0; n < 3; n++) await rig.write(`a${n}`, { payload: { ...call(1), restored: true }, threadKey: 'a' })
  await rig.worker().pass()
  await rig.database.prisma.notice.updateMany({ where: { threadKey: 'a' }, data: { status: 'cancelled' } })
  rig.clock.time += 10_000
  await rig.worker().pass()
  expect(server.mails).toHaveLength(0)
})

test('one recipient’s storm is not another’s', async () => {
  await using server = await startMailServer()
  await using rig = await startDigestRig(server.port, withDigest('{ over: 1, within: 10m }'))
  await rig.write('a', { recipient: 'anna@example.ru' })
  await rig.write('b', { recipient: 'anna@example.ru' })
  await rig.write('c', { recipient: 'boris@example.ru' })
  await rig.worker().pass()
  expect(new Set(server.mails.map(({ to }) => to[0]))).toEqual(new Set(['anna@example.ru', 'boris@example.ru']))
  expect(server.mails).toHaveLength(2)
})

test('at night mails are gathered, also that a case was closed, and go at the time that is asked', async () => {
  await using server = await startMailServer()
  await using rig = await startDigestRig(server.port, withDigest('{ night: office, at: "08:30" }'))
  rig.clock.time = Date.parse('2026-11-24T23:10:00+05:00')
  await rig.write('a', { payload: call(1), threadKey: 'k' })
  await rig.write('b', { kind: 'closed', payload: closedCase(), threadKey: 'j' })
  await rig.worker().pass()
  expect(server.mails).toHaveLength(0)
  rig.clock.time = Date.parse('2026-11-25T08:29:59+05:00')
  await rig.worker().pass()
  expect(server.mails).toHaveLength(0)
  rig.clock.time = Date.parse('2026-11-25T08:30:00+05:00')
  // 8:30 is before the opening: the digest of the night goes all the same
  await rig.worker().pass()
  expect(server.mails.map(({ parsed }) => parsed.text)).toEqual([expect.stringContaining('+7 912 000-00-01')])
  expect(server.mails[0]!.parsed.text).toContain('Закрыто. Закрыто: в 14:12 перезвонили клиенту (Анна)')
})

test('what comes between the time that is asked and the opening waits for the opening', async () => {
  await using server = await startMailServer()
  await using rig = await startDigestRig(server.port, withDigest('{ night: office, at: "08:30" }'))
  rig.clock.time = Date.parse('2026-11-27T23:10:00+05:00') // a Friday
  await rig.write('a', { payload: call(1) })
  await rig.worker().pass()
  for (const closed of ['2026-11-28T08:30:00+05:00', '2026-11-29T12:00:00+05:00', '2026-11-30T08:29:59+05:00']) {
    rig.clock.time = Date.parse(closed)
    await rig.worker().pass()
    expect(server.mails).toHaveLength(0)
  }
  rig.clock.time = Date.parse('2026-11-30T08:30:00+05:00')
  await rig.worker().pass()
  expect(server.mails).toHaveLength(1)
  rig.clock.time = Date.parse('2026-11-30T08:40:00+05:00')
  await rig.write('b', { payload: call(2) })
  await rig.worker().pass()
  expect(server.mails).toHaveLength(1)
  rig.clock.time = Date.parse('2026-11-30T09:00:00+05:00')
  await rig.worker().pass()
  expect(server.mails.at(-1)!.parsed.text).toContain('+7 912 000-00-02')
  expect(server.mails).toHaveLength(2)
})

test('who gets through before the digest leaves is not in it; an empty digest is not sent', async () => {
  await using server = await startMailServer()
  await using rig = await startDigestRig(server.port, withDigest('{ over: 1, within: 10m }'))
  await rig.write('first')
  await rig.write('a', { payload: call(1) })
  await rig.worker().pass()
  await rig.database.prisma.notice.update({ where: { id: 'a' }, data: { status: 'cancelled' } })
  rig.clock.time += 10 * MINUTE
  await rig.worker().pass()
  expect(server.mails).toHaveLength(1)
  expect(await rig.database.prisma.notice.findFirst({ where: { kind: 'digest' } })).toMatchObject({
    status: 'cancelled',
  })
})

test('killed before the gathering, after it, and after the digest’s yes: nothing is lost, the digest is the same', async () => {
  await using server = await startMailServer()
  await using rig = await startDigestRig(server.port, withDigest('{ over: 1, within: 10m }'))
  await rig.write('first')
  await rig.write('a', { payload: call(1) })
  await rig.write('b', { payload: call(2) })
  const [first, a] = await rig.outbox.claimDueNotices(rig.clock.time, 2, 1000)
  await rig.outbox.markSent(first!.id, rig.clock.time)
  // killed with `a` claimed and not gathered; the next life finds it
  await rig.outbox.releaseLeases()
  await rig.worker().pass()
  const digest = (await rig.row('b')).digestId!
  // what the dead one may have sent goes by itself, as the same mail
  expect(await rig.row('a')).toMatchObject({ status: 'sent', digestId: null })
  // and his claim moves nothing any more
  await rig.digests.gather(a!, { digestId: 'dg-ghost', payload: {}, dueAt: 0, at: 0 })
  expect(await rig.row('a')).toMatchObject({ status: 'sent', digestId: null })
  expect(await rig.database.prisma.notice.count({ where: { kind: 'digest' } })).toBe(1)
  // killed between the server's yes and our mark
  rig.clock.time += 10 * MINUTE
  await rig.worker().pass()
  await rig.database.prisma.notice.update({ where: { id: digest }, data: { status: 'pending' } })
  // a call that comes now begins another digest: the list of one that was begun is fixed
  await rig.write('c', { payload: call(3) })
  await rig.worker().pass()
  const bodies = server.mails.filter(({ raw }) => raw.includes(digest)).map(({ raw }) => raw.replace(/^Date:.*$/m, ''))
  expect(bodies).toHaveLength(2)
  expect(bodies[0]).toBe(bodies[1])
})

test('a digest that is full is followed by another', async () => {
  await using rig = await startDigestRig(1, withDigest('{ over: 1, within: 10m }'))
  const now = CALLED_AT
  await rig.database.prisma.notice.createMany({
    data: Array.from({ length: 301 }, (_, n) => ({
      id: `n${n}`,
      kind: 'missed',
      recipient: 'anna@example.ru',
      language: 'ru',
      payload: '{}',
      status: 'sending',
      tries: 1,
      dueAt: new Date(now),
      createdAt: new Date(now + n),
    })),
  })
  for (let n = 0; n < 301; n++)
    await rig.digests.gather({ id: `n${n}`, tries: 1 }, { digestId: `dg${999 - n}`, payload: {}, dueAt: now, at: now })
  const sizes = await rig.database.prisma.notice.groupBy({
    by: ['digestId'],
    where: { status: 'digested' },
    _count: true,
  })
  expect(sizes.map(({ _count }) => _count).toSorted((a, b) => a - b)).toEqual([1, 300])
})

test.each([
  ['{ night: office }', '2026-11-24T14:00:00+05:00', null],
  ['{ night: office }', '2026-11-24T18:00:00+05:00', '2026-11-25T09:00:00+05:00'],
  ['{ night: office, at: "08:30" }', '2026-11-24T18:00:00+05:00', '2026-11-25T08:30:00+05:00'],
  ['{ night: office, at: "08:30" }', '2026-11-25T08:45:00+05:00', '2026-11-25T09:00:00+05:00'],
  ['{ night: office, at: "10:00" }', '2026-11-27T20:00:00+05:00', '2026-11-30T10:00:00+05:00'],
  ['{}', '2026-11-24T23:00:00+05:00', null],
])('digest %s at %s waits until %s', (digest, now, until) => {
  expect(nightUntil(withDigest(digest), Date.parse(now))).toBe(until && Date.parse(until))
})
