/** How `scripts/up` speaks: sentences in the language of the person, with the few colours that help. */
import { styleText } from 'node:util'
import { defineMessages, type Language, type MessageValues } from '../../src/runtime/i18n.ts'
import { en, ru, type UpMessage } from './messages.ts'

const message = defineMessages({ en, ru })

/** `NO_COLOR` set to anything says no (no-color.org), and so does a pipe. */
export function wantsColour(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  return isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
}

export class Terminal {
  readonly language: Language
  readonly colour: boolean
  readonly write: (text: string) => void

  constructor(language: Language, colour: boolean, write: (text: string) => void) {
    this.language = language
    this.colour = colour
    this.write = write
  }

  text(id: UpMessage, values?: MessageValues): string {
    return message(this.language, id, values)
  }

  say(id: UpMessage, values?: MessageValues): void {
    this.line(this.text(id, values))
  }

  /** Something that needs the person. */
  warn(id: UpMessage, values?: MessageValues): void {
    this.line(this.style('yellow', this.text(id, values)))
  }

  line(text = ''): void {
    this.write(`${text}\n`)
  }

  /** `name  text`, the name as wide as the longest of them. */
  rows(rows: readonly (readonly [string, string])[]): void {
    const width = Math.max(...rows.map(([name]) => name.length))
    for (const [name, text] of rows) this.line(`  ${this.style('dim', name.padEnd(width))}  ${text}`)
  }

  style(style: Parameters<typeof styleText>[0], text: string): string {
    return this.colour ? styleText(style, text) : text
  }
}
