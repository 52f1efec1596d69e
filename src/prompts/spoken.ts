/**
 * The parts of a `say:` step with a contact's values become what Asterisk plays.
 *
 * Values come from a list that somebody typed. What cannot be spoken for certain is told as a problem, so that a campaign's preview shows
 * it before anybody is called; nothing here throws in the middle of a call.
 */
import type { Spoken } from '../config/sections/flows.ts'
import { cleanText } from '../model/clean-text.ts'
import type { Language } from '../runtime/i18n.ts'
import type { Media } from '../telephony/api.ts'
import type { PromptLibrary } from './library.ts'
import { readAmount, readDate, readTime } from './read-value.ts'
import { english } from './speak-numbers/en.ts'
import { russian } from './speak-numbers/ru.ts'
import type { Speaker, Word } from './speak-numbers/word.ts'

export const speakers: Record<Language, Speaker> = { ru: russian, en: english }

/** Letters of one value within a text. */
const LONGEST_VALUE = 100
const MOST_DIGITS = 30

export type SpokenFault =
  | 'no-column'
  | 'empty'
  | 'not-a-number'
  | 'not-whole'
  | 'not-digits'
  | 'not-a-date'
  | 'not-a-time'
  | 'no-prompt'
  | 'no-word'
  | 'no-speech'

/** `part` counts from 0; `value` is what was to be spoken (the prompt's name, the column, the text), one line of at most 100 letters. */
export interface SpokenProblem {
  part: number
  id: SpokenFault
  value: string
}

export interface SpokenContext {
  language: Language
  /** IANA zone in which moments and "this year" are read. */
  zone: string
  /** Milliseconds since 1970: the year of a date is said unless it is this one. */
  now: number
}

/** What is to be said, before any file is looked for. */
export type Piece = { part: number } & ({ prompt: string } | { words: Word[] } | { text: string })

/** Pure: for the preview of thousands of contacts. A part with a problem gives no piece. */
export function planSpoken(
  parts: readonly Spoken[],
  values: Readonly<Record<string, string>>,
  context: SpokenContext,
): { pieces: Piece[]; problems: SpokenProblem[] } {
  const pieces: Piece[] = []
  const problems: SpokenProblem[] = []
  parts.forEach((spoken, part) => {
    const planned = planPart(spoken, values, context)
    if ('id' in planned) problems.push({ part, id: planned.id, value: cleanText(planned.value, LONGEST_VALUE) })
    else pieces.push({ part, ...planned })
  })
  return { pieces, problems }
}

/** Media in the order of the parts; a part that has a problem is left out whole, never half. Texts may take a second to be spoken. */
export async function spokenMedia(
  parts: readonly Spoken[],
  values: Readonly<Record<string, string>>,
  context: SpokenContext,
  library: PromptLibrary,
): Promise<{ media: Media[]; problems: SpokenProblem[] }> {
  const { pieces, problems } = planSpoken(parts, values, context)
  const media: Media[] = []
  for (const piece of pieces) {
    const found = await pieceMedia(piece, context.language, library)
    if ('media' in found) media.push(...found.media)
    else problems.push({ part: piece.part, id: found.id, value: cleanText(found.value, LONGEST_VALUE) })
  }
  return { media, problems: problems.toSorted((a, b) => a.part - b.part) }
}

async function pieceMedia(
  piece: Piece,
  language: Language,
  library: PromptLibrary,
): Promise<{ media: Media[] } | Failed> {
  if ('prompt' in piece) {
    const media = library.media(piece.prompt, language)
    return media === null ? fail('no-prompt', piece.prompt) : { media: [media] }
  }
  if ('words' in piece) {
    const found = library.wordMedia(piece.words, language)
    return 'media' in found ? found : fail('no-word', found.missing)
  }
  const spoken = await library.textMedia(piece.text, language)
  return 'media' in spoken ? { media: [spoken.media] } : fail('no-speech', spoken.why)
}

type Planned = { prompt: string } | { words: Word[] } | { text: string }
interface Failed {
  id: SpokenFault
  value: string
}

function planPart(spoken: Spoken, values: Readonly<Record<string, string>>, context: SpokenContext): Planned | Failed {
  if (typeof spoken === 'string') return { prompt: spoken }
  // the moment of a meeting's end is filled in before: a campaign has none
  if ('until' in spoken) return fail('empty', spoken.until)
  const template = templateOf(spoken)
  const filled = fill(template, values)
  if ('id' in filled) return filled
  const { text } = filled
  if (text.trim() === '') return fail('empty', template)
  const speaker = speakers[context.language]
  if ('number' in spoken) return number(text, spoken.unit, speaker)
  if ('digits' in spoken) return digits(text, speaker)
  if ('date' in spoken) return date(text, context, speaker)
  if ('time' in spoken) return time(text, context, speaker)
  return { text }
}

function templateOf(spoken: Exclude<Spoken, string | { until: string }>): string {
  if ('number' in spoken) return spoken.number
  if ('digits' in spoken) return spoken.digits
  if ('date' in spoken) return spoken.date
  return 'time' in spoken ? spoken.time : spoken.text
}

function number(text: string, unit: 'none' | 'rouble' | 'minute' | 'hour' | 'day', speaker: Speaker): Planned | Failed {
  const amount = readAmount(text)
  if (!amount) return fail('not-a-number', text)
  const { whole, hundredths, negative } = amount
  const minus: Word[] = negative && (whole > 0 || hundredths > 0) ? ['sound:digits/minus'] : []
  if (unit === 'rouble') return { words: [...minus, ...speaker.money(whole, hundredths)] }
  if (hundredths > 0) return fail('not-whole', text)
  return { words: [...minus, ...speaker.wholeNumber(whole, unit)] }
}

function digits(text: string, speaker: Speaker): Planned | Failed {
  const count = text.replace(/\D/g, '').length
  if (count === 0 || count > MOST_DIGITS || /\p{L}/u.test(text)) return fail('not-digits', text)
  const phone = /^\+\d{8,15}$/.test(text.replace(/[\s()-]/g, ''))
  return { words: phone ? speaker.phone(text) : speaker.digits(text) }
}

function date(text: string, { zone, now }: SpokenContext, speaker: Speaker): Planned | Failed {
  const day = readDate(text, zone)
  if (!day) return fail('not-a-date', text)
  const thisYear = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric' }).format(now)
  return { words: speaker.date(day, { year: String(day.year) !== thisYear }) }
}

function time(text: string, { zone }: SpokenContext, speaker: Speaker): Planned | Failed {
  const found = readTime(text, zone)
  return found ? { words: speaker.timeOfDay(found.hour, found.minute) } : fail('not-a-time', text)
}

/** `{{ column }}` -> the contact's value, cleaned and cut. A value cannot bring a placeholder of its own: it is filled in once. */
function fill(template: string, values: Readonly<Record<string, string>>): { text: string } | Failed {
  let missing: string | null = null
  const text = template.replace(/\{\{\s*([^{}]{1,64}?)\s*\}\}/gu, (_, column: string) => {
    const value = Object.hasOwn(values, column) ? cleanText(values[column] ?? '', LONGEST_VALUE) : ''
    if (value === '') missing ??= column
    return value
  })
  if (missing === null) return { text }
  return fail(Object.hasOwn(values, missing) ? 'empty' : 'no-column', missing)
}

function fail(id: SpokenFault, value: string): Failed {
  return { id, value }
}
