import { LineCounter } from 'yaml'
import type { Place, Range } from './problem.ts'

/** The texts of the files that were read, and where their lines begin. */
export class Sources {
  #files = new Map<string, { text: string; lines: LineCounter }>()

  add(file: string, text: string): void {
    const lines = new LineCounter()
    lines.addNewLine(0)
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
    this.#files.set(file, { text, lines })
  }

  get files(): string[] {
    return [...this.#files.keys()]
  }

  text(file: string): string | undefined {
    return this.#files.get(file)?.text
  }

  /** The text of a line, counted from 1, without its end. */
  line(file: string, line: number): string | undefined {
    const source = this.#files.get(file)
    const start = source?.lines.lineStarts[line - 1]
    if (!source || start === undefined) return undefined
    const end = source.text.indexOf('\n', start)
    return source.text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '')
  }

  place({ file, start, end }: Range): Place {
    const source = this.#files.get(file)
    if (!source) return { file, line: 1, column: 1, length: 1 }
    const from = Math.min(start, source.text.length)
    const { line, col } = source.lines.linePos(from)
    const rest = (this.line(file, line) ?? '').length - (col - 1)
    return { file, line, column: col, length: Math.max(1, Math.min(end - from, rest)) }
  }
}
