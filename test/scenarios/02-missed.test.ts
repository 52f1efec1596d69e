/** Story 2: nobody spoke with the caller. Each of them is one mail, which says what happened. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ringsForEver } from '../../scripts/rig/far-people.ts'
import { findPrompt } from '../../scripts/rig/hearing.ts'
import { spoken } from '../../scripts/rig/sounds.ts'
import { readWav } from '../../scripts/rig/wav.ts'
import { formatPhone } from '../../src/model/phone-number.ts'
import { talkingPhones } from '../support/busy-phones.ts'
import { QUIET, SOUNDS } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, field, mailAbout, mailsAbout, newCaller } from '../support/missed-mail.ts'
import { hearsTone } from '../support/tones.ts'
import { startWorld, type World } from '../support/world.ts'

const MAIN = '+73432001122'
const ADS = '+73432001133'
const NIGHT = '+73432001144'
const LONG = '+73432001155'
/** Hertz, of the Russian core sounds. */
const BEEP = 700

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
  vera: { name: Вера, rings: PJSIP/103, email: vera@example.ru }
  gleb: { name: Глеб, rings: PJSIP/104, email: gleb@example.ru }
groups:
  sales: { name: Продажи, members: [anna, boris], each: 20s, total: 20s, email: sales@example.ru }
  ads: { name: Реклама, members: [vera, gleb], each: 3s, total: 3s }
  operators: { members: [anna], email: office@example.ru }
hours:
  never: { week: {} }
lines:
  "+7 343 200-11-22": { name: Главный, flow: main }
  "+7 343 200-11-33": { name: Реклама, flow: ads }
  "+7 343 200-11-44": { name: Ночной, flow: night }
  "+7 343 200-11-55": { name: Длинный, flow: long }
flows:
  main:
    - play: prompts/greeting
    - menu:
        play: prompts/menu
        wait: 5s
        keys: { 1: { ring: sales }, 0: { ring: operators } }
        else: { ring: operators }
    - unanswered: { hangup: normal }
  long:
    - play: prompts/long-greeting
    - ring: sales
    - unanswered: { hangup: normal }
  ads:
    - ring: ads
    - unanswered: { hangup: busy }
  night:
    - when: { closed: never }
      do:
        - play: prompts/closed
        - voicemail: { to: sales, play: prompts/leave-message }
    - unanswered: { hangup: normal }
missed_calls:
  shortest_talk: 0s
  mail: { to: [group], wait: 0s, digest: { over: 100000 } }
`

let world: World
let daemon: Daemon
let sounds: Record<'greeting' | 'longGreeting' | 'menu' | 'closed' | 'leaveMessage' | 'words', string>
const calls: string[] = []

beforeAll(async () => {
  sounds = {
    greeting: await SOUNDS.greeting(),
    longGreeting: await spoken('Здравствуйте! Мы продаём розы, тюльпаны, ирисы, лилии, хризантемы, гвоздики и пионы.'),
    menu: await SOUNDS.menu(),
    closed: await SOUNDS.closed(),
    leaveMessage: await spoken('Оставьте сообщение.'),
    words: await SOUNDS.caller(),
  }
  world = await startWorld({ phones: ['101', '102', '103', '104'] })
  daemon = await startDaemon(world, {
    config: CONFIG,
    prompts: {
      'prompts/greeting': sounds.greeting,
      'prompts/long-greeting': sounds.longGreeting,
      'prompts/menu': sounds.menu,
      'prompts/closed': sounds.closed,
      'prompts/leave-message': sounds.leaveMessage,
    },
    env: QUIET,
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

/** The row of the call and its mail; the row says what every lost call's row says. */
async function lostCall(caller: string | null, reason: string) {
  const call = await endedCall(daemon, caller)
  calls.push(call.id)
  expect(call).toMatchObject({ verdict: 'missed', reason, notice: 'fired', answeredAt: null })
  const cases = await daemon.prisma.case.findMany({ where: { lastCallId: call.id, closedAt: null, count: 1 } })
  expect(cases.map((open) => [open.caller, open.line])).toEqual([[caller ?? '', call.line]])
  return { call, open: cases[0], mail: await mailAbout(world, call.id) }
}

describe.concurrent('somebody rings and', () => {
  it('hangs up during the greeting', async () => {
    const number = newCaller()
    const caller = await world.far.call(LONG, { number })
    await caller.hears(sounds.longGreeting, { upTo: 1.5 })
    await caller.hangup()
    const { mail, open } = await lostCall(number, 'hangup_greeting')
    expect(mail.to).toEqual(['sales@example.ru']) // the flow of this line rings nobody else
    expect(mail.parsed.subject).toBe(`Пропущен: ${formatPhone(number)} — Длинный`)
    expect(field(mail, 'Чем кончилось')).toBe('Положил трубку во время приветствия')
    expect(field(mail, 'Нажал')).toBe('ничего')
    expect(field(mail, 'Кому звонили')).toBe('никому')
    expect(field(mail, 'Ждал')).toMatch(/^\d с$/)
    expect(open).toMatchObject({ group: 'sales' })
  })

  it('hangs up in the menu without a key', async () => {
    const number = newCaller()
    const caller = await world.far.call(MAIN, { number })
    await caller.hears(sounds.menu)
    await caller.hangup()
    const { mail } = await lostCall(number, 'hangup_menu')
    expect(mail.to).toEqual(['office@example.ru'])
    expect(field(mail, 'Чем кончилось')).toBe('Положил трубку в меню, ни до кого не дозвонившись')
    expect(field(mail, 'Нажал')).toBe('ничего')
  })

  it('hangs up while the operators’ phones ring', async () => {
    const number = newCaller()
    const { far } = world
    far.on('101', ringsForEver)
    far.on('102', ringsForEver)
    const phones = Promise.all([far.nextCallTo('101'), far.nextCallTo('102')])
    const caller = await far.call(MAIN, { number })
    await caller.hears(sounds.menu)
    await caller.press('1')
    const [anna, boris] = await phones
    await caller.hangup()
    await Promise.all([anna.ended(2_000), boris.ended(2_000)])
    const { call, mail, open } = await lostCall(number, 'queue_abandon')
    expect(mail.to).toEqual(['sales@example.ru'])
    expect(field(mail, 'Чем кончилось')).toMatch(/^Ждал \d с, был в очереди 1-м и положил трубку$/)
    expect(field(mail, 'Нажал')).toBe('1 — Продажи')
    const rung = field(mail, 'Кому звонили')!.split('; ').toSorted()
    expect(rung[0]).toMatch(/^Анна: звонили \d с, клиент положил трубку$/)
    expect(rung[1]).toMatch(/^Борис: звонили \d с, клиент положил трубку$/)
    expect(call.waitMs).toBeLessThan(call.endedAt!.getTime() - call.arrivedAt.getTime() - 1_000) // without the greeting
    expect(open).toMatchObject({ group: 'sales' })
  })

  it('hangs up after all were busy', async () => {
    const number = newCaller()
    const { far } = world
    const between = await talkingPhones(world, '103', '104')
    const rungBefore = far.rung('103').length + far.rung('104').length
    const caller = await far.call(ADS, { number })
    await caller.ended()
    expect(caller.cause).toBe(17)
    await between.hangup()
    const { call, mail } = await lostCall(number, 'all_busy')
    await world.mail.until(() => mailsAbout(world, call.id)[1], 5_000, 'the mail to the other')
    const readers = mailsAbout(world, call.id).flatMap(({ to }) => to)
    expect(readers.toSorted()).toEqual(['gleb@example.ru', 'vera@example.ru'])
    expect(field(mail, 'Чем кончилось')).toMatch(/^Все разговаривали по другим звонкам \(.*\)$/)
    expect(field(mail, 'Кому звонили')).toBe('Вера: занято; Глеб: занято')
    expect(field(mail, 'Ждал')).toMatch(/^[3-5] с$/)
    expect(far.rung('103').length + far.rung('104').length).toBe(rungBefore)
  })

  it('leaves a message after hours', async () => {
    const number = newCaller()
    const caller = await world.far.call(NIGHT, { number })
    await caller.hears(sounds.closed, { upTo: 1.5 })
    await hearsTone(caller, BEEP)
    await caller.say(sounds.words)
    await caller.hangup()
    const { mail } = await lostCall(number, 'voicemail_left')
    expect(mail.to).toEqual(['office@example.ru'])
    expect(field(mail, 'Чем кончилось')).toMatch(/^Оставил голосовое сообщение; сообщение 0:0[2-5], запись приложена$/)
    const [attached] = mail.parsed.attachments
    expect(attached).toMatchObject({ contentType: 'audio/wav' })
    expect(attached?.filename).toMatch(/^voicemail-\d{4}-\d\d-\d\d-\d{4}-\d{11}\.wav$/)
    expect(attached?.filename).toContain(number.slice(1))
    const file = join(world.dir, 'message.wav')
    await writeFile(file, attached!.content)
    expect(findPrompt(await readWav(file), await readWav(sounds.words)).share).toBeGreaterThan(0.6)
  })

  it('hangs up after hours, before the answerphone', async () => {
    const number = newCaller()
    const caller = await world.far.call(NIGHT, { number })
    await caller.hears(sounds.closed, { upTo: 1.5 })
    await caller.hangup()
    const { mail } = await lostCall(number, 'after_hours')
    expect(field(mail, 'Чем кончилось')).toBe('Позвонил в нерабочее время')
    expect(mail.parsed.attachments).toEqual([])
  })

  it('says nothing to the answerphone', async () => {
    const number = newCaller()
    const caller = await world.far.call(NIGHT, { number })
    await hearsTone(caller, BEEP)
    await caller.hangup()
    const { mail } = await lostCall(number, 'voicemail_empty')
    expect(field(mail, 'Чем кончилось')).toBe('Дошёл до автоответчика, но ничего не сказал')
    expect(mail.parsed.attachments).toEqual([])
  })

  it('withholds his number', async () => {
    const caller = await world.far.call(LONG, {})
    await caller.hears(sounds.longGreeting, { upTo: 1.5 })
    await caller.hangup()
    const { call, mail } = await lostCall(null, 'hangup_greeting')
    expect(mail.parsed.subject).toBe('Пропущен: Номер скрыт — Длинный')
    expect(field(mail, 'Что дальше')).toBe('Перезвонить некуда: номер скрыт')
    expect(mail.raw).not.toContain('tel:')
    expect(call).toMatchObject({ callerShown: '', callerName: null })
  })
})

it('there was one mail to each about each of them, when the next call’s mail has come', async () => {
  const number = newCaller()
  const caller = await world.far.call(MAIN, { number })
  await caller.answered()
  await caller.hangup()
  await mailAbout(world, (await endedCall(daemon, number)).id)
  const unsent = (db: Daemon['prisma']) => db.notice.count({ where: { status: { not: 'sent' } } })
  await daemon.until(async (db) => (await unsent(db)) === 0, 'every mail marked as sent')
  expect(calls.length).toBeGreaterThanOrEqual(8)
  for (const call of calls) {
    const notices = await daemon.prisma.notice.findMany({ where: { callId: call } })
    const readers = mailsAbout(world, call).flatMap(({ to }) => to)
    expect(readers.toSorted()).toEqual(notices.map(({ recipient }) => recipient).toSorted())
    expect(new Set(readers).size).toBe(readers.length)
  }
})
