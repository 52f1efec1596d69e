/** Story 4: the menu. Whoever is lost in it finds a person with one key, from every place. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import { asteriskCache } from '../../scripts/rig/local-asterisk.ts'
import { spoken, tone } from '../../scripts/rig/sounds.ts'
import { readWav } from '../../scripts/rig/wav.ts'
import { QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, newCaller } from '../support/missed-mail.ts'
import { heardTone, hearsTone } from '../support/tones.ts'
import { startWorld, type World } from '../support/world.ts'

/** Any of them takes a caller who asks for the operator. */
const OPERATORS = ['201', '202', '203', '204', '205', '206', '207']
const EXTENSION = '110'
const LATER = '111'

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/${EXTENSION} }
  boris: { name: Борис, rings: PJSIP/${LATER} }
  vera: { name: Вера, rings: PJSIP/112 }
  gleb: { name: Глеб, rings: PJSIP/113 }
${OPERATORS.map((phone) => `  o${phone}: { name: Оператор ${phone}, rings: PJSIP/${phone} }`).join('\n')}
groups:
  operators: { members: [${OPERATORS.map((phone) => `o${phone}`).join(', ')}], ring: longest-idle, each: 20s, total: 20s }
hours:
  never: { week: {} }
music:
  branded: { files: music }
lines:
  "+7 343 200-12-01": { name: Меню, flow: main }
  "+7 343 200-12-02": { name: Ночь, flow: night }
  "+7 343 200-12-03": { name: Ожидание, flow: waiting }
  "+7 343 200-12-04": { name: Гудки, flow: ringing }
  "+7 343 200-12-05": { name: Гудки после приветствия, flow: greeted }
  "+7 343 200-12-06": { name: Потерянная подсказка, flow: lost }
  "+7 343 200-12-07": { name: Приветствие, flow: welcome }
  "+7 343 200-12-08": { name: До конца, flow: obliged }
flows:
  obliged:
    - play: { sound: prompts/greeting, skip: false }
    - go_to: main
  welcome:
    - play: prompts/greeting
    - go_to: main
  main:
    - menu:
        play: prompts/menu
        wait: 1s
        tries: 2
        extension: allowed
        keys: { 2: { go_to: second }, 3: { go_to: numbers } }
        wrong_prompt: prompts/wrong
        on_wrong: [{ play: prompts/wrong-way }, { hangup: normal }]
        on_silence: [{ play: prompts/silent-way }, { hangup: normal }]
    - unanswered: { hangup: normal }
  second:
    - menu:
        play: prompts/second
        wait: 3s
        keys: { 5: [{ play: prompts/five }, { hangup: normal }] }
    - unanswered: { hangup: normal }
  numbers:
    - say: { number: "21" }
    - hangup: normal
  night:
    - when: { closed: never }
      do:
        - play: prompts/closed
        - voicemail: { to: anna, play: prompts/leave-message }
    - unanswered: { hangup: normal }
  waiting:
    - ring: { to: boris, music: branded }
    - unanswered: { hangup: normal }
  ringing:
    - ring: { to: vera, music: ringing }
    - unanswered: { hangup: normal }
  greeted:
    - play: prompts/greeting
    - ring: { to: gleb, music: ringing }
    - unanswered: { hangup: normal }
  lost:
    - play: prompts/lost
    - menu:
        play: prompts/lost-menu
        wait: 5s
        keys: { 5: [{ play: prompts/five }, { hangup: normal }] }
    - unanswered: { hangup: normal }
missed_calls:
  shortest_talk: 0s
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
`
const MENU = '+73432001201'
const NIGHT = '+73432001202'
const WAITING = '+73432001203'
const RINGING = '+73432001204'
const GREETED = '+73432001205'
const LOST = '+73432001206'
const WELCOME = '+73432001207'
const OBLIGED = '+73432001208'
/** Hertz. */
const MUSIC = 640
const OPERATOR = 1000
const CALLER = 500
const BEEP = 700
const RINGING_TONE = 425

const TEXTS = {
  'greeting': 'Здравствуйте! Цветочный двор открыт каждый день, без выходных.',
  'menu': 'Два, доставка цветов. Три, полезные числа.',
  'second': 'Пять, адреса магазинов и телефоны.',
  'wrong': 'Такого пункта в нашем меню нет, послушайте ещё раз.',
  'wrong-way': 'Вы ошиблись слишком много раз, до свидания.',
  'silent-way': 'К сожалению, мы вас совсем не слышим.',
  'five': 'Наш магазин на улице Ленина, дом двадцать четыре.',
  'closed': 'Сегодня мы закрыты, приходите, пожалуйста, завтра утром.',
  'leave-message': 'Оставьте, пожалуйста, ваше сообщение после сигнала.',
}
type Prompt = keyof typeof TEXTS

let world: World
let daemon: Daemon
let prompts: Record<Prompt, string>
let operator: string
let words: string
let musicFolder: string

beforeAll(async () => {
  const names = Object.keys(TEXTS) as Prompt[]
  const files = await Promise.all(names.map((name) => spoken(TEXTS[name])))
  prompts = Object.fromEntries(names.map((name, i) => [name, files[i]!])) as typeof prompts
  operator = await tone(OPERATOR, 2)
  words = await tone(CALLER, 0.6)
  musicFolder = await mkdtemp(join(tmpdir(), 'perezvon-music-'))
  await copyFile(await tone(MUSIC, 3), join(musicFolder, 'tone.wav'))
  world = await startWorld({
    phones: [...OPERATORS, EXTENSION, LATER, '112', '113'],
    operators: ['201'],
    music: [{ name: 'branded', directory: musicFolder, order: 'alpha' }],
  })
  for (const phone of OPERATORS) world.far.on(phone, answers({ afterMs: 100, says: operator }))
  daemon = await startDaemon(world, {
    config: CONFIG,
    prompts: {
      ...Object.fromEntries(names.map((name) => [`prompts/${name}`, prompts[name]])),
      'prompts/lost': prompts.greeting,
      'prompts/lost-menu': prompts.menu,
      'music/tone': await tone(MUSIC, 3),
    },
    env: QUIET,
  })
  for (const name of ['lost', 'lost-menu']) await rm(join(dirname(daemon.configFile), 'prompts', `${name}.wav`))
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
  await rm(musicFolder, { recursive: true, force: true })
})

const length = async (wav: string) => {
  const { samples, rate } = await readWav(wav)
  return samples.length / rate
}

describe.concurrent('in the menu', () => {
  it('a wrong key is told, the menu said again, and who errs again goes the way of errors', async () => {
    const number = newCaller()
    const caller = await world.far.call(MENU, { number })
    await caller.hears(prompts.menu, { upTo: 1.5 })
    await caller.press('7')
    const told = await caller.hears(prompts.wrong)
    await caller.hears(prompts.menu, { after: told.start, upTo: 1.5 })
    await caller.press('8')
    await caller.hears(prompts['wrong-way'])
    await caller.ended()
    expect((await caller.heard(prompts['silent-way'])).share).toBeLessThan(0.5)
    expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'missed', reason: 'invalid_input' })
  })

  it('silence is no error: the menu is said again, and then it goes the way of silence', async () => {
    const number = newCaller()
    const caller = await world.far.call(MENU, { number })
    const first = await caller.hears(prompts.menu)
    await caller.hears(prompts.menu, { after: first.start + 1 })
    await caller.hears(prompts['silent-way'])
    await caller.ended()
    expect((await caller.heard(prompts['wrong-way'])).share).toBeLessThan(0.5)
    expect((await caller.heard(prompts.wrong)).share).toBeLessThan(0.5)
    expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'missed', reason: 'no_input' })
  })

  it('a key cuts the prompt short', async () => {
    const number = newCaller()
    const caller = await world.far.call(MENU, { number })
    await caller.hears(prompts.menu, { upTo: 1.5 })
    await caller.press('2')
    await caller.hears(prompts.second)
    expect((await caller.heard(prompts.menu)).to).toBeLessThan(await length(prompts.menu))
    await caller.hangup()
  })

  it('who knows the way types it ahead: both menus are taken without being said', async () => {
    const number = newCaller()
    const caller = await world.far.call(WELCOME, { number })
    await caller.answered()
    await caller.press('25')
    await caller.hears(prompts.five)
    await caller.ended()
    expect((await caller.heard(prompts.menu)).share).toBeLessThan(0.5)
    expect((await caller.heard(prompts.second)).share).toBeLessThan(0.5)
    const keys = await daemon.prisma.pathStep.findMany({ where: { kind: 'key', call: { caller: number } } })
    expect(keys).toHaveLength(2)
  })

  it('a key cuts the greeting short too, and chooses in the menu behind it', async () => {
    const number = newCaller()
    const caller = await world.far.call(WELCOME, { number })
    await caller.hears(prompts.greeting, { upTo: 1.5 })
    await caller.press('2')
    await caller.hears(prompts.second)
    expect((await caller.heard(prompts.greeting)).to).toBeLessThan((await length(prompts.greeting)) - 1)
    expect((await caller.heard(prompts.menu)).share).toBeLessThan(0.5)
    await caller.hangup()
  })

  it('a greeting that must be heard is heard to its end, and the key is not lost', async () => {
    const number = newCaller()
    const caller = await world.far.call(OBLIGED, { number })
    await caller.hears(prompts.greeting, { upTo: 1.5 })
    await caller.press('2')
    await caller.hears(prompts.greeting)
    await caller.hears(prompts.second)
    expect((await caller.heard(prompts.menu)).share).toBeLessThan(0.5)
    await caller.hangup()
  })

  it('a person’s extension rings his phone', async () => {
    const number = newCaller()
    const { far } = world
    far.on(EXTENSION, answers({ afterMs: 100, says: operator }))
    const caller = await far.call(MENU, { number })
    await caller.hears(prompts.menu, { upTo: 1.5 })
    await caller.press(EXTENSION)
    await hearsTone(caller, OPERATOR, 0.5)
    await caller.hangup()
    expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'anna' })
  })

  it('numbers are said as people say them, in the voice of Asterisk', async () => {
    const number = newCaller()
    const caller = await world.far.call(MENU, { number })
    await caller.answered()
    await caller.press('3')
    await caller.ended()
    const core = (name: string) => join(asteriskCache(), `root/usr/share/asterisk/sounds/ru/digits/${name}.wav`)
    const twenty = await caller.heard(core('20'))
    const one = await caller.heard(core('1'))
    expect(twenty.share).toBeGreaterThanOrEqual(0.5)
    expect(one.share).toBeGreaterThanOrEqual(0.5)
    expect(one.start).toBeGreaterThan(twenty.start)
  })

  it('prompts that were lost do not stop the flow: the key is taken all the same', async () => {
    const number = newCaller()
    const caller = await world.far.call(LOST, { number })
    await caller.answered()
    await caller.press('5')
    await caller.hears(prompts.five)
    await caller.ended()
    const failed = await daemon.prisma.pathStep.findMany({
      where: { kind: 'sound-failed', call: { caller: number } },
      orderBy: { seq: 'asc' },
    })
    expect(failed.map(({ detail }) => JSON.parse(detail) as unknown)).toMatchObject([
      { sounds: ['prompts/lost'] },
      { sounds: ['prompts/lost-menu'] },
    ])
  })
})

describe.concurrent('the operator’s key reaches a person', () => {
  it.each<[string, string, (caller: FarLeg) => Promise<unknown>]>([
    ['from the greeting', WELCOME, (caller) => caller.hears(prompts.greeting, { upTo: 1.5 })],
    ['from the menu', MENU, (caller) => caller.hears(prompts.menu, { upTo: 1.5 })],
    [
      'from a menu below the menu',
      MENU,
      async (caller) => {
        await caller.answered()
        await caller.press('2')
        await caller.hears(prompts.second, { upTo: 1.5 })
      },
    ],
    ['from the words after hours', NIGHT, (caller) => caller.hears(prompts.closed, { upTo: 1.5 })],
    ['from the greeting of the answerphone', NIGHT, (caller) => caller.hears(prompts['leave-message'], { upTo: 1.5 })],
    [
      'while his message is recorded',
      NIGHT,
      async (caller) => {
        await hearsTone(caller, BEEP)
        await caller.say(words)
      },
    ],
    [
      'while somebody else is rung',
      WAITING,
      async (caller) => {
        world.far.on(LATER, ringsForEver)
        await world.far.nextCallTo(LATER)
        await hearsTone(caller, MUSIC, 0.5)
      },
    ],
  ])('%s', async (_, line, gettingThere) => {
    const number = newCaller()
    const caller = await world.far.call(line, { number })
    await gettingThere(caller)
    await caller.press('0')
    await hearsTone(caller, OPERATOR, 0.5)
    await caller.hangup()
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'answered', group: 'operators', notice: 'disarmed' })
  })
})

it('and the phone that was rung then rings no more', async () => {
  const [phone] = world.far.rung(LATER)
  await phone!.ended(2_000)
  expect(phone!.times.up).toBeUndefined()
})

describe.concurrent('while the phone rings', () => {
  it('who was not answered yet hears it ring, and is answered by the person only', async () => {
    const number = newCaller()
    const { far } = world
    far.on('112', ringsForEver)
    const rings = far.nextCallTo('112')
    const caller = await far.call(RINGING, { number })
    const phone = await rings
    await caller.ringing()
    expect(caller.times.up).toBeUndefined()
    await phone.answer()
    await caller.answered()
    await phone.say(operator)
    await hearsTone(caller, OPERATOR, 0.5)
    await caller.hangup()
    expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'vera' })
  })

  it('who was answered by a greeting hears the ringing tone too, until the person answers', async () => {
    const number = newCaller()
    const { far } = world
    far.on('113', ringsForEver)
    const rings = far.nextCallTo('113')
    const caller = await far.call(GREETED, { number })
    const phone = await rings
    await hearsTone(caller, RINGING_TONE, 0.5)
    await phone.answer()
    await phone.say(operator)
    await hearsTone(caller, OPERATOR, 0.5)
    expect(await heardTone(caller, MUSIC)).toBe(false)
    await caller.hangup()
    await endedCall(daemon, number)
  })
})
