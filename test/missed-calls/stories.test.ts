/**
 * Wrong notices that people have complained of elsewhere: told although somebody answered, told twice, not told at all. Each story is named after
 * the report (owner/repository#issue) and played through the real rooms; what counts is what lies in the outbox afterwards.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { configOf } from '../support/config-of.ts'
import { FakeAsterisk } from '../support/fake-asterisk.ts'
import type { FakeLeg, FarEnd, FarPhone } from '../support/fake-telephony.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const YAML = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102 }
  vera: { name: Вера, rings: PJSIP/103 }
  gleb: { name: Глеб, rings: PJSIP/104 }
  olga: { name: Ольга, rings: "+7 912 555-00-00" }
  denis: { name: Денис, rings: [PJSIP/105, PJSIP/106] }
groups:
  four: { members: [anna, boris, vera, gleb] }
  turns: { members: [anna, boris], ring: in-turn }
  anna-only: { members: [anna] }
  boris-only: { members: [boris] }
  mobiles: { members: [olga] }
  operators: { members: [anna] }
hours: { never: { week: {} } }
trunks: { provider: { endpoint: PJSIP/provider } }
lines:
  "+73432001100": { name: Четверо, flow: four }
  "+73432001101": { name: По очереди, flow: turns }
  "+73432001102": { name: Меню, flow: menu }
  "+73432001103": { name: Перелив, flow: overflow }
  "+73432001104": { name: Мобильный, flow: mobile }
  "+73432001105": { name: Автоответчик, flow: answerphone }
  "+73432001106": { name: Закрыто, flow: closed }
  "+73432001107": { name: Авария, flow: outage }
  "+73432001108": { name: Робот, flow: robot }
  "+73432001109": { name: Два аппарата, flow: two-phones }
  "+73432001110": { name: Горячая линия, flow: four, cases: hotline }
  "+73432001111": { name: Горячая линия 2, flow: turns, cases: hotline }
flows:
  four: [{ ring: four }, { hangup: normal }]
  turns: [{ ring: turns }, { hangup: normal }]
  menu:
    - play: prompts/greeting
    - menu: { play: prompts/menu, wait: 1s, keys: { 1: { ring: four } }, extension: allowed, else: { hangup: normal } }
    - unanswered: { hangup: normal }
  overflow: [{ ring: anna-only }, { ring: boris-only }, { hangup: normal }]
  mobile: [{ ring: mobiles }, { hangup: normal }]
  answerphone: [{ ring: anna-only }, { voicemail: { to: operators, play: prompts/leave } }]
  closed: [{ when: { closed: never }, do: [{ play: prompts/closed }, { hangup: normal }] }, { ring: four }, { hangup: normal }]
  outage: [{ play: prompts/outage }, { play: prompts/old-outage }, { ring: four }, { hangup: normal }]
  robot: [{ play: prompts/greeting }, { say: [{ digits: "12" }] }, { hangup: normal }]
  two-phones: [{ ring: denis }, { hangup: normal }]
missed_calls:
  mail: { to: [office@example.ru], wait: 10s }
  ignore:
    callers: ["+79120000666"]
    announcements: [prompts/outage, { play: prompts/old-outage, until: "2020-01-01 00:00" }]
  callback: {}
  escalate: [{ after: 10m, to: [lead@example.ru] }]
`
const SOUNDS = ['greeting', 'menu', 'leave', 'closed', 'outage', 'old-outage'].map((name) => `prompts/${name}`)
const LINE = {
  four: '+73432001100',
  turns: '+73432001101',
  menu: '+73432001102',
  overflow: '+73432001103',
  mobile: '+73432001104',
  answerphone: '+73432001105',
  closed: '+73432001106',
  outage: '+73432001107',
  robot: '+73432001108',
  hotline: '+73432001110',
  forwarded: '+73432001111',
  twoPhones: '+73432001109',
}
const PHONES = ['PJSIP/101', 'PJSIP/102', 'PJSIP/103', 'PJSIP/104', 'PJSIP/105', 'PJSIP/106']
const MOBILE = '+79125550000'

let database: ThrowAwayDatabase
beforeAll(async () => {
  database = await throwAwayDatabase()
  // the first call of a process is slow; here a tenth of a second is a long time
  const { house, caller } = story()
  await house.call(caller, { did: LINE.turns }).over
})
afterAll(() => database.close())

/** Minutes become moments. */
function quick(config: Config): Config {
  const copy = structuredClone(config)
  for (const group of Object.values(copy.groups)) Object.assign(group, { each: 120, total: 500 })
  for (const step of copy.flows['menu'] ?? []) if (step.kind === 'menu') step.menu.wait = 80
  for (const step of copy.flows['two-phones'] ?? []) if (step.kind === 'ring') step.ring.for = 120
  copy.missed_calls.mail.wait = 150
  return copy
}
const CONFIG = quick(configOf(YAML, SOUNDS))

/** A phone rings for a second at least: that is 50 ms here. */
const SPEED = 20

let callers = 0
/** A house of its own for each story: phones ring until somebody says otherwise. */
function story(change: (config: Config) => void = () => {}) {
  const config = structuredClone(CONFIG)
  change(config)
  const asterisk = new FakeAsterisk({ speed: SPEED, lengthOf: () => 30 * SPEED })
  const house = new House(database.prisma, config, asterisk)
  const caller = `+7913${String(1_000_000 + callers++)}`
  for (const phone of [...PHONES, MOBILE]) asterisk.on(phone, rings)
  const told = () => house.notices(caller)
  return { house, asterisk, caller, told }
}

const rings: FarEnd = () => {}
const answers: FarEnd = (phone) => phone.answer()
const after =
  (ms: number, deed: (phone: FarPhone) => void): FarEnd =>
  async (phone) => {
    await phone.wait(ms * SPEED)
    deed(phone)
  }
const talkFor = async (leg: FakeLeg, ms = 30) => {
  await leg.talking
  await sleep(ms)
}
const OFFICE = 'office@example.ru'

describe('somebody answered: nobody is told', () => {
  it('FreePBX/issue-tracker#734: a ring group of four, one answers, they talk, they hang up', async () => {
    const { house, asterisk, caller, told } = story()
    asterisk.on(
      'PJSIP/101',
      after(20, (phone) => phone.answer()),
    )
    const { leg, over } = house.call(caller, { did: LINE.four })
    await talkFor(leg)
    leg.phone.hangup()
    await over
    expect(await told()).toEqual([])
    expect(await house.row(leg.id)).toMatchObject({ verdict: 'answered', operator: 'anna', notice: 'disarmed' })
  })

  it.each(['chan-sccp/chan-sccp#349', '64characters/Telephone#709', 'InnovateAsterisk/Browser-Phone#405'])(
    '%s: the phones that stop because a colleague was faster have missed nothing',
    async () => {
      const { house, asterisk, caller, told } = story()
      asterisk.on('PJSIP/102', answers)
      const { leg, over } = house.call(caller, { did: LINE.four })
      await talkFor(leg)
      leg.phone.hangup()
      await over
      const { steps } = await house.row(leg.id)
      expect(steps.filter(({ kind }) => kind === 'rung')).toEqual([])
      expect(await told()).toEqual([])
    },
  )

  it.each(['asterisk/asterisk#176', 'brekekesoftware/brekekephone#294'])(
    '%s: two pick up in the same instant; one talks, the other is released, and nobody is told',
    async () => {
      const { house, asterisk, caller, told } = story()
      for (const phone of PHONES.slice(0, 4)) asterisk.on(phone, answers)
      const { leg, over } = house.call(caller, { did: LINE.four })
      await talkFor(leg)
      const up = asterisk.legs.filter(({ id, signal }) => id !== leg.id && !signal.aborted)
      expect(up).toHaveLength(1)
      leg.phone.hangup()
      await over
      expect((await house.row(leg.id)).steps.filter(({ kind }) => kind === 'talk')).toHaveLength(1)
      expect(await told()).toEqual([])
    },
  )

  it('microsoftgraph/microsoft-graph-docs#17984: the first operator does not answer, the second does', async () => {
    const { house, asterisk, caller, told } = story()
    asterisk.on('PJSIP/102', answers)
    const { leg, over } = house.call(caller, { did: LINE.turns })
    await talkFor(leg)
    leg.phone.hangup()
    await over
    expect(await told()).toEqual([])
    expect(await house.row(leg.id)).toMatchObject({ verdict: 'answered', operator: 'boris' })
  })

  it('mikopbx/Core#1100: a round of ringing passes in vain, the retry is answered', async () => {
    const { house, asterisk, caller, told } = story()
    asterisk.on('PJSIP/101', rings, answers)
    const { leg, over } = house.call(caller, { did: LINE.four })
    await talkFor(leg)
    leg.phone.hangup()
    await over
    expect(await told()).toEqual([])
    expect(await house.row(leg.id)).toMatchObject({ verdict: 'answered', talkMs: expect.any(Number) as number })
  })

  it('NethServer/dev#7015: an answered call of a queue is in the records once, as answered', async () => {
    const { house, asterisk, caller } = story()
    asterisk.on('PJSIP/101', answers)
    const { leg, over } = house.call(caller, { did: LINE.four })
    await talkFor(leg)
    leg.phone.hangup()
    await over
    expect(await database.prisma.call.findMany({ where: { caller }, select: { verdict: true } })).toEqual([
      { verdict: 'answered' },
    ])
  })

  it('IssabelFoundation/callcenter#41: it is the talk that counts, also when the operator hangs up first', async () => {
    const { house, asterisk, caller, told } = story()
    asterisk.on('PJSIP/101', (phone) => {
      phone.answer()
      void phone.wait(60 * SPEED).then(() => phone.hangup())
    })
    const { leg, over } = house.call(caller, { did: LINE.four })
    await over
    expect(await told()).toEqual([])
    expect((await house.row(leg.id)).verdict).toBe('answered')
  })

  it('overflow to a second group that answers', async () => {
    const { house, asterisk, caller, told } = story()
    asterisk.on('PJSIP/102', answers)
    const { leg, over } = house.call(caller, { did: LINE.overflow })
    await talkFor(leg)
    leg.phone.hangup()
    await over
    expect(await told()).toEqual([])
    expect(await house.row(leg.id)).toMatchObject({ verdict: 'answered', group: 'boris-only' })
  })

  it.each(['fusionpbx/fusionpbx#6323', 'FreePBX/issue-tracker#588'])(
    '%s: a mobile that accepts with its key is an answer',
    async () => {
      const { house, asterisk, caller, told } = story()
      asterisk.on(MOBILE, async (phone) => {
        phone.answer()
        await phone.hears('accept')
        phone.press('1')
      })
      const { leg, over } = house.call(caller, { did: LINE.mobile })
      await talkFor(leg)
      leg.phone.hangup()
      await over
      expect(await told()).toEqual([])
    },
  )
})

describe('a transfer is one answered call', () => {
  async function transferred() {
    const { house, asterisk, caller, told } = story()
    asterisk.on('PJSIP/101', answers)
    const { leg, over } = house.call(caller, { did: LINE.turns })
    await talkFor(leg)
    const operator = asterisk.legs.find(({ id }) => id !== leg.id)!
    leg.transferredBy(operator)
    let ended = false
    void over.then(() => (ended = true))
    await sleep(80)
    return { house, asterisk, leg, over, told, isOver: () => ended }
  }

  it.each(['mikopbx/Core#741', 'asterisk/asterisk#759'])(
    '%s: the operator passes the caller on; the talk is not cut, and nobody is told',
    async () => {
      const { house, leg, over, told, isOver } = await transferred()
      expect([isOver(), leg.signal.aborted]).toEqual([false, false])
      leg.phone.hangup()
      await over
      expect(await told()).toEqual([])
      expect((await house.row(leg.id)).verdict).toBe('answered')
    },
  )

  it('FreePBX/issue-tracker#124: the first operator’s talk ends with the transfer, and he is free again', async () => {
    const { house, asterisk, caller, told } = story()
    asterisk.on('PJSIP/101', answers)
    const first = house.call(caller, { did: LINE.turns })
    await talkFor(first.leg)
    first.leg.transferredBy(asterisk.legs.find(({ id }) => id !== first.leg.id)!)
    await sleep(120)
    const second = house.call('+79140000001', { did: LINE.turns })
    await talkFor(second.leg)
    second.leg.phone.hangup()
    first.leg.phone.hangup()
    await Promise.all([first.over, second.over])
    const row = await house.row(first.leg.id)
    expect(row.steps.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['talk', 'transferred']))
    expect(row.talkMs! / SPEED).toBeLessThan(110)
    expect(row.endedAt!.getTime() - row.answeredAt!.getTime()).toBeGreaterThan(140)
    expect(await told()).toEqual([])
  })
})

describe('nobody answered: one notice, with the reason', () => {
  it('pitzkey/FreePBX-MissedCalls#1: four phones rang, that is one notice', async () => {
    const { house, caller, told } = story()
    await house.call(caller, { did: LINE.four }).over
    expect(await told()).toMatchObject([{ recipient: OFFICE, reason: 'ring_no_answer' }])
  })

  it('cybex-dev/twilio_voice#169: one person with two phones is one notice', async () => {
    const { house, caller, told } = story()
    const { leg, over } = house.call(caller, { did: LINE.twoPhones })
    await over
    expect(await told()).toHaveLength(1)
    const { payload } = await database.prisma.notice.findFirstOrThrow({ where: { callId: leg.id } })
    expect((JSON.parse(payload) as { rung: { name: string }[] }).rung.map(({ name }) => name)).toEqual(['Денис'])
  })

  it('fusionpbx/fusionpbx#2313: he hangs up before the time of the group is over', async () => {
    const { house, caller, told } = story()
    const { leg, over } = house.call(caller, { did: LINE.four })
    await sleep(60)
    leg.phone.hangup()
    await over
    expect(await told()).toMatchObject([{ reason: 'queue_abandon' }])
  })

  it.each(['prog-it/Asterisk-CDR-Viewer-Mod#67', 'fusionpbx/fusionpbx#1386'])(
    '%s: the queue picked up and played music; that is no answer',
    async () => {
      const { house, caller, told } = story()
      const { leg, over } = house.call(caller, { did: LINE.four })
      await leg.answer()
      await sleep(60)
      leg.phone.hangup()
      await over
      expect(await told()).toMatchObject([{ reason: 'queue_abandon' }])
    },
  )

  it('speak/issues#106: half a ring is a call', async () => {
    const { house, caller, told } = story()
    const { leg, over } = house.call(caller, { did: LINE.four })
    await sleep(1)
    leg.phone.hangup()
    await over
    expect(await told()).toHaveLength(1)
  })

  it('astradial: a robot that told something and hung up has not spoken with him', async () => {
    const { house, caller, told } = story()
    await house.call(caller, { did: LINE.robot }).over
    expect(await told()).toMatchObject([{ reason: 'other' }])
  })

  it('a mobile’s voicemail picks up: not accepted, and told', async () => {
    const { house, asterisk, caller, told } = story()
    asterisk.on(MOBILE, (phone) => {
      phone.answer()
      void phone.wait(60 * SPEED).then(() => phone.hangup())
    })
    await house.call(caller, { did: LINE.mobile }).over
    expect(await told()).toMatchObject([{ reason: 'mobile_not_accepted' }])
  })

  it('mikopbx/Core#310: he hangs up before the tone of the answerphone; the call ends, and is told', async () => {
    const { house, caller, told } = story()
    const { leg, over } = house.call(caller, { did: LINE.answerphone })
    await leg.phone.hears('prompts/leave')
    leg.phone.hangup()
    await over
    expect(await told()).toMatchObject([{ reason: 'ring_no_answer' }])
    expect((await house.row(leg.id)).endedAt).not.toBeNull()
  })

  it('fusionpbx/fusionpbx#724: a message of silence is no message', async () => {
    const { house, caller, told } = story((config) => config.flows['answerphone']!.shift())
    await house.call(caller, { did: LINE.answerphone }).over
    expect(await told()).toMatchObject([{ reason: 'voicemail_empty' }])
  })

  it('mikopbx/Core#125: he dials an extension in the menu and hangs up', async () => {
    const { house, caller, told } = story()
    const { leg, over } = house.call(caller, { did: LINE.menu })
    await leg.phone.hears('prompts/menu')
    leg.phone.press('103')
    await sleep(60)
    leg.phone.hangup()
    await over
    expect(await told()).toMatchObject([{ reason: 'queue_abandon' }])
    expect((await house.row(leg.id)).group).toBe('vera')
  })

  it('MicrosoftDocs/OfficeDocs-SkypeForBusiness#7767: two groups in vain are one notice, of the last', async () => {
    const { house, asterisk, caller, told } = story()
    asterisk.on('PJSIP/102', (phone) => phone.refuse('rejected'))
    const { leg, over } = house.call(caller, { did: LINE.overflow })
    await over
    expect(await told()).toMatchObject([{ reason: 'operator_rejected' }])
    expect((await house.row(leg.id)).group).toBe('boris-only')
  })

  it('signalapp/Signal-iOS#811: he calls while the only operator talks', async () => {
    const { house, asterisk, caller, told } = story()
    asterisk.setPhoneState('PJSIP/101', 'busy')
    asterisk.setPhoneState('PJSIP/102', 'busy')
    await house.call(caller, { did: LINE.turns }).over
    expect(await told()).toMatchObject([{ reason: 'all_busy' }])
  })

  it('mikopbx/Core#1043: who declines is not rung again for the same caller', async () => {
    const { house, asterisk, caller, told } = story()
    for (const phone of ['PJSIP/101', 'PJSIP/102']) asterisk.on(phone, (far) => far.refuse('rejected'))
    await house.call(caller, { did: LINE.turns }).over
    expect([asterisk.callsTo('PJSIP/101'), asterisk.callsTo('PJSIP/102')]).toEqual([1, 1])
    expect(await told()).toMatchObject([{ reason: 'operator_rejected' }])
  })

  it('shimaore/ccnq3#27: closed, and nothing is recorded', async () => {
    const { house, caller, told } = story()
    await house.call(caller, { did: LINE.closed }).over
    expect(await told()).toMatchObject([{ reason: 'after_hours' }])
  })

  it('who withholds his number: told, a case for each call, and nobody is asked to call him back', async () => {
    const { house } = story()
    const guests = [house.call('anonymous', { did: LINE.four }), house.call('anonymous', { did: LINE.four })]
    await Promise.all(guests.map(({ over }) => over))
    for (const { leg } of guests) {
      const [notice] = await database.prisma.notice.findMany({ where: { callId: leg.id } })
      const [row] = await database.prisma.case.findMany({ where: { lastCallId: leg.id } })
      expect(row).toMatchObject({ caller: '', count: 1, closedHow: null })
      expect(notice).toMatchObject({ caseId: row!.id }) // the mail has its buttons
      expect(await database.prisma.callback.count({ where: { callId: leg.id } })).toBe(0)
      // and whoever is to be told that nobody has taken it will be
      expect(await database.prisma.escalation.findMany({ where: { caseId: row!.id } })).toMatchObject([
        { step: 1, status: 'pending' },
      ])
    }
  })

  it('the caller’s line breaks while he waits: that is the reason, not his impatience', async () => {
    const { house, caller, told } = story()
    const { leg, over } = house.call(caller, { did: LINE.four })
    await leg.answer()
    await sleep(40)
    leg.phone.hangup(38)
    await over
    expect(await told()).toMatchObject([{ reason: 'trunk_lost' }])
  })

  it('FreePBX/issue-tracker#734: the time in the notice is that of the arrival', async () => {
    const { house, caller } = story()
    const at = Date.now() - 5_000
    const { leg, over } = house.call(caller, { did: LINE.four, at })
    await over
    const { payload } = await database.prisma.notice.findFirstOrThrow({ where: { callId: leg.id } })
    expect((JSON.parse(payload) as { calledAt: number }).calledAt).toBe(at)
  })
})

describe('one call, however many channels', () => {
  it('twilio/voice-quickstart-ios#306: the same caller comes twice at once: one notice, of the later', async () => {
    const { house, caller, told } = story()
    const first = house.call(caller, { did: LINE.four, at: 1_000_000 })
    const second = house.call(caller, { did: LINE.four, at: 1_000_001 })
    await sleep(30)
    first.leg.phone.hangup()
    second.leg.phone.hangup()
    await Promise.all([first.over, second.over])
    expect(await told()).toMatchObject([{ callId: second.leg.id, reason: 'queue_abandon' }])
    expect(await house.row(first.leg.id)).toMatchObject({ verdict: 'ignored', reason: 'linked', notice: 'none' })
    expect(await house.openCases(caller)).toEqual([{ count: 1, line: LINE.four }])
  })

  it('his connection breaks, he rings again at once and is answered', async () => {
    const { house, asterisk, caller, told } = story()
    const first = house.call(caller, { did: LINE.four, at: 1_000_000 })
    await sleep(40)
    first.leg.phone.hangup(38)
    await sleep(20)
    asterisk.on('PJSIP/101', answers)
    const second = house.call(caller, { did: LINE.four, at: 1_000_060 })
    await talkFor(second.leg)
    second.leg.phone.hangup()
    await Promise.all([first.over, second.over])
    expect(await told()).toEqual([])
    expect(await house.openCases(caller)).toEqual([])
  })

  it('his first call still hangs in the queue when the second is answered and over', async () => {
    const { house, asterisk, caller, told } = story()
    const first = house.call(caller, { did: LINE.turns })
    await sleep(20)
    asterisk.on('PJSIP/103', answers)
    const second = house.call(caller, { did: LINE.four })
    await talkFor(second.leg)
    second.leg.phone.hangup()
    await second.over
    first.leg.phone.hangup(44)
    await first.over
    expect(await told()).toEqual([])
    expect(await house.row(first.leg.id)).toMatchObject({ verdict: 'ignored', reason: 'linked' })
  })

  it('rings again, and hangs up in the greeting: what happened in the queue is still the reason', async () => {
    const { house, caller, told } = story()
    const first = house.call(caller, { did: LINE.four, at: 1_000_000 })
    await sleep(60)
    first.leg.phone.hangup()
    await sleep(10)
    const second = house.call(caller, { did: LINE.menu, at: 1_000_080 })
    await second.leg.phone.hears('prompts/greeting')
    second.leg.phone.hangup()
    await Promise.all([first.over, second.over])
    expect(await told()).toMatchObject([{ callId: second.leg.id, reason: 'queue_abandon' }])
  })

  it('a provider forwards from number to number: two arrivals, one notice', async () => {
    const { house, caller, told } = story()
    const first = house.call(caller, { did: LINE.hotline, at: 1_000_000 })
    const second = house.call(caller, { did: LINE.forwarded, at: 1_000_010 })
    first.leg.phone.hangup()
    await second.over
    await first.over
    expect(await told()).toMatchObject([{ callId: second.leg.id }])
  })

  it('but two people behind one number who call two teams at once: both teams are told', async () => {
    const { house, caller, told } = story()
    const first = house.call(caller, { did: LINE.four, at: 1_000_000 })
    const second = house.call(caller, { did: LINE.turns, at: 1_000_010 })
    first.leg.phone.hangup()
    await first.over
    second.leg.phone.hangup()
    await second.over
    expect(new Set((await told()).map(({ callId }) => callId))).toEqual(new Set([first.leg.id, second.leg.id]))
  })

  it('but two colleagues behind one number: that one was answered is no answer to the other', async () => {
    const { house, asterisk, caller, told } = story()
    asterisk.on('PJSIP/101', answers)
    const first = house.call(caller, { did: LINE.turns, at: 1_000_000 })
    await talkFor(first.leg)
    const second = house.call(caller, { did: LINE.turns, at: 1_000_050 })
    await sleep(40)
    second.leg.phone.hangup()
    await second.over
    first.leg.phone.hangup()
    await first.over
    const rows = await database.prisma.notice.findMany({ where: { callId: second.leg.id } })
    expect(rows).toHaveLength(1)
    expect((await house.row(second.leg.id)).verdict).toBe('missed')
    expect(await told()).toMatchObject([{ callId: second.leg.id }])
    expect(await house.openCases(caller)).toHaveLength(1) // the talk of the first was none with the second
  })

  it('ucom4b: the phones stop ringing after the caller’s end has been noted; the verdict is the same', async () => {
    const { house, asterisk, caller, told } = story()
    for (const phone of PHONES)
      asterisk.on(
        phone,
        after(45, (far) => far.refuse('rejected')),
      )
    const { leg, over } = house.call(caller, { did: LINE.four })
    await sleep(30)
    leg.phone.hangup()
    await over
    await sleep(60)
    expect(await told()).toMatchObject([{ reason: 'queue_abandon' }])
  })

  it.each(['FreePBX/issue-tracker#525', 'FreePBX/issue-tracker#317', 'instedd/verboice#473'])(
    '%s: he calls twice in vain; there is one task to call him back',
    async () => {
      const { house, caller, told } = story()
      await house.call(caller, { did: LINE.four, at: Date.now() - 60_000 }).over
      await house.call(caller, { did: LINE.four }).over
      expect(await told()).toHaveLength(2)
      expect(await house.openCases(caller)).toEqual([{ count: 2, line: LINE.four }])
      expect(await database.prisma.callback.count({ where: { openNumber: caller } })).toBe(1)
    },
  )
})

describe('calls of which nobody need be told', () => {
  it('FreePBX/issue-tracker#734: a call from extension 13 to the ring group is the house’s own affair', async () => {
    const { house, caller, told } = story()
    const { leg, over } = house.call(caller, { did: LINE.four, trunk: '104' })
    await over
    expect(await told()).toEqual([])
    expect(await house.row(leg.id)).toMatchObject({
      verdict: 'ignored',
      reason: 'internal',
      notice: 'none',
      trunk: '104',
    })
  })

  it('unless the setting says so', async () => {
    const { house, caller, told } = story((config) => (config.missed_calls.ignore.internal = false))
    await house.call(caller, { did: LINE.four, trunk: '104' }).over
    expect(await told()).toHaveLength(1)
  })

  it('fusionpbx/fusionpbx#2951: one of our numbers is forwarded to another of ours', async () => {
    const { house } = story()
    const { leg, over } = house.call(LINE.menu, { did: LINE.four })
    await over
    expect(await house.row(leg.id)).toMatchObject({ verdict: 'ignored', reason: 'own_number' })
    expect(await database.prisma.notice.count({ where: { callId: leg.id } })).toBe(0)
  })

  it('buddymangoes/old_telephony#17: a number that nobody wants to hear of', async () => {
    const { house } = story()
    const { leg, over } = house.call('+79120000666', { did: LINE.four })
    await over
    expect(await house.row(leg.id)).toMatchObject({ verdict: 'ignored', reason: 'blocked' })
    expect(await database.prisma.case.count({ where: { caller: '+79120000666' } })).toBe(0)
  })

  it('he heard of the outage to the end, and hung up', async () => {
    const { house, caller, told } = story()
    const { leg, over } = house.call(caller, { did: LINE.outage })
    await leg.phone.hears('prompts/old-outage')
    leg.phone.hangup()
    await over
    expect(await told()).toEqual([])
    expect(await house.row(leg.id)).toMatchObject({ verdict: 'ignored', reason: 'announcement' })
  })

  it('but not to the end; or an announcement that is out of date; or he waited for somebody after all', async () => {
    const { house, caller, told } = story()
    const early = house.call(caller, { did: LINE.outage, at: 1_000_000 })
    await early.leg.phone.hears('prompts/outage')
    early.leg.phone.hangup()
    await early.over
    expect(await told()).toHaveLength(1)
    const outdated = story((config) => config.flows['outage']!.shift())
    const late = outdated.house.call(outdated.caller, { did: LINE.outage })
    await late.leg.phone.hears('prompts/old-outage')
    await sleep(40)
    late.leg.phone.hangup()
    await late.over
    expect(await outdated.told()).toHaveLength(1)
    const waiting = story()
    await waiting.house.call(waiting.caller, { did: LINE.outage }).over
    expect(await waiting.told()).toMatchObject([{ reason: 'ring_no_answer' }])
  })

  it('who hangs up at once, where the company has said so', async () => {
    const { house, caller, told } = story((config) => (config.missed_calls.ignore.shorter_than = 1_000))
    const { leg, over } = house.call(caller, { did: LINE.menu })
    await leg.phone.hears('prompts/greeting')
    leg.phone.hangup()
    await over
    expect(await told()).toEqual([])
  })
})
