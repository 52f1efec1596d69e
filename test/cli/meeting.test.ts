import { Command } from 'commander'
import { DateTime } from 'luxon'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addMeetingCommands, nextTime } from '../../src/cli/meeting.ts'
import type { Language } from '../../src/runtime/i18n.ts'
import { beginMeeting, meetings } from '../../src/store/meetings.ts'
import { configOf } from '../support/config-of.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const ZONE = 'Asia/Yekaterinburg'
const config = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: ${ZONE}, country: RU }
people: { olga: { name: Ольга, rings: PJSIP/100 }, anna: { name: Анна, rings: PJSIP/101 } }
groups: { operators: { members: [anna] } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.ru] } }
`)

let database: ThrowAwayDatabase
beforeEach(async () => {
  database = await throwAwayDatabase()
})
afterEach(() => database.close())

async function perezvon(words: string[], language: Language = 'en') {
  const out: string[] = []
  let code = 0
  const program = new Command().exitOverride()
  addMeetingCommands(program, {
    open: () => Promise.resolve(database.prisma),
    config: () => config,
    language,
    print: (line) => void out.push(line),
    exit: (wanted) => void (code = wanted),
  })
  await program.parseAsync(['meeting', ...words], { from: 'user' })
  return { out: out.join('\n'), code }
}

it('on, until, ls, off', async () => {
  expect(await perezvon(['ls'], 'ru')).toEqual({ out: 'На встрече никого.', code: 0 })
  expect(await perezvon(['on', 'olga'], 'ru')).toEqual({ out: 'Ольга: на встрече.', code: 0 })
  const [first] = await meetings(database.prisma)
  expect(first).toMatchObject({ person: 'olga', until: null, by: 'command line' })

  const until = DateTime.now().setZone(ZONE).plus({ hours: 1 }).startOf('minute')
  const said = until.toFormat('HH:mm')
  expect(await perezvon(['until', 'olga', said])).toEqual({ out: `Ольга: in a meeting until ${said}.`, code: 0 })
  expect(await meetings(database.prisma)).toMatchObject([{ until: until.toMillis(), since: first!.since }])
  expect((await perezvon(['ls'])).out).toBe(`Ольга: in a meeting until ${said}.`)

  expect(await perezvon(['off', 'olga'], 'ru')).toEqual({ out: 'Ольга: снова можно беспокоить.', code: 0 })
  expect(await perezvon(['off', 'olga'])).toEqual({ out: 'Ольга was in no meeting.', code: 5 })
})

it('one whose time is over is none', async () => {
  await beginMeeting(database.prisma, { person: 'olga', since: 1_000, until: 2_000, by: null })
  expect((await perezvon(['ls'])).out).toBe('Nobody is in a meeting.')
  expect(await perezvon(['off', 'olga'])).toMatchObject({ code: 5 })
})

it.each([
  [['on', 'gleb'], 5, 'There is nobody called “gleb”; there are: olga, anna.'],
  [['off', 'constructor'], 5, 'There is nobody called “constructor”; there are: olga, anna.'],
  [['until', 'olga', '25:00'], 2, '“25:00” is not a time like 15:30.'],
] as const)('%j: exit code %i', async (words, code, out) => {
  expect(await perezvon([...words])).toEqual({ out, code })
  expect(await meetings(database.prisma)).toEqual([])
})

it.each([
  ['15:30', '2026-11-26T15:30'],
  ['9.05', '2026-11-27T09:05'],
  ['12:00', '2026-11-27T12:00'],
  ['half past three', null],
  ['12:60', null],
])('at noon, %s is %s', (text, expected) => {
  const noon = Date.parse('2026-11-26T12:00+05:00')
  const at = nextTime(text, ZONE, noon)
  expect(at && DateTime.fromMillis(at, { zone: ZONE }).toFormat("yyyy-MM-dd'T'HH:mm")).toBe(expected)
})
