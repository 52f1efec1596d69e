import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import type { Spoken } from '../../src/config/sections/flows.ts'
import { PromptLibrary } from '../../src/prompts/library.ts'
import { describeSpokenProblem } from '../../src/prompts/messages.ts'
import { Speech } from '../../src/prompts/speech.ts'
import { planSpoken, spokenMedia } from '../../src/prompts/spoken.ts'
import { asText } from './speak-numbers/as-text.ts'
import { fill, folder } from './sounds.ts'

const context = { language: 'ru', zone: 'Asia/Yekaterinburg', now: Date.UTC(2026, 10, 23) } as const

function heard(spoken: Spoken, values: Record<string, string> = {}, language: 'ru' | 'en' = 'ru'): string {
  const { pieces, problems } = planSpoken([spoken], values, { ...context, language })
  const [problem] = problems
  if (problem) return `${problem.id}: ${problem.value}`
  return pieces
    .map((p) => ('words' in p ? asText(p.words, language) : 'text' in p ? `“${p.text}”` : p.prompt))
    .join(' ')
}

test.each<[Spoken, Record<string, string>, string]>([
  ['prompts/greeting', {}, 'prompts/greeting'],
  [
    { number: '{{ sum }}', unit: 'rouble' },
    { sum: '1 234,50' },
    'одна тысяча двести тридцать четыре рубля пятьдесят копеек',
  ],
  [{ number: '{{sum}}', unit: 'rouble' }, { sum: '-0,50' }, 'минус ноль рублей пятьдесят копеек'],
  [{ number: '{{ days }}', unit: 'day' }, { days: '21' }, 'двадцать один день'],
  [{ number: '5', unit: 'minute' }, {}, 'пять минут'],
  [{ number: '{{ n }}', unit: 'none' }, { n: '-2' }, 'минус два'],
  [{ number: '{{ n }}', unit: 'hour' }, { n: '1,5' }, 'not-whole: 1,5'],
  [{ number: '{{ n }}', unit: 'none' }, { n: 'двадцать' }, 'not-a-number: двадцать'],
  [{ digits: '{{ order }}' }, { order: '40-17' }, 'четыре ноль, один семь'],
  [
    { digits: '{{ phone }}' },
    { phone: '+7 343 200-11-22' },
    'плюс семь, триста сорок три, двести, одиннадцать, двадцать два',
  ],
  [{ digits: '{{ order }}' }, { order: 'A17' }, 'not-digits: A17'],
  [{ digits: '{{ order }}' }, { order: '1'.repeat(31) }, `not-digits: ${'1'.repeat(31)}`],
  [{ date: '{{ day }}' }, { day: '24.11.2026' }, 'двадцать четвёртое ноября'],
  [{ date: '{{ day }}' }, { day: '2027-01-01' }, 'первое января две тысячи двадцать седьмого года'],
  [{ date: '{{ day }}' }, { day: '31.02.2026' }, 'not-a-date: 31.02.2026'],
  [{ time: '{{ at }}' }, { at: '14:05' }, 'четырнадцать часов пять минут'],
  [{ time: '{{ at }}' }, { at: '25:00' }, 'not-a-time: 25:00'],
  [{ text: 'Здравствуйте, {{ name }}!' }, { name: 'Анна' }, '“Здравствуйте, Анна!”'],
  // the value is filled in once, and its own markup is only text
  [{ text: '{{ name }}' }, { name: '{{ sum }}', sum: '1' }, '“{{ sum }}”'],
  [{ text: 'для {{ name }}' }, { name: 'Анна\r\n\u202eBcc:\u0000' }, '“для Анна Bcc:”'],
  [{ text: '{{ name }}' }, { name: 'я'.repeat(500) }, `“${'я'.repeat(100)}”`],
  [{ number: '{{ sum }}', unit: 'none' }, {}, 'no-column: sum'],
  [{ number: '{{ sum }}', unit: 'none' }, { sum: '  ' }, 'empty: sum'],
  [{ text: '{{ constructor }}' }, {}, 'no-column: constructor'],
])('%j with %j', (spoken, values, expected) => {
  expect(heard(spoken, values)).toBe(expected)
})

test('in English', () => {
  expect(heard({ date: '2026-11-24' }, {}, 'en')).toBe('November twenty fourth')
  expect(heard({ time: '14:05' }, {}, 'en')).toBe('two oh five p m')
})

test('“this year” is that of the zone', () => {
  const now = Date.UTC(2026, 11, 31, 20)
  const plan = planSpoken([{ date: '01.01.2027' }], {}, { ...context, now })
  expect(plan.pieces).toHaveLength(1)
  expect(plan.pieces[0]).toMatchObject({ words: ['word:1n', 'sound:digits/mon-0'] })
})

describe('media', () => {
  async function library(files: Record<string, true>) {
    const root = folder()
    fill(root, files)
    const speech = new Speech({
      programs: { espeak: null, sox: null, ffmpeg: null },
      cacheDir: join(root, 'data/said'),
    })
    const found = new PromptLibrary({ configDir: join(root, 'config'), soundsDir: join(root, 'data'), speech })
    await found.refresh()
    return { root, found }
  }

  it('stand in the order of the parts', async () => {
    const { root, found } = await library({ 'config/a.wav': true, 'data/made/ru/prompts/words/rouble-5.wav': true })
    const parts: Spoken[] = ['a', { number: '{{ sum }}', unit: 'rouble' }, 'a']
    expect(await spokenMedia(parts, { sum: '5' }, context, found)).toEqual({
      media: [
        `sound:${root}/config/a`,
        'sound:ru/digits/5',
        `sound:${root}/data/made/ru/prompts/words/rouble-5`,
        `sound:${root}/config/a`,
      ],
      problems: [],
    })
  })

  it('leave out a part that cannot be said whole, and say why', async () => {
    const { root, found } = await library({ 'config/a.wav': true })
    const parts: Spoken[] = ['b', { number: '2000', unit: 'none' }, { date: 'x' }, { text: 'Привет' }, 'a']
    const { media, problems } = await spokenMedia(parts, {}, context, found)
    expect(media).toEqual([`sound:${root}/config/a`])
    expect(problems.map(({ part, id }) => `${part} ${id}`)).toEqual([
      '0 no-prompt',
      '1 no-word',
      '2 not-a-date',
      '3 no-speech',
    ])
    expect(describeSpokenProblem(problems[1]!, 'ru')).toContain('prompts/words/2f')
    expect(describeSpokenProblem(problems[2]!, 'en')).toBe('“x” is not a date like 24.11.2026 or 2026-11-24')
  })
})
