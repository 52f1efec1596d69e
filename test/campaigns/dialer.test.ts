import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { pauseCampaign, resumeCampaign, stopCampaign } from '../../src/store/campaigns.ts'
import { addDoNotCall, listDoNotCall, skipListedContacts } from '../../src/store/do-not-call.ts'
import { claimTestCall, requestTestCall, findTestCall } from '../../src/store/test-calls.ts'
import { CampaignWorld, KEY, NOON } from '../support/campaign-world.ts'
import type { FarEnd } from '../support/fake-telephony.ts'

// real files and real waits on a shared machine
vi.setConfig({ testTimeout: 30_000 })

let world: CampaignWorld
beforeEach(async () => {
  world = await CampaignWorld.open()
})
afterEach(() => world.close())

const number = (n: number) => `+791612300${String(n).padStart(2, '0')}`
const HOUR = 3_600_000

const confirms: FarEnd = async (phone) => {
  phone.answer()
  await phone.hears('prompts/confirm')
  phone.press('1')
}
const declines: FarEnd = async (phone) => {
  phone.answer()
  await phone.hears('prompts/confirm')
  phone.press('2')
}
const optsOut: FarEnd = async (phone) => {
  phone.answer()
  await phone.hears('prompts/reminder')
  phone.press('9')
}
const listens: FarEnd = (phone) => phone.answer()
const hangsUpAtOnce: FarEnd = async (phone) => {
  phone.answer()
  await phone.hears('prompts/reminder')
  phone.hangup()
}
const busy: FarEnd = (phone) => phone.refuse('busy')
const silent: FarEnd = (phone) => phone.refuse('no-answer')
const rejects: FarEnd = (phone) => phone.refuse('rejected')
const absent: FarEnd = (phone) => phone.refuse('unreachable')
const unallocated: FarEnd = (phone) => phone.refuse('unallocated')

test('twenty contacts against every outcome end as they should, each called as often as the rule says', async () => {
  const cast: [FarEnd[], string, number][] = [
    [[confirms], 'completed', 1],
    [[declines], 'declined', 1],
    [[optsOut], 'opted-out', 1],
    [[listens], 'completed', 1],
    [[hangsUpAtOnce, hangsUpAtOnce], 'answered', 2],
    [[busy], 'busy', 3],
    [[busy, confirms], 'completed', 2],
    [[silent], 'no-answer', 3],
    [[silent, busy, confirms], 'completed', 3],
    [[rejects], 'declined', 2],
    [[rejects, confirms], 'completed', 2],
    [[absent], 'unreachable', 2],
    [[absent, confirms], 'completed', 2],
    [[unallocated], 'invalid', 1],
    [[silent, unallocated], 'invalid', 2],
    [[hangsUpAtOnce, confirms], 'completed', 2],
    [[busy, declines], 'declined', 2],
    [[confirms], 'completed', 1],
    [[optsOut], 'opted-out', 1],
    [[confirms], 'completed', 1],
  ]
  cast.forEach(([farEnds], n) => world.telephony.on(number(n), ...farEnds))
  await world.start(cast.map((_, n) => number(n)))
  await world.runToTheEnd(world.dialer())

  expect(await world.campaign()).toMatchObject({ status: 'done', reason: null })
  expect(await world.statuses()).toEqual(Object.fromEntries(cast.map(([, status], n) => [number(n), status])))
  expect(cast.map((_, n) => world.telephony.callsTo(number(n)))).toEqual(cast.map(([, , calls]) => calls))
  const results = await world.results()
  expect(results[number(0)]).toMatchObject({ answers: { 1: 'confirmed' }, attempts: 1, cause: 16 })
  expect(results[number(1)]).toMatchObject({ answers: { 1: 'declined' } })
  expect(results[number(5)]).toMatchObject({ attempts: 3, cause: 17, talkMs: 0 })
  expect(results[number(13)]).toMatchObject({ cause: 1 })
  expect((await listDoNotCall(world.prisma)).map((entry) => entry.number).toSorted()).toEqual([number(2), number(18)])
})

test('the attempt is on disk before the call is placed', async () => {
  let seen: unknown = null
  const dial = world.telephony.dial.bind(world.telephony)
  world.telephony.dial = async (request) => {
    seen = await world.prisma.attempt.findUnique({ where: { id: request.channelId }, include: { contact: true } })
    return dial(request)
  }
  world.telephony.on(number(1), listens)
  await world.start([number(1)])
  await world.runToTheEnd(world.dialer())
  expect(seen).toMatchObject({ status: 'dialing', no: 1, contact: { status: 'dialing', number: number(1) } })
})

test('one new call a look, and never more than the campaign’s lines', async () => {
  const dialer = world.dialer()
  const hold: FarEnd = (phone) => phone.wait(60_000)
  for (let n = 0; n < 6; n++) world.telephony.on(number(n), hold)
  await world.start(Array.from({ length: 6 }, (_, n) => number(n)))
  for (const look of [1, 2, 3, 4, 5]) {
    const before = world.telephony.dialled.length
    await dialer.pass()
    await expect
      .poll(() => world.telephony.dialled.length, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(Math.min(look, 3))
    expect(world.telephony.dialled.length - before).toBeLessThanOrEqual(1)
  }
  await dialer.idle()
  expect(world.telephony.peak).toBeLessThanOrEqual(3)
})

describe('what a person says goes for all campaigns at once', () => {
  test('an opt-out stops his contact in another campaign and is obeyed by the guard', async () => {
    world.telephony.on(number(1), optsOut)
    await world.start([number(1)])
    await world.prisma.$executeRaw`
      INSERT INTO "Campaign" SELECT 'other#1', 'other', 1, 'running', NULL, 'l', '[]', ';', 'utf-8', 1, NULL, 0, 0, 0, NULL`
    await world.prisma.$executeRaw`
      INSERT INTO "Contact" SELECT 'other', 'other#1', "list", "row", "number", "timezone", "values", "status", "note", "answers",
        "dueAt" + 1000000, NULL, NULL, "updatedAt" FROM "Contact"`
    await world.runToTheEnd(world.dialer())
    expect(await world.prisma.contact.findUnique({ where: { id: 'other' } })).toMatchObject({ status: 'skipped-dnc' })
    expect(world.telephony.legs[0]?.heard).toEqual(['prompts/reminder', 'prompts/opted-out'])
    expect((await listDoNotCall(world.prisma))[0]).toMatchObject({ source: 'opt-out', detail: KEY })
  })

  test('who opted out is not called by a later round of the campaign', async () => {
    world.telephony.on(number(1), optsOut)
    world.telephony.on(number(2), listens)
    await world.start([number(1)])
    await world.runToTheEnd(world.dialer())
    const report = await world.import(`Телефон\n${number(1)}\n${number(2)}`)
    expect(report).toMatchObject({ good: 1, campaign: { round: 2 }, refused: [{ fault: 'do-not-call', row: 2 }] })
  })

  test('the opt-out counts although he hung up with the key', async () => {
    world.telephony.on(number(1), async (phone) => {
      phone.answer()
      await phone.hears('prompts/reminder')
      phone.press('9')
      phone.hangup()
    })
    await world.start([number(1)])
    await world.runToTheEnd(world.dialer())
    expect(await world.statuses()).toEqual({ [number(1)]: 'opted-out' })
    expect(await listDoNotCall(world.prisma)).toHaveLength(1)
  })

  test('a number put on the list while it waits is not called', async () => {
    world.telephony.on(number(1), confirms)
    world.telephony.on(number(2), confirms)
    await world.start([number(1), number(2)])
    await addDoNotCall(world.prisma, [number(1)], { source: 'by-hand', detail: null, at: NOON })
    await world.runToTheEnd(world.dialer())
    expect(await world.statuses()).toEqual({ [number(1)]: 'skipped-dnc', [number(2)]: 'completed' })
    expect(world.telephony.callsTo(number(1))).toBe(0)
  })

  test('an imported list takes waiting contacts out at once', async () => {
    await world.start([number(1), number(2)])
    await addDoNotCall(world.prisma, [number(2)], { source: 'import', detail: null, at: NOON })
    expect(await skipListedContacts(world.prisma, NOON)).toBe(1)
    expect(await world.statuses()).toEqual({ [number(1)]: 'queued', [number(2)]: 'skipped-dnc' })
  })
})

describe('hours', () => {
  test('the window closes while the campaign dials: the rest waits for the morning', async () => {
    world.now = Date.parse('2026-11-24T17:59:59+05:00')
    for (let n = 0; n < 3; n++) {
      world.telephony.on(number(n), async (phone) => {
        world.now += 60_000
        await confirms(phone)
      })
    }
    const dialer = world.dialer()
    await world.start([number(0), number(1), number(2)])
    await dialer.pass()
    await dialer.idle()
    for (let pass = 0; pass < 3; pass++) await dialer.pass()
    expect(world.telephony.dialled).toHaveLength(1)
    expect(await world.prisma.contact.findMany({ where: { status: 'queued' } })).toMatchObject(
      [1, 2].map(() => ({ note: 'hours', dueAt: new Date('2026-11-25T10:00:00+05:00') })),
    )
    await world.runToTheEnd(dialer)
    expect(Object.values(await world.statuses())).toEqual(['completed', 'completed', 'completed'])
  })

  test('each is called in his own day', async () => {
    const zones = {
      [number(1)]: 'Asia/Vladivostok',
      [number(2)]: 'Europe/Kaliningrad',
      [number(3)]: '',
      [number(4)]: 'где-то',
    }
    const calledAt: Record<string, string> = {}
    for (const one of Object.keys(zones)) {
      world.telephony.on(one, (phone) => {
        calledAt[one] = new Date(world.now).toISOString()
        phone.answer()
      })
    }
    world.now = Date.parse('2026-11-24T21:00:00Z')
    await world.import(['Телефон;TZ', ...Object.entries(zones).map((pair) => pair.join(';'))].join('\n'))
    const campaign = await world.campaign()
    await world.prisma.$executeRaw`UPDATE "Campaign" SET "status" = 'running' WHERE "id" = ${campaign.id}`
    await world.runToTheEnd(world.dialer())
    expect(calledAt).toEqual({
      [number(1)]: '2026-11-25T00:00:00.000Z', // 10:00 in Vladivostok
      [number(3)]: '2026-11-25T05:00:00.000Z', // 10:00 in Yekaterinburg
      [number(2)]: '2026-11-25T08:00:00.000Z', // 10:00 in Kaliningrad
    })
    // no moment of the day is within 10-18 everywhere in Russia
    expect(await world.statuses()).toMatchObject({ [number(4)]: 'skipped-hours' })
  })
})

describe('limits', () => {
  test('who was talked to today is not called again today, by any campaign', async () => {
    world.telephony.on(number(1), hangsUpAtOnce, confirms)
    await world.start([number(1)])
    const dialer = world.dialer()
    await dialer.pass()
    await dialer.idle()
    world.now += 2 * HOUR
    await dialer.pass()
    await dialer.idle()
    expect(world.telephony.dialled).toHaveLength(1)
    expect(await world.prisma.contact.findFirst()).toMatchObject({
      status: 'queued',
      note: 'talk-limit',
      dueAt: new Date('2026-11-25T00:00:00+05:00'),
    })
    await world.runToTheEnd(dialer)
    expect(await world.statuses()).toEqual({ [number(1)]: 'completed' })
    expect(world.now).toBeGreaterThan(Date.parse('2026-11-25T10:00:00+05:00') - 1)
  })

  test('a number with a live call is left alone until that is over', async () => {
    await world.start([number(1)])
    await world.prisma.dialLedger.create({
      data: { channelId: 'callback', number: number(1), purpose: 'callback', trunk: 'city', at: new Date(world.now) },
    })
    const dialer = world.dialer()
    await dialer.pass()
    await dialer.idle()
    expect(world.telephony.dialled).toEqual([])
    expect(await world.prisma.contact.findFirst()).toMatchObject({ status: 'queued', note: 'number-busy' })
  })
})

describe('pausing', () => {
  test('a dead trunk pauses the campaign with a reason; resumed, it judges anew', async () => {
    const numbers = Array.from({ length: 10 }, (_, n) => number(n))
    for (const one of numbers) world.telephony.on(one, (phone) => phone.refuse('congestion'))
    await world.start(numbers)
    const dialer = world.dialer()
    await world.runToTheEnd(dialer)
    expect(await world.campaign()).toMatchObject({ status: 'paused', reason: 'trunk-trouble' })
    expect(world.telephony.dialled).toHaveLength(7)
    expect(new Set(Object.values(await world.statuses()))).toEqual(new Set(['queued']))

    for (const one of numbers) world.telephony.on(one, confirms)
    world.now += 60_000
    await resumeCampaign(world.prisma, (await world.campaign()).id, world.now)
    await world.runToTheEnd(dialer)
    expect(await world.campaign()).toMatchObject({ status: 'done' })
    expect(new Set(Object.values(await world.statuses()))).toEqual(new Set(['completed']))
  })

  test('paused or stopped by hand: calls under way go on, no new ones', async () => {
    let release = () => {}
    const until = new Promise<void>((resolve) => (release = resolve))
    world.telephony.on(number(1), async (phone) => {
      await until
      await confirms(phone)
    })
    await world.start([number(1), number(2)])
    const dialer = world.dialer()
    await dialer.pass()
    await pauseCampaign(world.prisma, (await world.campaign()).id, 'by-hand')
    await dialer.pass()
    release()
    await dialer.idle()
    await dialer.pass()
    expect(await world.statuses()).toEqual({ [number(1)]: 'completed', [number(2)]: 'queued' })
    await stopCampaign(world.prisma, (await world.campaign()).id, world.now)
    await dialer.pass()
    expect(world.telephony.dialled).toHaveLength(1)
  })

  test('a campaign that left the configuration pauses', async () => {
    await world.start([number(1)])
    world.config = { ...world.config, campaigns: {} }
    await world.runToTheEnd(world.dialer())
    expect(await world.campaign()).toMatchObject({ status: 'paused', reason: 'not-in-config' })
  })

  test('while Asterisk is away nobody is claimed', async () => {
    await world.start([number(1)])
    world.telephony.ready = false
    await world.dialer().pass()
    expect(await world.statuses()).toEqual({ [number(1)]: 'queued' })
  })
})

test('two dialers on one database never call a contact twice', async () => {
  const numbers = Array.from({ length: 20 }, (_, n) => number(n))
  for (const one of numbers) world.telephony.on(one, confirms)
  await world.start(numbers)
  const other = await openDatabase(world.file)
  try {
    const first = world.dialer({ node: 'a' })
    const second = world.dialer({ node: 'b', prisma: other.prisma, guard: { ...world.guard, prisma: other.prisma } })
    while ((await world.campaign()).status === 'running') {
      await Promise.all([first.pass(), second.pass()])
      world.now += 1_000
      // libsql answers within the same turn of the loop: without this the calls would never get theirs
      await setImmediate()
    }
    await Promise.all([first.idle(), second.idle()])
  } finally {
    await other.close()
  }
  expect(world.telephony.dialled.map((call) => call.number).toSorted()).toEqual(numbers)
  expect(new Set(Object.values(await world.statuses()))).toEqual(new Set(['completed']))
})

test('asked to end, it lets calls finish for a while and then hangs up', async () => {
  world.telephony.on(number(1), confirms)
  world.telephony.on(number(2), (phone) => phone.wait(600_000))
  world.telephony.on(number(3), async (phone) => {
    phone.answer()
    await phone.hears('prompts/confirm')
    await phone.wait(600_000)
  })
  await world.start([number(1), number(2), number(3)])
  const dialer = world.dialer()
  for (let pass = 0; pass < 3; pass++) await dialer.pass()
  await dialer.stop(1)
  const statuses = await world.statuses()
  expect(statuses[number(2)]).toBe('queued')
  expect(Object.values(statuses)).not.toContain('dialing')
  expect(world.telephony.legs.every((leg) => leg.signal.aborted)).toBe(true)
})

test('asked to end, it leaves a talk with one of our people alone', async () => {
  world.telephony.on(number(1), listens)
  world.config.campaigns['delivery']!.script.unshift({ kind: 'ring', ring: { to: 'anna', screen: true } })
  await world.start([number(1)])
  const dialer = world.dialer()
  await dialer.pass()
  await expect.poll(() => world.handedOver.length).toBe(1)
  await dialer.stop(1)
  expect(world.handedOver[0]?.signal.aborted).toBe(false)
  expect(await world.attempts(number(1))).toMatchObject([{ status: 'answered' }])
})

describe('test calls', () => {
  const ask = async (to: string, row = 2) => {
    const { id } = await world.campaign()
    await requestTestCall(world.prisma, { id: 'test-1', campaignId: id, to, row, at: world.now })
    const dialer = world.dialer()
    await dialer.pass()
    await dialer.idle()
    return findTestCall(world.prisma, 'test-1')
  }
  beforeEach(() => world.import(`Телефон;Дата\n${number(1)};2026-12-01`))

  test('heard to its end, it lets the campaign start', async () => {
    world.telephony.on('+79221234567', confirms)
    expect(await ask('+79221234567')).toEqual({ status: 'passed', result: 'completed' })
    expect(await world.campaign()).toMatchObject({ tested: true, status: 'draft' })
  })

  test('a desk phone will do', async () => {
    world.telephony.on('PJSIP/101', confirms)
    expect(await ask('PJSIP/101')).toEqual({ status: 'passed', result: 'completed' })
  })

  test('trying the opt-out key puts nobody on the list', async () => {
    world.telephony.on('+79221234567', optsOut)
    expect(await ask('+79221234567')).toEqual({ status: 'passed', result: 'opted-out' })
    expect(await listDoNotCall(world.prisma)).toEqual([])
  })

  test.each([
    ['+79221234567', 2, 'no-answer'],
    ['+18095551234', 2, 'not-allowed'],
    ['PJSIP/999', 2, 'not-placed'],
    ['+79221234567', 77, 'no-such-row'],
  ])('to %s with row %d: %s', async (to, row, result) => {
    world.telephony.on('+79221234567', silent)
    expect(await ask(to, row)).toEqual({ status: 'failed', result })
    expect(await world.campaign()).toMatchObject({ tested: false })
  })

  test('asked for again before it was taken, it is one call, and no older than the last asking', async () => {
    const { id } = await world.campaign()
    const request = (name: string, row: number) =>
      requestTestCall(world.prisma, { id: name, campaignId: id, to: '+79221234567', row, at: world.now })
    expect(await request('test-1', 2)).toBe('test-1')
    world.now += HOUR
    expect(await request('test-2', 2)).toBe('test-1')
    expect(await request('test-3', 3)).toBe('test-3')
    const taken = []
    for (let test; (test = await claimTestCall(world.prisma, world.now));) taken.push(test.id)
    expect(taken.toSorted()).toEqual(['test-1', 'test-3'])
    expect(await request('test-4', 2)).toBe('test-4')
  })

  test('a request found hours later rings nobody', async () => {
    const { id } = await world.campaign()
    await requestTestCall(world.prisma, { id: 'test-1', campaignId: id, to: '+79221234567', row: 2, at: world.now })
    world.now += HOUR
    await world.dialer().pass()
    expect(await findTestCall(world.prisma, 'test-1')).toEqual({ status: 'failed', result: 'too-late' })
    expect(world.telephony.dialled).toEqual([])
  })
})
