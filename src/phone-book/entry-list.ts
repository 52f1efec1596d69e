/** What a file or an address book holds, row by row: names by number, and what of it cannot be used. */
import { numbersIn } from '../lists/numbers-in.ts'
import { CALLER_ID_LENGTH, cleanText } from '../model/clean-text.ts'
import { type E164, type NumberForm, type PhoneReading, readPhone } from '../model/phone-number.ts'

export type Refused = Extract<PhoneReading, { refused: unknown }>

/** A number that cannot be read. */
export interface UnreadableNumber {
  /** From 1, in the file; of a table the row, with the headings as row 1; 0: there are no lines. */
  line: number
  /** As it stands there, cleaned. */
  text: string
  why: Refused
}

export interface Entries {
  names: ReadonlyMap<E164, string>
  unreadable: number
  /** The first of them. */
  examples: readonly UnreadableNumber[]
  /** Numbers without any name. */
  nameless: number
}

const MOST_EXAMPLES = 20
const LONGEST_QUOTE = 40

export class EntryList implements Entries {
  readonly names = new Map<E164, string>()
  readonly examples: UnreadableNumber[] = []
  unreadable = 0
  nameless = 0
  #country: string
  #form: NumberForm

  constructor(country: string, form: NumberForm = 'auto') {
    this.#country = country
    this.#form = form
  }

  /** `texts`: cells with a number each, or with several. Whoever stands first has the number. */
  add(name: string, texts: readonly string[], line: number): void {
    const shown = cleanText(name, CALLER_ID_LENGTH)
    for (const text of texts) {
      if (text.trim() === '') continue
      const numbers = this.#numbers(text, line)
      if (shown === '') this.nameless += numbers.length
      else for (const number of numbers) if (!this.names.has(number)) this.names.set(number, shown)
    }
  }

  #numbers(text: string, line: number): E164[] {
    const reading = readPhone(text, this.#country, this.#form)
    if ('number' in reading) return [reading.number]
    const { refused } = reading
    const several = refused === 'several' || refused === 'characters' ? numbersIn(text, this.#country, this.#form) : []
    if (several.length > 0) return several
    this.unreadable++
    if (this.examples.length < MOST_EXAMPLES)
      this.examples.push({ line, text: cleanText(text, LONGEST_QUOTE), why: reading })
    return []
  }
}
