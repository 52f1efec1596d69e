/** Story 25: callers without a number. Nobody can call them back, so each is a case of its own: told, taken, and closed by hand. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DateTime } from 'luxon'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { QUIET, SOUNDS } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { mailAbout, mailsAbout } from '../support/missed-mail.ts'
import { perezvon } from '../support/perezvon-command.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

let world: World
let daemon: Daemon
let crm: Server
const told: { type: string; data: Record<string, unknown> }[] = []

beforeAll(async () => {
  world = await startWorld({ phones: ['101'] })
  crm = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      told.push(JSON.parse(body) as (typeof told)[number])
      response.end()
    })
  })
  await new Promise<void>((done) => crm.listen(0, '127.0.0.1', done))
  const config = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
groups:
  sales: { name: Продажи, members: [anna] }
  operators: { members: [anna] }
trunks:
  provider: { endpoint: PJSIP/provider, lines: 10 }
lines:
  "${OUR_NUMBER}": { name: Главный, flow: main }
flows:
  main: [{ voicemail: { to: sales, play: prompts/closed, silence: 2s } }]
channels:
  webhook:
    crm: { url: "http://127.0.0.1:${(crm.address() as AddressInfo).port}/", private: true, secret: { env: CRM_SECRET } }
missed_calls:
  mail: { to: [group, "webhook:crm"], wait: 0s, digest: { over: 100000 } }
  callback: { every: [1s] }
`
  daemon = await startDaemon(world, {
    config,
    prompts: { 'prompts/closed': await SOUNDS.closed() },
    env: {
      ...QUIET,
      PEREZVON_PUBLIC_URL: `http://127.0.0.1:${world.ports[0]}`,
      CRM_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    },
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
  crm?.close()
})

/** Calls without a number and leaves a message; the id of the call. */
async function leavesMessage(): Promise<string> {
  const before = await daemon.prisma.call.count()
  const caller = await world.far.call(OUR_NUMBER, {})
  await caller.answered()
  await caller.hears(await SOUNDS.closed())
  await caller.say(await SOUNDS.caller())
  await caller.ended(20_000)
  const [call] = await daemon.until(async (db) => {
    const ended = await db.call.findMany({ where: { endedAt: { not: null } }, orderBy: { arrivedAt: 'desc' } })
    return ended.length > before ? ended : null
  }, 'the end of the call')
  expect(call).toMatchObject({ caller: null, callerShown: '', verdict: 'missed', reason: 'voicemail_left' })
  return call!.id
}

const caseOf = (callId: string) => daemon.prisma.case.findFirstOrThrow({ where: { lastCallId: callId } })
const link = (text: string, deed: 'take' | 'done') =>
  new RegExp(`http://127\\.0\\.0\\.1:\\d+/case/${deed}/\\S+`).exec(text)?.[0].replace(/[>)]$/, '') ?? ''
async function metric(name: string): Promise<number> {
  const lines = (await (await fetch(`${daemon.url}/metrics`)).text()).split('\n')
  return Number(
    lines
      .find((line) => line.startsWith(`perezvon_${name}`))
      ?.split(' ')
      .at(-1),
  )
}

it('two of them are two cases; each is told with its message, taken, and closed by itself', async () => {
  const first = await leavesMessage()
  const second = await leavesMessage()
  const [one, two] = [await caseOf(first), await caseOf(second)]
  expect(one.id).not.toBe(two.id)
  for (const row of [one, two]) expect(row).toMatchObject({ caller: '', count: 1, closedAt: null })
  expect(one.slaDueAt).not.toBeNull()
  expect(await daemon.prisma.callback.count()).toBe(0)
  expect(await daemon.prisma.escalation.count()).toBe(0)

  const mail = await mailAbout(world, first)
  expect(mail.parsed.subject).toMatch(/номер скрыт/i)
  expect(mail.parsed.attachments.map(({ contentType }) => contentType)).toEqual(['audio/wav'])
  expect(mail.parsed.inReplyTo).toBeUndefined()
  const other = await mailAbout(world, second)
  expect(other.parsed.attachments).toHaveLength(1)
  expect(other.parsed.inReplyTo).toBeUndefined() // another person, for all that anybody knows
  expect(mailsAbout(world, first)).toHaveLength(1)

  await daemon.until(async () => told.length === 2, 'the webhooks')
  expect(told.map(({ type }) => type)).toEqual(['call.missed', 'call.missed'])
  expect(told[0]!.data).toMatchObject({ caller: { number: null, shown: '' }, caseId: one.id, reason: 'voicemail_left' })

  await daemon.until(async () => (await metric('missed_open')) === 2, 'the figure of the open list')
  const listed = await perezvon(daemon, 'missed', 'ls', '--json')
  const rows = listed.out.trim().split('\n')
  expect(rows.map((row) => (JSON.parse(row) as { id: string }).id)).toEqual([one.id, two.id])
  const shown = await perezvon(daemon, 'missed', 'ls')
  for (const { id } of [one, two]) expect(shown.out).toContain(id)

  // by the button of the mail, and by the command line
  const asked = await fetch(link(mail.parsed.text ?? '', 'take'))
  expect(asked.status).toBe(200)
  expect(await asked.text()).toMatch(/номер скрыт/i)
  expect((await fetch(link(mail.parsed.text ?? '', 'take'), { method: 'POST' })).status).toBe(200)
  expect(await caseOf(first)).toMatchObject({ takenBy: 'anna', closedAt: null })
  expect(await caseOf(second)).toMatchObject({ takenBy: null })
  expect(await perezvon(daemon, 'missed', 'take', two.id, '--by', 'anna')).toMatchObject({ code: 0 })
  expect(await caseOf(second)).toMatchObject({ takenBy: 'anna', closedAt: null })

  expect((await fetch(link(mail.parsed.text ?? '', 'done'), { method: 'POST' })).status).toBe(200)
  expect(await caseOf(first)).toMatchObject({ closedHow: 'by-hand', closedBy: 'anna', openKey: null })
  expect(await caseOf(second)).toMatchObject({ closedAt: null })
  expect(await perezvon(daemon, 'missed', 'resolve', two.id, '--by', 'anna')).toMatchObject({ code: 0 })
  expect(await caseOf(second)).toMatchObject({ closedHow: 'by-hand', openKey: null })
  expect(await perezvon(daemon, 'missed', 'resolve', two.id)).toMatchObject({ code: 5 })
  await daemon.until(async () => (await metric('missed_open')) === 0, 'the figure of the open list')

  const today = DateTime.now().setZone('Asia/Yekaterinburg').toISODate()!
  const report = await perezvon(daemon, 'report', 'calls', '--from', today, '--by', 'total', '--json')
  expect(report).toMatchObject({ code: 0 })
  expect(report.out).toMatch(/"received":\s*2/)
})
