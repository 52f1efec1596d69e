/** What the audience reads: acts, events with their time, promises kept or broken. */
import { styleText } from 'node:util'
import type { Language } from '../../src/runtime/i18n.ts'
import { demoMessage } from './messages.ts'

type Style = Parameters<typeof styleText>[0]

export interface NarratorOptions {
  language: Language
  colour: boolean
  write: (text: string) => void
}

const WIDTH = 78

export class Narrator {
  readonly language: Language
  /** Of every promise that was judged. */
  readonly outcomes: { text: string; why: string | null }[] = []
  readonly #colour: boolean
  #write: (text: string) => void
  #acts = 0

  constructor({ language, colour, write }: NarratorOptions) {
    this.language = language
    this.#colour = colour
    this.#write = write
  }

  /** The yellow mark stands on every page of the demo. */
  title(text: string): void {
    this.#write(`\n${this.#style(['bgYellow', 'black'], ' DEMO ')} ${this.#style('bold', text)}\n`)
  }

  act(text: string): void {
    const heading = `${++this.#acts}. ${text} `
    this.#write(`\n${this.#style(['bold', 'cyan'], heading.padEnd(WIDTH, '─'))}\n`)
  }

  event(text: string): void {
    this.#write(`${this.#style('dim', clock())}  ${text}\n`)
  }

  /** Something that was received, as it came. */
  quote(text: string): void {
    const lines = text.replace(/\n+$/, '').split('\n')
    this.#write(lines.map((line) => `          ${this.#style('yellow', '│')} ${line}\n`).join(''))
  }

  plain(text: string): void {
    this.#write(`${text}\n`)
  }

  /** Judges a promise by what `look` finds outside: it throws, or resolves `false`, when the promise was broken. The demo goes on. */
  async promise(text: string, look: () => unknown): Promise<void> {
    let why: string | null
    try {
      why = (await look()) === false ? demoMessage(this.language, 'not-so') : null
    } catch (error) {
      why = error instanceof Error ? error.message : String(error)
    }
    this.outcomes.push({ text, why })
    this.#write(`          ${why === null ? this.#style('green', '✓') : this.#style('red', '✗')} ${text}\n`)
    if (why !== null) this.#write(`            ${this.#style('red', why)}\n`)
  }

  /** Acts that were broken off may still have something to say; nobody hears it any more. */
  end(): void {
    this.#write = () => {}
  }

  get kept(): number {
    return this.outcomes.filter(({ why }) => why === null).length
  }

  #style(style: Style, text: string): string {
    return this.#colour ? styleText(style, text) : text
  }
}

/** `14:05:09` of this machine. */
function clock(): string {
  const now = new Date()
  return [now.getHours(), now.getMinutes(), now.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':')
}
