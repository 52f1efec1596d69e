/** Story 9: no daemon, a frozen one, one that goes, two at once. Callers reach people through the plain dialplan, and nobody is forgotten. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import { companyConfig, companyPrompts, QUIET, SOUNDS } from '../support/company.ts'
import { hearEachOther } from '../support/conversation.ts'
import { type Daemon, DAEMON_MAIN, startDaemon } from '../support/daemon.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

/** From the dial to a ringing operator, at worst. */
const NOBODY_WAITS_LONGER_MS = 15_000

let world: World
let daemon: Daemon
const children: ChildProcess[] = []
beforeAll(async () => {
  world = await startWorld({ limits: { fallbackRingSec: 4 } })
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await daemon?.close()
  await world?.stop()
})
afterEach(() => daemon?.startUnlessRunning())

const ended = (caller: string) =>
  daemon.until((db) => db.call.findFirst({ where: { caller, endedAt: { not: null } } }), `the end of ${caller}`, 25_000)
const eventually = (isSo: () => boolean | Promise<boolean>, what: string) => daemon.until(async () => isSo(), what)
const mailsOf = (caller: string) => world.mail.mails.filter(({ raw }) => raw.includes(caller.slice(1)))

it('serves callers before it ever ran; who was not answered has one mail afterwards', async () => {
  const { far } = world
  far.on('101', answers({ afterMs: 100 }))
  far.on('102', ringsForEver)
  const ringing = far.nextCallTo('101', 3_000)
  const lucky = await far.call(OUR_NUMBER, { number: '+79120000901' })
  const phone = await ringing
  await lucky.answered()
  await hearEachOther(lucky, phone)
  await phone.hangup()
  await lucky.ended(1_000)
  far.on('101', ringsForEver)
  const [patient, hasty] = await Promise.all([
    far.call(OUR_NUMBER, { number: '+79120000902' }),
    far.call(OUR_NUMBER, { number: '+79120000903' }),
  ])
  await hasty.ringing()
  await hasty.hangup()
  await patient.answered() // after the ringing somebody says that nobody is there
  await patient.hangup()

  const flow = `
    - menu:
        play: prompts/menu
        wait: 60s
        tries: 1
        keys: { 1: { ring: sales } }
        else: { hangup: normal }
    - unanswered: { hangup: normal }`
  daemon = await startDaemon(world, {
    config: companyConfig({ flow }),
    prompts: await companyPrompts(),
    env: QUIET,
  })
  for (const number of ['+79120000902', '+79120000903']) {
    expect(await ended(number)).toMatchObject({ verdict: 'missed', reason: 'restored', restored: true })
    await world.mail.mail(({ raw }) => raw.includes(number.slice(1)))
  }
  const answered = await ended('+79120000901')
  expect(answered).toMatchObject({ verdict: 'answered', operator: 'anna', restored: true })
  // the book has whole seconds
  expect(Math.abs(answered.talkMs! - (phone.times.ended! - phone.times.up!))).toBeLessThan(1_500)
  expect(mailsOf('+79120000901')).toEqual([])
})

it('a frozen daemon: callers are moved to the operators; afterwards the answered ones make no mail, the others one', async () => {
  const { far, mail } = world
  far.on('101', answers({ afterMs: 100 }))
  far.on('102', ringsForEver)
  const inMenu = await far.call(OUR_NUMBER, { number: '+79120000904' })
  await inMenu.hears(await SOUNDS.menu(), { upTo: 1 })

  daemon.freeze()
  const frozen = Date.now()
  const [answered, leaves] = await Promise.all([
    far.call(OUR_NUMBER, { number: '+79120000905' }),
    far.call(OUR_NUMBER, { number: '+79120000906' }),
  ])
  await far.nextCallTo('101')
  await leaves.hangup() // while it rings
  const talksWith101 = (number: string) =>
    far.rung('101').some((leg) => leg.callerNumber === number && leg.state === 'up')
  await eventually(() => talksWith101('+79120000904') && talksWith101('+79120000905'), 'both on phone 101')
  expect(Date.now() - frozen).toBeLessThan(NOBODY_WAITS_LONGER_MS)

  daemon.thaw()
  await eventually(() => daemon.isReady(), 'ready again')
  const phoneOf = (number: string) => far.rung('101').find((leg) => leg.callerNumber === number)!
  await hearEachOther(inMenu, phoneOf('+79120000904'))
  await hearEachOther(answered, phoneOf('+79120000905'))
  await Promise.all([inMenu.hangup(), answered.hangup()])
  for (const number of ['+79120000904', '+79120000905'])
    expect(await ended(number)).toMatchObject({ verdict: 'answered', operator: 'anna' })
  expect(await ended('+79120000906')).toMatchObject({ verdict: 'missed' })
  await mail.mail(({ raw }) => raw.includes('9120000906'))
  expect(['+79120000904', '+79120000905', '+79120000906'].flatMap(mailsOf)).toHaveLength(1)
})

it('SIGTERM: who is inside may finish, new callers take the plain way, who stays too long follows them', async () => {
  const { far } = world
  far.on('101', answers({ afterMs: 100 }))
  far.on('102', ringsForEver)
  const [inMenu, dawdler] = await Promise.all([
    far.call(OUR_NUMBER, { number: '+79120000907' }),
    far.call(OUR_NUMBER, { number: '+79120000908' }),
  ])
  const menu = await SOUNDS.menu()
  await Promise.all([inMenu.hears(menu, { upTo: 1 }), dawdler.hears(menu, { upTo: 1 })])
  const rows = await daemon.prisma.call.count()

  const exit = daemon.stop()
  await eventually(async () => /stopping/.test(await daemon.log()), 'the stop')
  const plainly = far.nextCallTo('101', 3_000)
  const fresh = await far.call(OUR_NUMBER, { number: '+79120000909' })
  await hearEachOther(fresh, await plainly)
  expect(await daemon.prisma.call.count()).toBe(rows)

  far.on('102', answers({ afterMs: 100 }))
  const chosen = far.nextCallTo('102')
  await inMenu.press('1')
  const phone = await chosen
  const talking = hearEachOther(inMenu, phone)
  const plainlyToo = far.nextCallTo('101')
  expect(await exit).toBe(0)
  const third = await plainlyToo
  expect(third.callerNumber).toBe('+79120000908')
  await third.answered()
  await talking
  await hearEachOther(inMenu, phone) // their talk goes on
  await Promise.all([fresh.hangup(), inMenu.hangup(), dawdler.hangup()])
  await phone.ended(1_000)
  await daemon.start()
  expect(await ended('+79120000907')).toMatchObject({ verdict: 'answered', operator: 'boris', restored: false })
  for (const number of ['+79120000908', '+79120000909'])
    expect(await ended(number)).toMatchObject({ verdict: 'answered' })
  expect(['+79120000907', '+79120000908', '+79120000909'].flatMap(mailsOf)).toEqual([])
})

it('a second SIGTERM ends at once', async () => {
  const caller = await world.far.call(OUR_NUMBER, { number: '+79120000910' })
  await caller.hears(await SOUNDS.menu(), { upTo: 1 })
  const exit = daemon.stop()
  await eventually(async () => (await daemon.log()).match(/stopping/g)!.length === 2, 'the stop')
  const second = Date.now()
  void daemon.stop()
  expect(await exit).toBe(1)
  expect(Date.now() - second).toBeLessThan(2_000)
  await caller.hangup()
  await daemon.start()
  expect(await ended('+79120000910')).toMatchObject({ verdict: 'missed', reason: 'hangup_menu' })
})

it('a second daemon on the same folder is refused; one that takes the place of the first ends it', async () => {
  const child = (env: NodeJS.ProcessEnv) => {
    const started = spawn(process.execPath, [DAEMON_MAIN], { env: { ...daemon.env, ...env }, stdio: 'ignore' })
    children.push(started)
    return started
  }
  const http = `127.0.0.1:${world.ports[1]}`
  const [refused] = (await once(child({ PEREZVON_HTTP: http }), 'exit')) as [number]
  expect(refused).toBe(75)
  expect(await daemon.isReady()).toBe(true)

  const fenced = daemon.exit
  child({ PEREZVON_HTTP: http, PEREZVON_DATA: join(world.dir, 'other') })
  expect(await fenced).toBe(75)
  const { far } = world
  far.on('102', answers({ afterMs: 100 }))
  const caller = await far.call(OUR_NUMBER, { number: '+79120000911' })
  await caller.hears(await SOUNDS.menu(), { upTo: 1 })
  await caller.hangup()
})
