/**
 * Problems as an admin reads them: place, code, sentence, the line of the file with a marker, what was probably meant.
 *
 * ```
 * config/perezvon.yaml:37:48  error  E104  нет группы или сотрудника «ad»
 *  37 |         keys: { 1: { ring: sales }, 2: { ring: ad }, 0: { ring: operators } }
 *     |                                                ^^ может быть, «ads»?  (группы и сотрудники: sales, ads, …)
 * ```
 */
import { join } from 'node:path'
import { DateTime } from 'luxon'
import type { Language } from '../runtime/i18n.ts'
import { printerText, problemText } from './messages.ts'
import type { Place, Problem, ProblemId } from './problem.ts'
import type { Sources } from './sources.ts'

export interface PrintOptions {
  language: Language
  sources: Sources
  /** What to write before file names: the folder as the reader knows it. */
  folder?: string
  /** The configuration that goes on while this one is refused. `loadedAt`: ms since 1970. */
  running?: { version: number; loadedAt: number; timezone: string }
}

/** The whole report, errors first, each part in the order of the files. Empty when there is nothing to say. */
export function printProblems(problems: readonly Problem[], options: PrintOptions): string {
  if (problems.length === 0) return ''
  const parts = inReadingOrder(problems).map((problem) => printProblem(problem, options))
  return `${parts.join('\n')}\n${closingLine(problems, options)}\n`
}

/** One sentence for a log or a screen: `perezvon.yaml:37:48 E104 нет группы или сотрудника «ad»`. */
export function oneLine(problem: Problem, language: Language): string {
  return `${showPlace(problem.place)} ${problem.code} ${sentence(problem, language)}`
}

/** What is wrong, without place and code. */
export function sentence(problem: Problem, language: Language): string {
  const values = Object.entries(problem.values).map(([name, value]) => [
    name,
    typeof value === 'string' ? visible(value, 120) : value,
  ])
  return problemText(language, problem.id, Object.fromEntries(values))
}

/** For other programs; stable names, `line` and `column` from 1. */
export function problemsAsJson(problems: readonly Problem[], options: PrintOptions) {
  return inReadingOrder(problems).map((problem) => ({
    severity: problem.severity,
    code: problem.code,
    file: shownFile(problem.place.file, options.folder),
    line: problem.place.line,
    column: problem.place.column,
    endColumn: problem.place.column + problem.place.length,
    path: problem.path,
    message: sentence(problem, options.language),
    suggestion: problem.suggestion ?? null,
    known: problem.known ?? [],
  }))
}

function printProblem(problem: Problem, options: PrintOptions): string {
  const { place, code, severity } = problem
  const head = `${showPlace(place, options.folder)}  ${severity}  ${code}  ${sentence(problem, options.language)}`
  const hint = hintOf(problem, options.language)
  const line = options.sources.line(place.file, place.line)
  const quoted = line === undefined ? [] : quote(line, place, hint)
  const other =
    problem.other &&
    `    = ${printerText(options.language, 'first-place', { place: showPlace(problem.other, options.folder) })}`
  return [head, ...(quoted.length || !hint ? quoted : [`    = ${hint}`]), ...(other ? [other] : [])].join('\n')
}

/** The line and the marker under it. A very long line is shown around the marker only. */
function quote(line: string, place: Place, hint: string): string[] {
  const before = line.slice(0, place.column - 1)
  const from = before.length > 100 ? before.length - 60 : 0
  const shown = (from ? '…' : '') + visible(line.slice(from), 160)
  // The marker stands under the text whatever the width of a tab is.
  const indent = (from ? ' ' : '') + visible(before.slice(from), 400).replace(/[^\t]/gu, ' ')
  const number = String(place.line).padStart(3)
  const marker = '^'.repeat(Math.min(place.length, 80))
  return [`${number} | ${shown}`, `${' '.repeat(number.length)} | ${indent}${marker}${hint && ` ${hint}`}`]
}

function hintOf(problem: Problem, language: Language): string {
  const parts: string[] = []
  if (problem.suggestion) parts.push(printerText(language, 'did-you-mean', { word: visible(problem.suggestion, 64) }))
  if (problem.known?.length) {
    const names = problem.known.slice(0, 12).map((name) => visible(name, 64))
    const more = problem.known.length > 12 ? ', …' : ''
    const kind = knownKinds[problem.id] ?? 'other'
    parts.push(printerText(language, 'known', { kind, names: names.join(', ') + more }))
  }
  return parts.join('  ')
}

const knownKinds: Partial<Record<ProblemId, string>> = {
  'unknown-key': 'keys',
  'unknown-person': 'people',
  'unknown-target': 'targets',
  'unknown-group': 'groups',
  'unknown-hours': 'hours',
  'unknown-music': 'music',
  'unknown-trunk': 'trunks',
  'unknown-flow': 'flows',
  'unknown-line': 'lines',
  'not-a-step': 'steps',
  'unknown-step': 'steps',
  'bad-recipient': 'people',
}

function closingLine(problems: readonly Problem[], { language, running }: PrintOptions): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const count = printerText(language, 'count', { errors, warnings: problems.length - errors })
  if (!running || errors === 0) return count
  const time = DateTime.fromMillis(running.loadedAt, { zone: running.timezone }).toFormat('HH:mm')
  return `${count} ${printerText(language, 'still-running', { version: running.version, time })}`
}

function inReadingOrder(problems: readonly Problem[]): Problem[] {
  const rank = ({ severity }: Problem) => (severity === 'error' ? 0 : 1)
  return [...problems].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      compare(a.place.file, b.place.file) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column,
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function showPlace({ file, line, column }: Place, folder?: string): string {
  return `${shownFile(file, folder)}:${line}:${column}`
}

function shownFile(file: string, folder?: string): string {
  return visible(folder ? join(folder, file) : file, 300)
}

/** Control and direction characters of the file must not act on the reader's terminal; each becomes one visible sign. */
function visible(text: string, longest: number): string {
  const clean = text.replace(
    /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    '�',
  )
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean
}
