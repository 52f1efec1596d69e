/** Story 8: the daemon is killed at the worst moments. Talks go on, callers are served again, no mail is lost. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { companyConfig, companyPrompts, QUIET, SOUNDS } from '../support/company.ts'
import { hearEachOther, inTheBookAsTalk, secondsHeard } from '../support/conversation.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld({ operators: ['101', '102'], limits: { heartbeatStaleSec: 7 } })
  const flow = `
    - menu:
        play: prompts/menu
        wait: 6s
        tries: 1
        keys: { 1: { ring: sales } }
        else: { hangup: normal }
    - unanswered: { hangup: normal }`
  daemon = await startDaemon(world, { config: companyConfig({ flow }), prompts: await companyPrompts(), env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})
afterEach(async () => {
  await world.far.hangupAll()
  await daemon.startUnlessRunning()
})

const ended = (caller: string, ms?: number) =>
  daemon.until((db) => db.call.findFirst({ where: { caller, endedAt: { not: null } } }), `the end of ${caller}`, ms)
const mailsOf = (caller: string) => world.mail.mails.filter(({ raw }) => raw.includes(caller.slice(1)))
const subjectsOf = (caller: string) => mailsOf(caller).map(({ parsed }) => parsed.subject)

/** The phone that was joined with the caller: where several ring, the first to ring need not be it. */
async function talksWith(caller: string): Promise<FarLeg> {
  const isJoined = { caller, peer: { not: null }, endedAt: null }
  const call = await daemon.until((db) => db.call.findFirst({ where: isJoined }), `a talk of ${caller}`)
  return world.far.rung(call.operator === 'anna' ? '101' : '102').at(-1)!
}

it('lets talks go on, releases who stays behind, and knows afterwards how long they talked', async () => {
  const { far } = world
  for (const phone of ['101', '102']) far.on(phone, answers({ afterMs: 100 }))
  const talk = async (number: string) => {
    const caller = await far.call(OUR_NUMBER, { number })
    await caller.answered()
    await caller.press('1')
    const call = await daemon.until(
      (db) => db.call.findFirst({ where: { caller: number, peer: { not: null } } }),
      'answer',
    )
    await inTheBookAsTalk(world, daemon, call.id)
    const extension = call.operator === 'anna' ? '101' : '102'
    return { caller, phone: far.rung(extension).at(-1)!, operator: call.operator }
  }
  const first = await talk('+79120000801')
  const second = await talk('+79120000802')
  await Promise.all([first.phone.answered(), second.phone.answered()])

  await daemon.kill()
  await Promise.all([hearEachOther(first.caller, first.phone), hearEachOther(second.caller, second.phone)])
  const hungUp = Date.now()
  await Promise.all([first.caller.hangup(), second.phone.hangup()])
  await Promise.all([first.phone.ended(1_000), second.caller.ended(1_000)])

  await daemon.start()
  for (const [number, { phone, operator }] of Object.entries({ '+79120000801': first, '+79120000802': second })) {
    const call = await ended(number)
    expect(call).toMatchObject({ verdict: 'answered', operator, notice: 'disarmed' })
    // the book has whole seconds at both ends
    expect(Math.abs(call.talkMs! - (hungUp - phone.times.up!))).toBeLessThan(2_500)
  }
  expect(['+79120000801', '+79120000802'].flatMap(subjectsOf)).toEqual([])
})

it('serves callers again who were in the menu or waited when it was killed', async () => {
  const { far } = world
  for (const phone of ['101', '102']) far.on(phone, ringsForEver)
  const waiting = await far.call(OUR_NUMBER, { number: '+79120000803' })
  const rung = Promise.all([far.nextCallTo('101'), far.nextCallTo('102')])
  await waiting.answered()
  await waiting.press('1')
  const orphans = await rung
  const choosing = await far.call(OUR_NUMBER, { number: '+79120000804' })
  await choosing.hears(await SOUNDS.menu(), { upTo: 1 })

  await daemon.kill()
  for (const phone of ['101', '102']) far.on(phone, answers({ afterMs: 100 }))
  const killed = await secondsHeard(choosing)
  await daemon.start()
  await Promise.all(orphans.map((leg) => leg.ended(2_000)))
  await hearEachOther(waiting, await talksWith('+79120000803'))
  await waiting.hangup()

  await choosing.hears(await SOUNDS.menu(), { after: killed })
  await choosing.press('1')
  const second = await talksWith('+79120000804')
  await hearEachOther(choosing, second)
  await second.hangup()
  await choosing.ended(2_000)
  expect(await ended('+79120000803')).toMatchObject({ verdict: 'answered' })
  expect(await ended('+79120000804')).toMatchObject({ verdict: 'answered' })
  expect(['+79120000803', '+79120000804'].flatMap(subjectsOf)).toEqual([])
})

it('leaves a waiting caller to the plain dialplan when it does not come back', async () => {
  const { far } = world
  for (const phone of ['101', '102']) far.on(phone, ringsForEver)
  const caller = await far.call(OUR_NUMBER, { number: '+79120000805' })
  const rung = far.nextCallTo('101')
  await caller.answered()
  await caller.press('1')
  await rung
  await daemon.kill()
  const killed = Date.now()
  far.on('101', answers({ afterMs: 100 }))
  const plain = await far.nextCallTo('101')
  await plain.answered()
  expect(Date.now() - killed).toBeLessThan(15_000)
  await hearEachOther(caller, plain)
  await caller.hangup()
  await plain.ended(2_000)
  await daemon.start()
  expect(await ended('+79120000805', 25_000)).toMatchObject({ verdict: 'answered', operator: 'anna', restored: false })
  expect(subjectsOf('+79120000805')).toEqual([])
})

it.each([
  ['in the middle of a mail', 'data-begin', '+79120000806', 1],
  ['after the mail was taken and before it was said', 'data-end', '+79120000807', 2],
] as const)('killed %s: it arrives, and a second copy has the same ids', async (_, verb, number, copies) => {
  const { far, mail } = world
  const before = mail.tries(verb)
  mail.fail(verb, 'hang', 1)
  const caller = await far.call(OUR_NUMBER, { number })
  await caller.answered()
  await caller.hangup()
  await mail.tried(verb, before + 1)
  await daemon.kill()
  mail.heal()
  await daemon.start()
  await mail.mail(({ raw, confirmed }) => confirmed && raw.includes(number.slice(1)))
  const mails = mailsOf(number)
  expect(mails).toHaveLength(copies)
  const ids = mails.map(
    ({ parsed }) => `${parsed.messageId} ${JSON.stringify(parsed.headers.get('x-perezvon-notice'))}`,
  )
  expect(new Set(ids).size).toBe(1)
})
