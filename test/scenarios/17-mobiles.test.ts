/** Story 17: a small firm whose people all sit on mobiles, behind a GSM gateway of three lines, one of them kept for callers. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import { spoken } from '../../scripts/rig/sounds.ts'
import { QUIET } from '../support/company.ts'
import { hearEachOther } from '../support/conversation.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, newCaller } from '../support/missed-mail.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const OLGA = '+79220000011'
const PAVEL = '+79220000012'

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  olga: { name: Ольга, rings: "${OLGA}" }
  pavel: { name: Павел, rings: "${PAVEL}" }
groups:
  operators: { members: [olga, pavel], ring: in-turn, each: 5s, total: 10s }
trunks:
  gsm: { endpoint: PJSIP/gsm-gateway, lines: 3, reserve_inbound: 1, caller_id: "${OUR_NUMBER}" }
lines:
  "${OUR_NUMBER}": { name: Главный, flow: main }
flows:
  main:
    - ring: operators
    - unanswered: { hangup: normal }
missed_calls:
  shortest_talk: 0s
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
  callback: { group: operators, tries: 2, every: [1s], success: 1s, ring_client: 8s }
`

let world: World
let daemon: Daemon
let accept: string
beforeAll(async () => {
  accept = await spoken('Звонок с работы. Ответить: один.')
  world = await startWorld({ phones: [], operators: [] })
  daemon = await startDaemon(world, { config: CONFIG, prompts: { 'prompts/perezvon/accept-call': accept }, env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

const overGsm = (number: string) => ({ number, trunk: 'gsm-gateway' as const })
/** On a mobile: answers, and takes the call with the key once he is asked. */
const takes = answers({ afterMs: 200, presses: '1' })

it('who calls is handed to a mobile; where the first does not answer, to the next', async () => {
  const { far } = world
  const number = newCaller()
  far.on(OLGA, ringsForEver)
  far.on(PAVEL, takes)
  const [first, second] = [far.nextCallTo(OLGA), far.nextCallTo(PAVEL)]
  const caller = await far.call(OUR_NUMBER, overGsm(number))
  expect((await first).via).toBe('gsm-gateway')
  const mobile = await second
  expect((await first).state).toBe('ended')
  await daemon.until((db) => db.call.findFirst({ where: { caller: number, answeredAt: { not: null } } }), 'the answer')
  await hearEachOther(caller, mobile)
  await mobile.hangup()
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'pavel' })
})

it('who was lost is called back from mobile to mobile; the key counts, and both lines are given back', async () => {
  const { far } = world
  const number = newCaller()
  far.on(OLGA, ringsForEver)
  far.on(PAVEL, ringsForEver)
  far.on(number, answers({ afterMs: 200 }))
  const inVain = far.nextCallTo(OLGA)
  const caller = await far.call(OUR_NUMBER, overGsm(number))
  await (await inVain).ringing()
  const [rings, reached] = [far.nextCallTo(OLGA, 40_000), far.nextCallTo(number, 40_000)]
  await caller.hangup()
  const call = await endedCall(daemon, number)
  const mobile = await rings
  await mobile.answer()
  await mobile.hears(accept, { upTo: 1.5 })
  expect(far.rung(number)).toEqual([])
  await mobile.press('1')
  const client = await reached
  expect(client.via).toBe('gsm-gateway')
  await hearEachOther(client, mobile)
  await client.hangup()
  const done = await daemon.until((db) => db.callback.findFirst({ where: { number, status: 'done' } }), 'the talk')
  expect(done).toMatchObject({ callId: call.id, operator: 'olga', tries: 1 })
  await daemon.until(async (db) => (await db.dialLedger.count({ where: { endedAt: null } })) === 0, 'the lines free')
})

it('while a caller talks over two of the three lines no call-back begins: it would take two', async () => {
  const { far } = world
  const [number, other] = [newCaller(), newCaller()]
  far.on(OLGA, takes)
  far.on(PAVEL, ringsForEver)
  const taken = far.nextCallTo(OLGA)
  const talking = await far.call(OUR_NUMBER, overGsm(other))
  await hearEachOther(talking, await taken)
  const lost = await far.call(OUR_NUMBER, overGsm(number))
  await lost.answered()
  await lost.hangup()
  const task = await daemon.until((db) => db.callback.findFirst({ where: { number } }), 'the task')
  expect(far.rung(number)).toEqual([])
  expect(task.status).toBe('waiting')
  far.on(PAVEL, takes)
  far.on(number, answers({ afterMs: 200, staysMs: 2_000 }))
  const reached = far.nextCallTo(number, 40_000)
  await talking.hangup()
  await reached
  await daemon.until((db) => db.callback.findFirst({ where: { number, status: 'done' } }), 'the talk', 30_000)
})
