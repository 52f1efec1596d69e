/**
 * Russian numbers, money, dates and times as lists of words.
 *
 * Asterisk's own `number:` knows neither the gender of what is counted nor its case; main/say.c has no Russian dates at all.
 */
import type { CalendarDay, DateOptions, Speaker, Unit, Word } from './word.ts'
import { assertSpeakable, digitRuns, joinWithPause, phoneGroups, splitDuration, weekdayOf } from './word.ts'

type Gender = 'm' | 'f'
/** Forms after 1, after 2-4, after 5-20. */
type Forms = readonly [one: Word, few: Word, many: Word]

const units: Record<Exclude<Unit, 'none'>, { gender: Gender; forms: Forms }> = {
  rouble: { gender: 'm', forms: ['word:rouble-1', 'word:rouble-2', 'word:rouble-5'] },
  kopeck: { gender: 'f', forms: ['word:kopeck-1', 'word:kopeck-2', 'word:kopeck-5'] },
  second: { gender: 'f', forms: ['word:second-1', 'word:second-2', 'sound:seconds'] },
  minute: { gender: 'f', forms: ['sound:queue-minute', 'word:minute-2', 'sound:minutes'] },
  hour: { gender: 'm', forms: ['word:hour-1', 'word:hour-2', 'sound:hours'] },
  day: { gender: 'm', forms: ['word:day-1', 'word:day-2', 'word:day-5'] },
}

// The set's `h-` files are no ordinals here: they say the forms that its English list happened to need.
const scales: readonly { value: number; gender: Gender; forms: Forms }[] = [
  { value: 1e9, gender: 'm', forms: ['sound:digits/billion', 'word:billions-i', 'sound:digits/h-billion'] },
  { value: 1e6, gender: 'm', forms: ['sound:digits/million', 'sound:digits/h-million', 'word:millions'] },
  { value: 1e3, gender: 'f', forms: ['sound:digits/thousand', 'sound:digits/h-thousand', 'word:thousands'] },
]

const plural = new Intl.PluralRules('ru')

function formFor(value: number, forms: Forms): Word {
  const category = plural.select(Math.abs(value))
  return category === 'one' ? forms[0] : category === 'few' ? forms[1] : forms[2]
}

function one(value: number, gender: Gender): Word {
  if (gender === 'f' && (value === 1 || value === 2)) return `word:${value}f`
  return `sound:digits/${value}`
}

/** 1-999; nothing for 0. */
function belowThousand(value: number, gender: Gender): Word[] {
  const words: Word[] = []
  const hundreds = Math.floor(value / 100)
  if (hundreds === 1) words.push('sound:digits/hundred')
  else if (hundreds > 1) words.push(`word:${hundreds}00`)
  const rest = value % 100
  if (rest > 20) words.push(`sound:digits/${rest - (rest % 10)}`)
  const last = rest > 20 ? rest % 10 : rest
  if (last > 0) words.push(one(last, gender))
  return words
}

function cardinal(value: number, gender: Gender): Word[] {
  assertSpeakable(value)
  if (value === 0) return ['sound:digits/0']
  const words: Word[] = value < 0 ? ['sound:digits/minus'] : []
  let rest = Math.abs(value)
  for (const scale of scales) {
    const amount = Math.floor(rest / scale.value)
    if (amount > 0) words.push(...belowThousand(amount, scale.gender), formFor(amount, scale.forms))
    rest %= scale.value
  }
  return [...words, ...belowThousand(rest, gender)]
}

function wholeNumber(value: number, unit: Unit = 'none'): Word[] {
  if (unit === 'none') return cardinal(value, 'm')
  const { gender, forms } = units[unit]
  return [...cardinal(value, gender), formFor(value, forms)]
}

function money(roubles: number, kopecks = 0): Word[] {
  return [...wholeNumber(roubles, 'rouble'), ...(kopecks > 0 ? wholeNumber(kopecks, 'kopeck') : [])]
}

function digits(text: string): Word[] {
  return joinWithPause(digitRuns(text).map((run) => Array.from(run, (digit): Word => `sound:digits/${digit}`)))
}

/** «триста сорок три», «ноль пять», «ноль ноль»: a group is one number, its leading zeros are said. */
function phoneGroup(group: string): Word[] {
  const zeros = /^0*/.exec(group)![0].length
  return [...Array<Word>(zeros).fill('sound:digits/0'), ...belowThousand(Number(group), 'm')]
}

function phone(e164: string): Word[] {
  const groups = phoneGroups(e164).map(phoneGroup)
  return joinWithPause(
    e164.trim().startsWith('+') && groups[0] ? [['sound:letters/plus', ...groups[0]], ...groups.slice(1)] : groups,
  )
}

/** 1-31, «двадцать четвёртое»: only the last word of an ordinal is inflected. */
function dayOrdinal(day: number, ending: 'n' | 'g'): Word[] {
  if (day <= 20 || day === 30) return [`word:${day}${ending}`]
  return [`sound:digits/${day - (day % 10)}`, `word:${day % 10}${ending}`]
}

/** «две тысячи двадцать шестого года», 1901-2099. */
function yearGenitive(year: number): Word[] {
  if (year < 1900 || year > 2099) throw new RangeError(`not speakable as a year: ${year}`)
  if (year === 2000) return ['word:2000g', 'word:year-g']
  const century: Word[] = year > 2000 ? ['word:2f', 'sound:digits/h-thousand'] : ['sound:digits/thousand']
  const rest = year % 100
  if (rest === 0) return [...century, 'word:900g', 'word:year-g']
  if (year < 2000) century.push('word:900')
  const tail: Word[] =
    rest <= 20 || rest % 10 === 0 ? [`word:${rest}g`] : [`sound:digits/${rest - (rest % 10)}`, `word:${rest % 10}g`]
  return [...century, ...tail, 'word:year-g']
}

function date(day: CalendarDay, options: DateOptions = {}): Word[] {
  return [
    ...(options.weekday ? [`sound:digits/day-${weekdayOf(day)}` as const] : []),
    ...dayOrdinal(day.day, options.form === 'genitive' ? 'g' : 'n'),
    `sound:digits/mon-${day.month - 1}`,
    ...(options.year ? yearGenitive(day.year) : []),
  ]
}

function timeOfDay(hour: number, minute: number): Word[] {
  return [...wholeNumber(hour, 'hour'), ...(minute > 0 ? wholeNumber(minute, 'minute') : [])]
}

function duration(seconds: number): Word[] {
  return splitDuration(seconds).flatMap(([amount, unit]) => wholeNumber(amount, unit))
}

export const russian: Speaker = { wholeNumber, money, digits, phone, date, timeOfDay, duration }
