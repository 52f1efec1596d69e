/** Story 6: an employee's mobile rings along. Its voicemail picks up too, but only a person presses a key. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answeringMachine, ringsForEver } from '../../scripts/rig/far-people.ts'
import { spoken, tone } from '../../scripts/rig/sounds.ts'
import { QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, field, mailAbout, newCaller } from '../support/missed-mail.ts'
import { heardTone, hearsTone } from '../support/tones.ts'
import { startWorld, type World } from '../support/world.ts'

const MACHINE = '+73432001301'
const PERSON = '+73432001302'
const BOTH = '+73432001303'
const OLGA = '+79220000001'
const PAVEL = '+79220000002'
const INNA = '+79220000003'
/** Hertz. */
const CALLER = 500
const GREETING = 900
const TALK = 1300

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  olga: { name: Ольга, rings: "${OLGA}" }
  pavel: { name: Павел, rings: "${PAVEL}" }
  inna: { name: Инна, rings: [PJSIP/101, "${INNA}"] }
groups:
  operators: { members: [inna], each: 20s, total: 20s }
trunks:
  gsm: { endpoint: PJSIP/gsm-gateway, lines: 4 }
lines:
  "${MACHINE}": { name: Ольга, flow: olga }
  "${PERSON}": { name: Павел, flow: pavel }
  "${BOTH}": { name: Инна, flow: inna }
flows:
  olga:
    - ring: { to: olga, for: 20s }
    - unanswered: [{ play: prompts/sorry }, { hangup: normal }]
  pavel:
    - ring: { to: pavel, for: 20s }
    - unanswered: { hangup: normal }
  inna:
    - ring: { to: inna, for: 20s }
    - unanswered: { hangup: normal }
missed_calls:
  shortest_talk: 0s
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
`

let world: World
let daemon: Daemon
let accept: string
let sorry: string
beforeAll(async () => {
  accept = await spoken('Звонок с работы. Ответить: один.')
  sorry = await spoken('Сейчас никто не может ответить.')
  world = await startWorld({ phones: ['101'] })
  daemon = await startDaemon(world, {
    config: CONFIG,
    prompts: { 'prompts/sorry': sorry, 'prompts/perezvon/accept-call': accept },
    env: QUIET,
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

describe.concurrent('a mobile', () => {
  it('whose voicemail picks up has not answered: the caller gets on, and the mail says so', async () => {
    const number = newCaller()
    const { far } = world
    far.on(OLGA, answeringMachine({ greeting: await tone(GREETING, 3), beep: await tone(1000, 0.3) }))
    const before = far.rung(OLGA).length
    const rings = far.nextCallTo(OLGA)
    const caller = await far.call(MACHINE, { number })
    const machine = await rings
    expect(machine.via).toBe('gsm-gateway')
    expect(machine.callerNumber).toBe(MACHINE)
    await machine.hears(accept)
    await caller.hears(sorry)
    await machine.ended(2_000)
    await caller.ended()
    expect(await heardTone(caller, GREETING)).toBe(false)
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'missed', reason: 'mobile_not_accepted', notice: 'fired', answeredAt: null })
    const mail = await mailAbout(world, call.id)
    expect(field(mail, 'Чем кончилось')).toBe('Мобильный ответил (Ольга), но звонок на нём не приняли')
    expect(field(mail, 'Кому звонили')).toBe('Ольга: мобильный ответил, звонок не принят')
    expect(far.rung(OLGA).length - before).toBe(1)
  })

  it('on which 1 is pressed is an answer: they talk', async () => {
    const number = newCaller()
    const { far } = world
    far.on(PAVEL, ringsForEver)
    const rings = far.nextCallTo(PAVEL)
    const caller = await far.call(PERSON, { number })
    const mobile = await rings
    await mobile.answer()
    await mobile.hears(accept, { upTo: 1.5 })
    await mobile.press('1')
    await daemon.until(
      (db) => db.call.findFirst({ where: { caller: number, answeredAt: { not: null } } }),
      'the answer',
    )
    await Promise.all([mobile.say(await tone(TALK, 1)), caller.say(await tone(CALLER, 1))])
    await Promise.all([hearsTone(caller, TALK, 0.5), hearsTone(mobile, CALLER, 0.5)])
    await mobile.hangup()
    await caller.ended(2_000)
    expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'pavel' })
  })

  it('and a desk phone ring together: when the desk phone answers, the mobile stops', async () => {
    const number = newCaller()
    const { far } = world
    far.on(INNA, ringsForEver)
    far.on('101', ringsForEver)
    const both = Promise.all([far.nextCallTo('101'), far.nextCallTo(INNA)])
    const caller = await far.call(BOTH, { number })
    const [desk, mobile] = await both
    await desk.answer()
    await mobile.ended(2_000)
    expect(mobile.times.up).toBeUndefined()
    await caller.say(await tone(CALLER, 1))
    await hearsTone(desk, CALLER, 0.5)
    await caller.hangup()
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'answered', operator: 'inna' })
    expect(await daemon.prisma.notice.count({ where: { callId: call.id } })).toBe(0)
  })
})
