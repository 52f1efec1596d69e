/** English numbers, money, dates and times as lists of words. */
import type { CalendarDay, DateOptions, Speaker, Unit, Word } from './word.ts'
import { assertSpeakable, digitRuns, joinWithPause, phoneGroups, splitDuration, weekdayOf } from './word.ts'

const units: Record<Exclude<Unit, 'none'>, readonly [one: Word, many: Word]> = {
  rouble: ['word:rouble-1', 'word:rouble-5'],
  kopeck: ['word:kopeck-1', 'word:kopeck-5'],
  second: ['sound:second', 'sound:seconds'],
  minute: ['sound:minute', 'sound:minutes'],
  hour: ['word:hour-1', 'sound:hours'],
  day: ['word:day-1', 'word:day-5'],
}

const scales: readonly { value: number; word: Word }[] = [
  { value: 1e9, word: 'sound:digits/billion' },
  { value: 1e6, word: 'sound:digits/million' },
  { value: 1e3, word: 'sound:digits/thousand' },
]

const digit = (value: number | string): Word => `sound:digits/${value}`

/** 1-99; nothing for 0. */
function belowHundred(value: number): Word[] {
  if (value === 0) return []
  if (value <= 20) return [digit(value)]
  return [digit(value - (value % 10)), ...(value % 10 ? [digit(value % 10)] : [])]
}

function belowThousand(value: number): Word[] {
  const hundreds = Math.floor(value / 100)
  return [...(hundreds > 0 ? [digit(hundreds), 'sound:digits/hundred' as const] : []), ...belowHundred(value % 100)]
}

function cardinal(value: number): Word[] {
  assertSpeakable(value)
  if (value === 0) return [digit(0)]
  const words: Word[] = value < 0 ? ['sound:digits/minus'] : []
  let rest = Math.abs(value)
  for (const scale of scales) {
    const amount = Math.floor(rest / scale.value)
    if (amount > 0) words.push(...belowThousand(amount), scale.word)
    rest %= scale.value
  }
  return [...words, ...belowThousand(rest)]
}

function wholeNumber(value: number, unit: Unit = 'none'): Word[] {
  if (unit === 'none') return cardinal(value)
  return [...cardinal(value), units[unit][Math.abs(value) === 1 ? 0 : 1]]
}

function money(roubles: number, kopecks = 0): Word[] {
  return [...wholeNumber(roubles, 'rouble'), ...(kopecks > 0 ? wholeNumber(kopecks, 'kopeck') : [])]
}

function spell(run: string): Word[] {
  return Array.from(run, digit)
}

function digits(text: string): Word[] {
  return joinWithPause(digitRuns(text).map(spell))
}

function phone(e164: string): Word[] {
  const groups = phoneGroups(e164).map(spell)
  return joinWithPause(
    e164.trim().startsWith('+') && groups[0] ? [['sound:letters/plus', ...groups[0]], ...groups.slice(1)] : groups,
  )
}

/** «nineteen oh five», «two thousand six», «twenty twenty-six»; 1900-2099. */
function year(value: number): Word[] {
  if (value < 1900 || value > 2099) throw new RangeError(`not speakable as a year: ${value}`)
  if (value >= 2000 && value < 2010) return cardinal(value)
  const rest = value % 100
  if (rest === 0) return [digit(19), 'sound:digits/hundred']
  return [
    ...belowHundred(Math.floor(value / 100)),
    ...(rest < 10 ? ['sound:digits/oh' as const] : []),
    ...belowHundred(rest),
  ]
}

function date(day: CalendarDay, options: DateOptions = {}): Word[] {
  const ordinal: Word[] =
    day.day <= 20 || day.day === 30
      ? [`sound:digits/h-${day.day}`]
      : [digit(day.day - (day.day % 10)), `sound:digits/h-${day.day % 10}`]
  return [
    ...(options.weekday ? [`sound:digits/day-${weekdayOf(day)}` as const] : []),
    `sound:digits/mon-${day.month - 1}`,
    ...ordinal,
    ...(options.year ? year(day.year) : []),
  ]
}

/** Twelve hours with a m and p m; «nine a m», «two oh five p m», midnight is «twelve a m». */
function timeOfDay(hour: number, minute: number): Word[] {
  const minutes: Word[] = minute === 0 ? [] : minute < 10 ? ['sound:digits/oh', digit(minute)] : belowHundred(minute)
  return [digit(hour % 12 || 12), ...minutes, hour < 12 ? 'sound:digits/a-m' : 'sound:digits/p-m']
}

function duration(seconds: number): Word[] {
  return splitDuration(seconds).flatMap(([amount, unit]) => wholeNumber(amount, unit))
}

export const english: Speaker = { wholeNumber, money, digits, phone, date, timeOfDay, duration }
