/** Why a source has no names to give, or not those of now. */

/**
 * Of files: `missing`, `unreadable` (the system's word is `detail`), `outside` the configuration folder, and `too-big`, `too-many-rows`,
 * `too-many-columns`, `spreadsheet`, `empty`, `bad-quotes` as in lists; `cut-off`: it ends in the middle of an entry; `no-cards`, `broken-card`:
 * no vCard, or one within another; `no-columns`: no column of numbers, or none of names; `no-numbers`: none of the numbers can be read.
 * Of servers: `no-secret`, `unreachable`, `refused` (it answers, but not with names), `no-answer`, `no-book`.
 */
export const bookFaults = [
  'missing',
  'unreadable',
  'outside',
  'too-big',
  'too-many-rows',
  'too-many-columns',
  'spreadsheet',
  'empty',
  'bad-quotes',
  'cut-off',
  'no-cards',
  'broken-card',
  'no-columns',
  'no-numbers',
  'no-secret',
  'unreachable',
  'refused',
  'no-book',
] as const
export type BookFaultKind = (typeof bookFaults)[number]

export class BookFault extends Error {
  override name = 'BookFault'
  readonly fault: BookFaultKind
  /** As in UnreadableNumber. */
  readonly line: number
  /** What a system or a server said, cleaned. */
  readonly detail: string
  constructor(fault: BookFaultKind, line = 0, detail = '') {
    super(`${fault}${line ? `, line ${line}` : ''}${detail ? `: ${detail}` : ''}`)
    this.fault = fault
    this.line = line
    this.detail = detail
  }
}
