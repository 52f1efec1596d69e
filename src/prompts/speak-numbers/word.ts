/**
 * A spoken word before anybody has looked for its file.
 *
 * `sound:digits/20` stands in Asterisk's core sound set of the language; `word:rouble-2` is one that the set lacks and that we keep
 * ourselves (src/prompts/words). The library turns both into media.
 */
export type Word = `sound:${string}` | `word:${string}`

/** What is counted. `none`: a bare number, masculine as in counting aloud. */
export type Unit = 'none' | 'rouble' | 'kopeck' | 'second' | 'minute' | 'hour' | 'day'

/** A day of the Gregorian calendar; `month` 1-12. */
export interface CalendarDay {
  year: number
  month: number
  day: number
}

export interface DateOptions {
  weekday?: boolean
  year?: boolean
  /** Russian: `nominative` «двадцать четвёртое ноября», `genitive` «двадцать четвёртого ноября» (on that day). English has one form. */
  form?: 'nominative' | 'genitive'
}

/** The largest number that is spoken: below a thousand milliards. */
export const LARGEST = 999_999_999_999

/** What each language can say. All are pure; a value out of range is a programming error and throws RangeError. */
export interface Speaker {
  /** A whole number with its unit in the right form: «двадцать одна минута». */
  wholeNumber(value: number, unit?: Unit): Word[]
  /** Roubles and kopecks; `kopecks` 0-99, left out when 0. */
  money(roubles: number, kopecks?: number): Word[]
  /** Digit by digit; a space, dash or bracket between digits becomes a short pause. */
  digits(text: string): Word[]
  /** A number in E.164, in the groups in which people of that language say it. */
  phone(e164: string): Word[]
  date(day: CalendarDay, options?: DateOptions): Word[]
  /** `hour` 0-23, `minute` 0-59. */
  timeOfDay(hour: number, minute: number): Word[]
  /** Hours, minutes and seconds of a span; parts that are zero are left out. */
  duration(seconds: number): Word[]
}

export function assertSpeakable(value: number): void {
  if (!Number.isSafeInteger(value) || Math.abs(value) > LARGEST) throw new RangeError(`not speakable: ${value}`)
}

/** 0 is Sunday, as in Asterisk's `digits/day-0`. */
export function weekdayOf({ year, month, day }: CalendarDay): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay()
}

/** What stands between the separators: `343 200-11` -> `343`, `200`, `11`. */
export function digitRuns(text: string): string[] {
  return text.match(/\d+/g) ?? []
}

/** Russian numbers as they are printed, 7 343 200 11 22; others in threes, so that nobody has to hold more in mind. */
export function phoneGroups(e164: string): string[] {
  const digits = e164.replace(/\D/g, '')
  const russian = /^(7)(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits)
  if (russian) return russian.slice(1)
  const groups = digits.match(/\d{1,3}/g) ?? []
  const last = groups.at(-1)
  const before = groups.at(-2)
  if (last?.length !== 1 || !before) return groups
  return [...groups.slice(0, -2), before.slice(0, 2), before.slice(2) + last]
}

export function joinWithPause(groups: Word[][]): Word[] {
  return groups.flatMap((group, i) => (i === 0 ? group : ['word:pause' as const, ...group]))
}

export function splitDuration(seconds: number): [number, Unit][] {
  if (!Number.isSafeInteger(seconds) || seconds < 0) throw new RangeError(`not a span: ${seconds}`)
  const parts: [number, Unit][] = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ]
  const spoken = parts.filter(([amount]) => amount > 0)
  return spoken.length ? spoken : [[0, 'second']]
}
