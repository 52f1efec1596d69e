/** How long somebody waited and spoke, where a start of the daemon lies in between: by the times on disk, not by those of the new life. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stepEntry } from '../../src/calls/call-path.ts'
import type { Step } from '../../src/model/call-outcome.ts'
import { configOf } from '../support/config-of.ts'
import { FakeAsterisk } from '../support/fake-asterisk.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const LINE = '+73432001122'
const CONFIG = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
groups: { operators: { members: [anna], each: 60s, total: 60s } }
trunks: { city: { endpoint: PJSIP/provider } }
lines: { "${LINE}": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.ru], wait: 0s } }
`)
const SECOND = 1_000
const ring: Step = { kind: 'ring', to: 'operators', name: 'operators' }

let database: ThrowAwayDatabase
let calls = 0
beforeAll(async () => void (database = await throwAwayDatabase()))
afterAll(() => database.close())

/** A call that came a minute ago: its steps one every second, and perhaps an answer after so many seconds. */
async function left(steps: Step[], answeredSec: number | null) {
  const start = Date.now()
  let later = 0
  const now = () => start + later
  const asterisk = new FakeAsterisk({ speed: 20 })
  const house = new House(database.prisma, CONFIG, asterisk, { now })
  const id = `left-${++calls}`
  const arrivedAt = start - 60 * SECOND
  const caller = asterisk.incoming(id)
  const operator = asterisk.incoming(`leg-${id}`)
  await house.journal.commit([
    {
      op: 'call.open',
      row: {
        id, direction: 'inbound', node: 'test', line: LINE, lineName: 'Главный', caller: `+7916${1_000_000 + calls}`, callerShown: '',
        callerName: null, arrivedAt, notice: 'armed', restored: false, configVersion: 'old', group: null,
      },
    }, // prettier-ignore
    ...steps.map((step, seq) => stepEntry(id, seq, { ...step, time: arrivedAt + seq * SECOND })),
  ])
  if (answeredSec !== null)
    await house.journal.commit([
      {
        op: 'call.answered',
        row: { id, at: arrivedAt + answeredSec * SECOND, operator: 'anna', peer: operator.id, group: 'operators' },
      },
    ])
  const over = async () => {
    await expect.poll(async () => (await house.row(id)).endedAt, { timeout: 10_000 }).not.toBeNull()
  }
  return { house, caller, operator, over, row: () => house.row(id), pass: (sec: number) => (later += sec * SECOND) }
}
const channel = ({ id }: { id: string }, application = 'Stasis') => ({ id, state: 'Up', application })

it('a talk that went on is as long as it was, from its first word', async () => {
  const { house, caller, operator, over, row, pass } = await left([{ kind: 'arrived', did: LINE }, ring], 21)
  await house.connect([channel(caller, 'Bridge'), channel(operator, 'Dialplan')])
  await expect.poll(() => house.people.operators.state('anna').name).toBe('talking')
  pass(30)
  caller.phone.hangup()
  operator.phone.hangup()
  await over()
  expect(await row()).toMatchObject({ verdict: 'answered', talkMs: 69 * SECOND, waitMs: 20 * SECOND })
})

it('who has waited since before the start has waited since the first ring', async () => {
  const { house, caller, over, row, pass } = await left(
    [{ kind: 'arrived', did: LINE }, { kind: 'flow', flow: 'main' }, ring],
    null,
  )
  house.asterisk.on('PJSIP/101', () => {})
  await house.connect([channel(caller)])
  await expect.poll(() => house.asterisk.dialled.length, { timeout: 5_000 }).toBe(1)
  pass(30)
  caller.phone.hangup()
  await over()
  const { steps, ...call } = await row()
  expect(call).toMatchObject({ verdict: 'missed', reason: 'queue_abandon', waitMs: 88 * SECOND })
  expect(steps.filter(({ kind }) => kind === 'ring')).toHaveLength(2)
})

it('a place in the line is that of the first ring too', async () => {
  const { house, caller } = await left([{ kind: 'arrived', did: LINE }, ring], null)
  house.asterisk.setPhoneState('PJSIP/101', 'busy')
  await house.connect([channel(caller)])
  const { operators } = house.people
  await expect.poll(() => operators.waitingCallers, { timeout: 5_000 }).toBe(1)
  const since = Date.now() - 59 * SECOND
  expect(operators.callersWaitingFor('anna', { priority: 0, since: since + 10 * SECOND })).toBe(1)
  expect(operators.callersWaitingFor('anna', { priority: 0, since: since - 10 * SECOND })).toBe(0)
  caller.phone.hangup()
  operators.stop()
})
