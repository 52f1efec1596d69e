/** Two pick up within 0 to 5 ms of each other: one has the caller, the other is released as answered elsewhere, at once. */
import { expect, it } from 'vitest'
import { ringDevices } from '../../src/dialling/ring-devices.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { configOf } from '../support/config-of.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'

const { people } = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  boris: { name: Борис, rings: PJSIP/102 }
groups:
  operators: { members: [anna, boris] }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.ru] } }
`)
const RUNS = 1_000
const AT_ONCE = 50

async function race(run: number): Promise<string> {
  const telephony = new FakeTelephony()
  const first = run % 6
  const second = Math.floor(run / 6) % 6
  telephony.on('PJSIP/101', (phone) => sleep(first).then(() => phone.answer()))
  telephony.on('PJSIP/102', (phone) => sleep(second).then(() => phone.answer()))
  const accepts = () => Promise.resolve(true)
  const deps = { telephony, accepts, dialOutside: () => Promise.resolve({ kind: 'refused' as const }) }
  const reason = { callerId: { number: '1', name: '' }, line: '+73432001122', log: silentLogger }
  const options = { timeoutMs: 60_000, screen: true, signal: new AbortController().signal }
  const winner = await ringDevices(deps, reason, Object.entries(people), options)
  const won = performance.now()
  const losers = telephony.legs.filter((leg) => leg !== winner?.leg)
  while (losers.some(({ signal }) => !signal.aborted)) await sleep(1)
  const late = performance.now() - won > 500
  return `${winner ? 'one' : 'nobody'}, up ${telephony.legs.filter(({ signal }) => !signal.aborted).length}${late ? ', late' : ''}`
}

it(`${RUNS} times`, async () => {
  const seen = new Map<string, number>()
  for (let run = 0; run < RUNS; run += AT_ONCE) {
    const outcomes = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => race(run + i)))
    for (const outcome of outcomes) seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
  }
  expect(Object.fromEntries(seen)).toEqual({ 'one, up 1': RUNS })
})
