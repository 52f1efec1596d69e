/** What becomes of a caller whose number the trunk sends without its plus: told of always, called back only when it is known whom. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { configOf } from '../support/config-of.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const config = (form: string) =>
  configOf(`
version: 1
company: { name: Blumen, language: en, timezone: Europe/Berlin, country: DE }
people: { anna: { name: Anna, rings: PJSIP/101, email: anna@example.com } }
groups: { operators: { members: [anna] } }
trunks: { city: { endpoint: PJSIP/provider, number_format_in: ${form} } }
lines: { "+49 30 901820": { name: Main, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.com], wait: 0s }, callback: {} }
dialling: { allow: ["+49"] }
`)

let database: ThrowAwayDatabase
beforeAll(async () => void (database = await throwAwayDatabase()))
afterAll(() => database.close())

it.each([
  ['auto', '491701234567', null],
  ['plus-e164', '491701234567', null],
  ['e164', '491701234567', '+491701234567'],
  ['national', '01711234567', '+491711234567'],
  ['auto', '01721234567', '+491721234567'],
  ['auto', '00491731234567', '+491731234567'],
])('over a trunk that sends %s: %s', async (form, sent, number) => {
  const house = new House(database.prisma, config(form))
  const guest = house.call(sent, { did: '03090 1820' })
  guest.leg.phone.hangup(16)
  await guest.over
  await house.journal.drain()
  expect(await house.row(guest.leg.id)).toMatchObject({ caller: number, callerShown: sent, line: '+4930901820' })
  const notices = await house.prisma.notice.findMany({ where: { callId: guest.leg.id } })
  expect(
    notices.map(({ recipient, payload }) => [recipient, (JSON.parse(payload) as { caller: object }).caller]),
  ).toEqual([['office@example.com', { number, shown: sent, name: null }]])
  const callbacks = await house.prisma.callback.findMany({ where: { callId: guest.leg.id } })
  expect(callbacks.map((row) => row.number)).toEqual(number ? [number] : [])
  const cases = await house.prisma.case.findMany({ where: { lastCallId: guest.leg.id } })
  expect(cases.map((row) => row.caller)).toEqual([number ?? ''])
})
