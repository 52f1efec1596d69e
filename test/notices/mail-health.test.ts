import { expect, test } from 'vitest'
import type { Health } from '../../src/notices/channels/mail.ts'
import { MailHealth } from '../../src/notices/mail-health.ts'

function start() {
  const time = { now: 0 }
  const asked: ((health: Health) => void)[] = []
  const health = new MailHealth(
    () => new Promise<Health>((resolve) => asked.push(resolve)),
    () => time.now,
  )
  return { time, asked, health }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('a server that has never answered is waited for a second, and then said to be silent', async () => {
  const { time, asked, health } = start()
  const began = performance.now()
  expect(await health.why()).toBe('the mail server has not answered for 0 s')
  expect(performance.now() - began).toBeLessThan(1_900)
  time.now = 12_000
  expect(await health.why()).toBe('the mail server has not answered for 12 s')
  expect(asked).toHaveLength(1)
  asked[0]!({ ok: true })
  await turn()
  expect(await health.why()).toBeNull()
})

test('what is known is said at once, and asked again behind it; one question at a time', async () => {
  const { time, asked, health } = start()
  health.learn({ ok: true })
  time.now = 31_000
  expect(await Promise.all([health.why(), health.why()])).toEqual([null, null])
  expect(asked).toHaveLength(1)
  // it was well, and greets slowly: a while it is believed
  time.now = 60_000
  expect(await health.why()).toBeNull()
  time.now = 92_000
  expect(await health.why()).toBe('the mail server has not answered for 61 s')
  asked[0]!({ ok: false, why: 'refused' })
  await turn()
  expect(await health.why()).toBe('refused')
})

test.each([
  ['cannot be reached: soon', undefined, 3_000],
  ['does not let us in: rarely, or it locks the login', true, 60_000],
])('one that %s', async (_name, refused, ms) => {
  const { time, asked, health } = start()
  health.learn({ ok: false, why: 'no', ...(refused && { refused }) })
  time.now = ms - 1
  expect(await health.why()).toBe('no')
  expect(asked).toHaveLength(0)
  time.now = ms
  expect(await health.why()).toBe('no')
  expect(asked).toHaveLength(1)
})
