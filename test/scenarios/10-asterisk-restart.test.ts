/** Story 10: Asterisk dies and comes back, the line to it is cut, goes dead. The daemon finds its way back alone, and no call is lost. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import { BreakableLine } from '../support/breakable-line.ts'
import { companyConfig, companyPrompts, QUIET, SOUNDS } from '../support/company.ts'
import { hearEachOther } from '../support/conversation.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

let world: World
let daemon: Daemon
let line: BreakableLine
beforeAll(async () => {
  world = await startWorld()
  line = await BreakableLine.to(Number(new URL(world.asterisk.ari.url).port))
  const flow = `
    - menu:
        play: prompts/menu
        wait: 60s
        tries: 1
        keys: { 1: { ring: { to: anna, for: 60s } }, 2: { ring: { to: boris, for: 60s } } }
        else: { hangup: normal }
    - unanswered: { hangup: normal }`
  daemon = await startDaemon(world, {
    config: companyConfig({ flow }),
    prompts: await companyPrompts(),
    env: { ...QUIET, PEREZVON_ARI_URL: `http://127.0.0.1:${line.port}` },
  })
})
afterAll(async () => {
  await daemon?.close()
  await line?.close()
  await world?.stop()
})

const eventually = (isSo: () => boolean | Promise<boolean>, what: string) => daemon.until(async () => isSo(), what)
const ended = (caller: string) =>
  daemon.until((db) => db.call.findFirst({ where: { caller, endedAt: { not: null } } }), `the end of ${caller}`)
const readiness = async () => ((await (await fetch(`${daemon.url}/ready`)).json()) as { reasons: object }).reasons

/** One caller who talks with phone 101, one for whom 102 rings, one in the menu. */
async function threeCallers(numbers: [string, string, string]) {
  const { far } = world
  far.on('101', answers({ afterMs: 100 }))
  far.on('102', ringsForEver)
  const menu = await SOUNDS.menu()
  const inMenu = async (number: string) => {
    const caller = await far.call(OUR_NUMBER, { number })
    await caller.hears(menu, { upTo: 1 })
    return caller
  }
  const answered = far.nextCallTo('101')
  const talking = await inMenu(numbers[0])
  await talking.press('1')
  const phone = await answered
  await hearEachOther(talking, phone)
  const waiting = await inMenu(numbers[1])
  const rung = far.nextCallTo('102')
  await waiting.press('2')
  const ringingPhone = await rung
  return { talking, phone, waiting, ringingPhone, choosing: await inMenu(numbers[2]) }
}

it('Asterisk is killed: lost calls get their verdict and mail, and after its start all is well within seconds', async () => {
  const { asterisk, far, mail } = world
  await threeCallers(['+79120001001', '+79120001002', '+79120001003'])
  await asterisk.kill()
  await eventually(async () => 'asterisk' in (await readiness()), 'the loss of Asterisk')
  await asterisk.start()
  const booted = Date.now()
  await eventually(() => daemon.isReady(), 'ready again')
  expect(Date.now() - booted).toBeLessThan(6_000)
  expect(await ended('+79120001001')).toMatchObject({ verdict: 'answered', operator: 'anna' })
  expect(await ended('+79120001002')).toMatchObject({ verdict: 'missed', reason: 'queue_abandon' })
  expect(await ended('+79120001003')).toMatchObject({ verdict: 'missed' })
  for (const number of ['9120001002', '9120001003']) await mail.mail(({ raw }) => raw.includes(number))
  expect(mail.mails).toHaveLength(2)

  far.on('101', answers({ afterMs: 100 }))
  const caller = await far.call(OUR_NUMBER, { number: '+79120001004' })
  await caller.hears(await SOUNDS.menu(), { upTo: 1 })
  const rung = far.nextCallTo('101')
  await caller.press('1')
  const phone = await rung
  await hearEachOther(caller, phone)
  await caller.hangup()
  await phone.ended(2_000)
  expect(await ended('+79120001004')).toMatchObject({ verdict: 'answered', operator: 'anna' })
})

it('the line to Asterisk is cut: nobody notices, and no call is lost', async () => {
  const { far, mail } = world
  const mails = mail.mails.length
  const numbers: [string, string, string] = ['+79120001011', '+79120001012', '+79120001013']
  const { talking, phone, waiting, ringingPhone, choosing } = await threeCallers(numbers)
  line.cut()
  await eventually(async () => 'asterisk' in (await readiness()), 'the loss of the connection')
  // who picks up now is dropped by Asterisk, as there is nobody to hand him to; he is rung again
  await ringingPhone.answer()
  await ringingPhone.ended(2_000)
  far.on('102', answers({ afterMs: 100 }))
  const again = far.nextCallTo('102')
  line.mend()
  await eventually(() => daemon.isReady(), 'ready again')
  await hearEachOther(waiting, await again)
  await hearEachOther(talking, phone)
  await phone.hangup()
  await talking.ended(2_000)
  expect(await ended(numbers[0])).toMatchObject({ verdict: 'answered', operator: 'anna' })
  const second = far.nextCallTo('101')
  await choosing.press('1')
  await hearEachOther(choosing, await second)
  await Promise.all([choosing.hangup(), waiting.hangup()])
  expect(await ended(numbers[1])).toMatchObject({ verdict: 'answered', operator: 'boris' })
  expect(await ended(numbers[2])).toMatchObject({ verdict: 'answered', operator: 'anna' })
  expect(mail.mails).toHaveLength(mails)
})

it('the line goes dead without a word: callers are moved to the operators, the talk goes on, and all are accounted for', async () => {
  const { far, mail } = world
  const mails = mail.mails.length
  const numbers: [string, string, string] = ['+79120001021', '+79120001022', '+79120001023']
  const { talking, phone, waiting, choosing } = await threeCallers(numbers)
  far.on('101', ringsForEver)
  far.on('102', answers({ afterMs: 100 }))
  line.goDead()
  const onPhone102 = (number: string) =>
    far.rung('102').find((leg) => leg.callerNumber === number && leg.state === 'up')
  await eventually(() => Boolean(onPhone102(numbers[1]) && onPhone102(numbers[2])), 'both on phone 102')
  await hearEachOther(talking, phone)
  line.mend()
  await eventually(() => daemon.isReady(), 'ready again')
  await hearEachOther(waiting, onPhone102(numbers[1])!)
  await Promise.all([talking, waiting, choosing].map((caller) => caller.hangup()))
  expect(await ended(numbers[0])).toMatchObject({ verdict: 'answered', operator: 'anna' })
  for (const number of [numbers[1], numbers[2]])
    expect(await ended(number)).toMatchObject({ verdict: 'answered', operator: 'boris', restored: false })
  expect(mail.mails).toHaveLength(mails)
})
