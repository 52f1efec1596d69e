/**
 * The daemon dies at the moments that matter most, in a story each, and is started again; every-point.test.ts takes it through all the others.
 * What counts is what the outside saw: a mail for every call that nobody answered, none for one that was, and nobody is dialled twice within
 * a try.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import { importContacts } from '../../src/campaigns/import-contacts.ts'
import { loadConfig } from '../../src/config/load.ts'
import { type CrashPoint, moments } from '../../src/runtime/crash-point.ts'
import { startCampaign } from '../../src/store/campaigns.ts'
import { companyConfig, companyPrompts, QUIET } from '../support/company.ts'
import { hearEachOther, inTheBookAsTalk } from '../support/conversation.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { workingZone } from '../support/working-zone.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

let world: World
let daemon: Daemon
let crashFile: string
beforeAll(async () => {
  world = await startWorld({ phones: ['101'] })
  crashFile = join(world.dir, 'crash')
  const campaigns = `
campaigns:
  orders:
    name: Заказ готов
    kind: reminder
    line: "${OUR_NUMBER}"
    trunk: provider
    hours: always
    heard: 1s
    retry: { busy: { tries: 1 }, no_answer: { tries: 1 }, unreachable: { tries: 1 }, trouble: { tries: 1 } }
    script: [{ play: prompts/greeting }]`
  const config = companyConfig({
    flow: '    - ring: operators\n    - unanswered: { hangup: normal }',
    callback: '{ tries: 3, every: [1s], retry: { trouble: [1s] }, success: 1s, ring_client: 8s }',
    more: campaigns,
  }).replace('Asia/Yekaterinburg', workingZone())
  daemon = await startDaemon(world, {
    config,
    prompts: await companyPrompts(),
    env: { ...QUIET, CRASH_FILE: crashFile },
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})
afterEach(async () => {
  await rm(crashFile, { force: true })
  await world.far.hangupAll() // what a failed story left would stand in the way of its second try
  await daemon.startUnlessRunning()
})

const CALL = [
  'call.before-row',
  'call.after-row',
  'dial.before-request',
  'dial.requested',
  'ring.before-answered',
  'ring.after-answered',
  'talk.handed-over',
] as const
const LOSS = ['call.before-end', 'call.after-end', 'mail.claimed', 'mail.accepted', 'mail.marked'] as const
const CALLBACK = moments.filter((moment) => moment.startsWith('callback.'))
const CAMPAIGN = moments.filter((moment) => moment.startsWith('attempt.') && moment !== 'attempt.claimed')

const eventually = (isSo: () => boolean | Promise<boolean>, what: string) =>
  daemon.until(async () => isSo(), what, 20_000)
const dieAt = (point: CrashPoint) => writeFile(crashFile, point)
async function reborn(): Promise<void> {
  await daemon.died()
  await daemon.start()
}
const legsTo = (who: string, caller: string) => world.far.rung(who).filter((leg) => leg.callerNumber === caller)
const mailsAbout = (callId: string) => world.mail.mails.filter(({ raw }) => raw.includes(`X-Perezvon-Call: ${callId}`))
let numbers = 0
/** A satellite telephone is never called back, so its calls do not disturb the next story. */
const caller = () => `+8816123450${String(++numbers).padStart(2, '0')}`
const client = () => `+791200080${String(++numbers).padStart(2, '0')}`

describe.each(CALL)('a caller is being answered: %s', (point) => {
  it('he talks with the operator all the same, and no mail is sent', async () => {
    const { far } = world
    far.on('101', answers({ afterMs: 100 }))
    const number = caller()
    await dieAt(point)
    const leg = await far.call(OUR_NUMBER, { number })
    await reborn()
    const call = await daemon.until((db) => db.call.findFirst({ where: { caller: number } }), 'his row')
    await inTheBookAsTalk(world, daemon, call.id)
    const phone = legsTo('101', number).at(-1)!
    await hearEachOther(leg, phone)
    expect(legsTo('101', number).filter(({ state }) => state !== 'ended')).toEqual([phone])
    await leg.hangup()
    await phone.ended(2_000)
    await eventually(
      async () => (await daemon.prisma.call.findUnique({ where: { id: call.id } }))?.verdict === 'answered',
      'the verdict',
    )
    expect(await daemon.prisma.notice.count({ where: { callId: call.id } })).toBe(0)
  })
})

describe.each(LOSS)('a caller is lost: %s', (point) => {
  it('one mail is sent; a second copy only where the yes of the server was lost', async () => {
    const { far, mail } = world
    far.on('101', ringsForEver)
    const number = caller()
    await dieAt(point)
    const rung = far.nextCallTo('101')
    const leg = await far.call(OUR_NUMBER, { number })
    const phone = await rung
    await leg.hangup()
    await reborn()
    await phone.ended(2_000)
    const call = await daemon.until(
      (db) => db.call.findFirst({ where: { caller: number, verdict: 'missed', notice: 'fired' } }),
      'the verdict',
    )
    await daemon.until((db) => db.notice.findFirst({ where: { callId: call.id, status: 'sent' } }), 'the mail')
    await mail.mail(({ raw }) => raw.includes(`X-Perezvon-Call: ${call.id}`))
    const copies = mailsAbout(call.id)
    expect(copies).toHaveLength(point === 'mail.accepted' ? 2 : 1)
    expect(new Set(copies.map(({ parsed }) => parsed.messageId)).size).toBe(1)
  })
})

describe.each(CALLBACK)('somebody is called back: %s', (point) => {
  it('they talk in the end, no try dials twice, and it is told once', async () => {
    const { far, mail } = world
    const number = client()
    far.on('101', ringsForEver)
    far.on(number, answers({ afterMs: 300, staysMs: 1_700 }))
    const rung = far.nextCallTo('101')
    const leg = await far.call(OUR_NUMBER, { number })
    await rung
    far.on('101', answers({ afterMs: 100 }))
    await dieAt(point)
    await leg.hangup()
    await reborn()
    const task = await daemon.until(
      (db) => db.callback.findFirst({ where: { number, status: 'done' } }),
      'the talk',
      60_000,
    )
    const clientLegs = far.rung(number)
    expect(clientLegs.length).toBeGreaterThan(0)
    expect(clientLegs.length).toBeLessThanOrEqual(task.tries)
    for (const [i, later] of clientLegs.slice(1).entries())
      expect(later.times.new).toBeGreaterThanOrEqual(clientLegs[i]!.times.ended!)
    const ledger = await daemon.prisma.dialLedger.findMany({ where: { number } })
    await eventually(
      async () => (await daemon.prisma.dialLedger.count({ where: { number, endedAt: null } })) === 0,
      'the line free',
    )
    expect(ledger.length).toBeLessThanOrEqual(task.tries + (point === 'callback.before-count' ? 1 : 0))
    expect(await daemon.prisma.case.findFirst({ where: { caller: number } })).toMatchObject({
      closedHow: 'called-back',
    })
    await mail.mail(
      ({ parsed }) => /Закрыто/.test(parsed.text ?? '') && parsed.headers.get('x-perezvon-call') === task.callId,
    )
    expect(await daemon.prisma.notice.count({ where: { callId: task.callId, kind: 'closed' } })).toBe(1)
    expect(await daemon.prisma.call.count({ where: { caller: number, endedAt: null } })).toBe(0)
  })
})

describe.each(CAMPAIGN)('a contact is called: %s', (point) => {
  it('each attempt has rung at most once, and the contact is not forgotten', async () => {
    const { far } = world
    const { prisma } = daemon
    const number = client()
    far.on(number, answers({ afterMs: 300 }))
    const loaded = loadConfig(daemon.configFile)
    if (!loaded.ok) throw new Error('the configuration does not load')
    const order = { prisma, config: loaded.config, key: 'orders', listName: `${point}.csv`, takeFirst: false }
    const bytes = new TextEncoder().encode(`Телефон\n${number}`)
    const { campaign } = await importContacts({ ...order, bytes, at: Date.now() })
    await dieAt(point)
    expect(await startCampaign(prisma, campaign.id, Date.now(), 'test')).toBe(true)
    await reborn()
    await daemon.until(
      (db) => db.campaign.findFirst({ where: { id: campaign.id, status: 'done' } }),
      'the end of the campaign',
    )
    const contact = await prisma.contact.findFirstOrThrow({ where: { number }, include: { attempts: true } })
    expect(contact.attempts.every(({ endedAt }) => endedAt !== null)).toBe(true)
    expect(far.rung(number).length).toBeLessThanOrEqual(contact.attempts.length)
    const wasRung = !['attempt.before-row', 'attempt.after-row'].includes(point)
    expect(contact.attempts).toHaveLength(1)
    expect(far.rung(number)).toHaveLength(wasRung || point === 'attempt.before-row' ? 1 : 0)
    await eventually(
      async () => (await prisma.dialLedger.count({ where: { number, endedAt: null } })) === 0,
      'the line free',
    )
  })
})
