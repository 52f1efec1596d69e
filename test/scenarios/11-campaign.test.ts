/** Story 11: a campaign of twenty contacts against people as they are. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Behaviour } from '../../scripts/rig/far-end.ts'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { answeringMachine, busy, rejects, ringsForEver, unallocated } from '../../scripts/rig/far-people.ts'
import { spoken, tone } from '../../scripts/rig/sounds.ts'
import { companyConfig } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { perezvon } from '../support/perezvon-command.ts'
import { workingZone } from '../support/working-zone.ts'
import { startWorld, type World } from '../support/world.ts'

let world: World
let daemon: Daemon
const intro = () => spoken('Здравствуйте, это Цветочный двор. Ваш заказ номер')
const menu = () => spoken('Нажмите один, если придёте.')
const thanks = () => spoken('Спасибо, ждём вас!')

const LINES = 6
const campaign = `
campaigns:
  orders:
    name: Заказ готов
    kind: reminder
    line: "+7 343 200-11-22"
    trunk: provider
    hours: always
    lines: ${LINES}
    ring_for: 8s
    heard: 2s
    retry: { busy: { tries: 2, every: 1s }, no_answer: { tries: 1, every: 1s }, unreachable: { tries: 1, every: 1s } }
    script:
      - play: prompts/intro
      - say: [{ digits: "{{ заказ }}" }]
      - menu:
          play: prompts/order-menu
          wait: 8s
          tries: 1
          keys: { 1: [{ answer: confirmed }, { play: prompts/thanks }] }
          else: { hangup: normal }
`

beforeAll(async () => {
  world = await startWorld()
  const config = companyConfig({ more: campaign }).replace('Asia/Yekaterinburg', workingZone())
  const prompts = {
    'prompts/greeting': await intro(),
    'prompts/menu': await menu(),
    'prompts/intro': await intro(),
    'prompts/order-menu': await menu(),
    'prompts/thanks': await thanks(),
  }
  daemon = await startDaemon(world, { config, prompts })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

const number = (i: number) => `+791234500${String(i).padStart(2, '0')}`

it('every contact ends in the right state, the results say so, and who opted out is never dialled again', async () => {
  const { far, asterisk } = world
  const [introWav, menuWav, thanksWav] = await Promise.all([intro(), menu(), thanks()])
  const confirms: Behaviour = async (leg) => {
    await leg.ring()
    await leg.answer()
    await leg.hears(menuWav)
    await leg.press('1')
    await leg.hears(thanksWav)
    await leg.ended()
  }
  const optsOut: Behaviour = async (leg) => {
    await leg.answer()
    await leg.hears(introWav, { upTo: 1 })
    await leg.press('9')
    await leg.ended()
  }
  const listens: Behaviour = async (leg) => {
    await leg.answer()
    await leg.ended()
  }
  const people: [Behaviour, string, number][] = [
    [confirms, 'completed', 6],
    [busy, 'busy', 3],
    [ringsForEver, 'no-answer', 3],
    [rejects({ afterMs: 100 }), 'queued', 2],
    [unallocated, 'invalid', 2],
    [
      answeringMachine({
        greeting: await spoken('Абонент не отвечает. Оставьте сообщение.'),
        beep: await tone(1000, 0.4),
      }),
      'completed',
      1,
    ],
    [listens, 'completed', 1],
    [optsOut, 'opted-out', 2],
  ]
  const expected = new Map<string, string>()
  for (const [behaviour, status, count] of people)
    for (let i = 0; i < count; i++) {
      const who = number(expected.size)
      expected.set(who, status)
      far.on(who, behaviour)
    }
  expect(expected.size).toBe(20)

  // a list as Excel writes it here: windows-1251, semicolons, numbers in every notation, and rows that cannot be called
  const rows = [...expected.keys()].map((who, i) => `${i % 2 ? `8${who.slice(2)}` : who};Иван ${i};${100 + i}`)
  rows.push(`${number(0)};Дубль;1`, '112;Экстренный;2', ';Без номера;3', '+7 809 123-45-67;Платный;4')
  const list = join(world.dir, 'список.csv')
  await writeFile(list, toWindows1251(['Телефон;Имя;заказ', ...rows].join('\r\n')))

  const imported = await perezvon(daemon, 'campaign', 'import', list, '--campaign', 'orders')
  expect(imported).toMatchObject({ code: 6 })
  expect(await perezvon(daemon, 'campaign', 'start', 'orders')).toMatchObject({ code: 1 })

  // the test call comes first: it is what the contacts will hear
  far.on('101', confirms)
  const tested = perezvon(daemon, 'campaign', 'test', 'orders', '--to', '101', '--row', '2')
  expect(await tested).toMatchObject({ code: 0 })
  expect(await perezvon(daemon, 'campaign', 'start', 'orders')).toMatchObject({ code: 0 })
  // who declined the call is asked once more, on another day; everybody else is done with today
  const waiting = async (db: Daemon['prisma']) =>
    db.contact.findMany({ where: { status: { in: ['queued', 'dialing'] } } })
  const left = await daemon.until(
    async (db) => ((await waiting(db)).length === 2 ? waiting(db) : null),
    'the end of the list',
    90_000,
  )
  expect(left.map((contact) => expected.get(contact.number))).toEqual(['queued', 'queued'])
  for (const contact of left) expect(contact.dueAt.getTime()).toBeGreaterThan(Date.now() + 3_600_000)
  expect(await perezvon(daemon, 'campaign', 'stop', 'orders')).toMatchObject({ code: 0 })

  const file = join(world.dir, 'results.csv')
  expect(await perezvon(daemon, 'campaign', 'results', 'orders', '-o', file)).toMatchObject({ code: 0 })
  const results = parse<Record<string, string>>(await readFile(file), { columns: true, bom: true, delimiter: ';' })
  const found = new Map(results.map((row) => [`+${row['Телефон']!.replace(/\D/g, '')}`, row['status']]))
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
  expect(results.find((row) => row['status'] === 'completed')).toMatchObject({ answer_1: 'confirmed', opted_out: 'no' })

  // what the outside saw: each number once, the busy ones twice, with our number shown
  for (const [who, status] of expected) {
    const legs = far.rung(who)
    expect([who, legs.length]).toEqual([who, status === 'busy' ? 2 : 1])
    expect(legs[0]!.callerNumber.replace(/\D/g, '')).toBe('73432001122')
  }

  // and never more at once than the campaign may have lines, which it uses
  expect(mostAtOnce([...expected.keys()].flatMap((who) => far.rung(who)))).toBe(LINES)

  // the same list again: nobody who opted out, and nobody twice a day
  const again = join(world.dir, 'again.csv')
  const optedOut = [...expected].filter(([, status]) => status === 'opted-out').map(([who]) => who)
  await writeFile(
    again,
    ['Телефон;Имя;заказ', ...optedOut.map((who) => `${who};Снова;7`), `${number(50)};Новый;8`].join('\n'),
  )
  far.on(number(50), confirms)
  expect(await perezvon(daemon, 'campaign', 'import', again, '--campaign', 'orders')).toMatchObject({ code: 6 })
  await perezvon(daemon, 'campaign', 'start', 'orders', '--waive-test')
  await perezvon(daemon, 'campaign', 'watch', 'orders')
  expect(far.rung(number(50)).length).toBe(1)
  for (const who of optedOut) expect(far.rung(who).length).toBe(1)
  expect(await asterisk.request<unknown[]>('GET', '/channels')).toEqual([])
}, 150_000)

/** How many of these calls were there at the same time. */
function mostAtOnce(legs: readonly FarLeg[]): number {
  const moments = legs.flatMap(({ times }) => [
    { at: times.new!, change: 1 },
    { at: times.ended!, change: -1 },
  ])
  let now = 0
  return Math.max(
    ...moments.toSorted((a, b) => a.at - b.at || a.change - b.change).map(({ change }) => (now += change)),
  )
}

function toWindows1251(text: string): Buffer {
  return Buffer.from(
    Array.from(text, (letter) => {
      const code = letter.codePointAt(0)!
      if (code < 0x80) return code
      if (letter === 'Ё') return 0xa8
      if (letter === 'ё') return 0xb8
      return code - 0x410 + 0xc0
    }),
  )
}
