/** Story 7: the mail server is as bad as mail servers are. Each mail arrives once it is well, and a second copy has the same ids. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { SmtpFault, SmtpVerb } from '../../scripts/rig/mail-server.ts'
import { companyConfig, companyPrompts, QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

let world: World
let daemon: Daemon
let hook: Awaited<ReturnType<typeof startHook>>
const OTHER_NUMBER = '+73432001133'
beforeAll(async () => {
  world = await startWorld()
  hook = await startHook()
  const line = `  "${OTHER_NUMBER}": { name: Второй, flow: main, mail: [boss@example.ru] }\nflows:`
  const more = `channels: { webhook: { ops: { url: "${hook.url}", secret: { env: HOOK }, private: true } }, alarm: ["webhook:ops"] }`
  daemon = await startDaemon(world, {
    config: companyConfig({ flow: '    - hangup: normal', more }).replace('flows:', line),
    prompts: await companyPrompts(),
    env: { ...QUIET, PEREZVON_MAIL_TIMEOUT: '2', PEREZVON_MAIL_RETRY: '1', HOOK: 'whsec_aGVsbG8gaGVsbG8gaGVsbG8=' },
  })
})
afterAll(async () => {
  await daemon?.close()
  await hook?.close()
  await world?.stop()
})

/** A program that is told of things. */
async function startHook() {
  const asked: { type: string; data: Record<string, unknown> }[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      asked.push(JSON.parse(Buffer.concat(parts).toString()) as (typeof asked)[number])
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { url: `http://127.0.0.1:${port}/`, asked, close }
}

/** A command beside the daemon. */
async function perezvon(args: string[]): Promise<{ out: string; code: number | null }> {
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), ...args], { env: daemon.env })
  let out = ''
  child.stdout.on('data', (part: Buffer) => (out += part.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { out, code }
}

afterEach(() => world.mail.heal())

let calls = 0
/** Somebody calls and is not answered. Returns the caller's number without its plus. */
async function missedCall(line = OUR_NUMBER): Promise<string> {
  const number = `791200007${String(++calls).padStart(2, '0')}`
  const caller = await world.far.call(line, { number: `+${number}` })
  await caller.ended(5_000)
  return number
}
const arrived = (number: string) =>
  world.mail.mail(({ raw, confirmed }) => confirmed && raw.includes(number), 30_000, `the mail about ${number}`)
const copies = (number: string) => world.mail.mails.filter(({ raw }) => raw.includes(number))
const rowOf = (number: string, status: string) =>
  daemon.until(
    (db) => db.notice.findFirst({ where: { status, payload: { contains: number } } }),
    `the ${status} mail about ${number}`,
  )
const readiness = async () =>
  ((await (await fetch(`${daemon.url}/ready`)).json()) as { reasons: Record<string, string> }).reasons

it('nobody listens: /ready says so, the mails wait, and all arrive once the server is there', async () => {
  await world.mail.close()
  const numbers = [await missedCall(), await missedCall()]
  for (const number of numbers) await rowOf(number, 'pending')
  await daemon.until(async () => 'mail' in (await readiness()), 'word of it in /ready')
  await world.mail.listen()
  for (const number of numbers) {
    await arrived(number)
    await rowOf(number, 'sent')
    expect(copies(number)).toHaveLength(1)
  }
  await daemon.until(async () => !('mail' in (await readiness())), 'health in /ready')
})

it.each<[SmtpVerb, SmtpFault]>([
  ['connect', 421],
  ['mail-from', 451],
  ['rcpt-to', 451],
  ['data-end', 451],
  ['connect', 'hang'],
  ['mail-from', 'hang'],
  ['rcpt-to', 'hang'],
  ['mail-from', 'drop'],
  ['data-begin', 'drop'],
])('%s: %s, then it is well: the mail arrives, once', async (verb, fault) => {
  const { mail } = world
  mail.heal() // and drops the connection that is kept
  const before = mail.tries(verb)
  mail.fail(verb, fault, 1)
  const number = await missedCall()
  await mail.tried(verb, before + 1)
  await arrived(number)
  await rowOf(number, 'sent')
  expect(copies(number)).toHaveLength(1)
})

it.each<[SmtpVerb, SmtpFault]>([['data-end', 'drop']])(
  '%s: %s: it had the mail and did not say so. The second copy has the same ids',
  async (verb, fault) => {
    const { mail } = world
    mail.fail(verb, fault, 1)
    const number = await missedCall()
    await arrived(number)
    await rowOf(number, 'sent')
    expect(copies(number).map(({ confirmed }) => confirmed)).toEqual([false, true])
    const [first, second] = copies(number).map(({ parsed }) => [
      parsed.messageId,
      parsed.headers.get('x-perezvon-notice'),
      parsed.text,
      parsed.html,
    ])
    expect(second).toEqual(first)
  },
)

it('a server that needs 70 s for its last word has one copy, and holds up neither calls nor other mailboxes', async () => {
  const { mail } = world
  mail.fail('data-end', { slowMs: 70_000 }, 1)
  const slow = await missedCall()
  const row = await rowOf(slow, 'sending')
  const other = await missedCall(OTHER_NUMBER)
  await mail.mail(
    ({ raw, to }) => raw.includes(other) && to.includes('boss@example.ru'),
    10_000,
    'the mail of the other',
  )
  expect((await daemon.prisma.notice.findUniqueOrThrow({ where: { id: row.id } })).status).toBe('sending')
  await daemon.until((db) => db.notice.findFirst({ where: { id: row.id, status: 'sent' } }), 'its end', 80_000)
  expect(copies(slow)).toHaveLength(1)
})

it('550 for everything: /ready and a person are told, nothing is buried, and all arrive once it is mended', async () => {
  const { mail } = world
  mail.fail('rcpt-to', 550)
  const numbers = [await missedCall(), await missedCall(OTHER_NUMBER), await missedCall()]
  await daemon.until(async () => (await readiness())['mail']?.startsWith('everybody since'), 'word of it in /ready')
  for (const number of numbers) expect((await rowOf(number, 'pending')).lastError).toContain('550')
  const told = () => hook.asked.filter(({ type }) => type === 'channel.ill')
  await daemon.until(async () => told().length > 0, 'an alarm by another channel')
  expect(told()).toMatchObject([{ data: { channel: 'mail', kind: 'everybody' } }])
  const status = await perezvon(['status'])
  expect(status.code).toBe(1)
  expect(status.out).toMatch(/mail: .*550/)
  expect((await perezvon(['mail', 'outbox'])).out).toMatch(/^! mail: /m)

  mail.heal()
  for (const number of numbers) await mail.mail(({ raw, confirmed }) => confirmed && raw.includes(number), 80_000)
  await daemon.until(async () => !('mail' in (await readiness())), 'health in /ready')
  expect(told()).toHaveLength(1)
})

it('550 is final and visible; other mails go their way', async () => {
  const { mail } = world
  mail.fail('rcpt-to', 550, 1)
  const refused = await missedCall()
  expect((await rowOf(refused, 'dead')).lastError).toContain('550')
  const other = await missedCall()
  await arrived(other)
  expect(copies(refused)).toEqual([])
  expect(await (await fetch(`${daemon.url}/metrics`)).text()).toMatch(/^perezvon_outbox_dead 1$/m)
})
