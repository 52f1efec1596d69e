/** Story 7: the mail server is as bad as mail servers are. Each mail arrives once it is well, and a second copy has the same ids. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { SmtpFault, SmtpVerb } from '../../scripts/rig/mail-server.ts'
import { companyConfig, companyPrompts, QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld()
  daemon = await startDaemon(world, {
    config: companyConfig({ flow: '    - hangup: normal' }),
    prompts: await companyPrompts(),
    env: { ...QUIET, PEREZVON_MAIL_TIMEOUT: '2', PEREZVON_MAIL_RETRY: '1' },
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})
afterEach(() => world.mail.heal())

let calls = 0
/** Somebody calls and is not answered. Returns his number without its plus. */
async function missedCall(): Promise<string> {
  const number = `791200007${String(++calls).padStart(2, '0')}`
  const caller = await world.far.call(OUR_NUMBER, { number: `+${number}` })
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
  ['data-begin', 'hang'],
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

it.each<[SmtpVerb, SmtpFault]>([
  ['data-end', 'drop'],
  ['data-end', 'hang'],
])('%s: %s: it had the mail and did not say so. The second copy has the same ids', async (verb, fault) => {
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
