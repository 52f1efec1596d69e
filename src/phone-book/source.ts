/** One place where names come from. */
import type { E164 } from '../model/phone-number.ts'
import type { BookFault } from './book-fault.ts'
import type { UnreadableNumber } from './entry-list.ts'

export interface SourceState {
  /** `csv contacts.csv`, `carddav cloud.example.ru`: no user, no secret. */
  label: string
  /** Names that are known now; of a CRM those that were asked for. */
  names: number
  unreadable: number
  examples: readonly UnreadableNumber[]
  nameless: number
  /** What is wrong now; the names are those of before then. */
  fault: BookFault | null
  /** When the names were read that are in force: milliseconds since 1970; null: never. */
  readAt: number | null
}

export interface NameSource {
  /** Null: nobody, or nobody that is known yet. */
  of(number: E164): string | null
  /** Only of sources that must be asked; never rejects. */
  find?(number: E164): Promise<string | null>
  state(): SourceState
  /** Resolves when the names are there, or it is known why not. */
  start(): Promise<void>
  /** Reads once, follows and keeps nothing: for a command. `fresh`: also what another process has read already and keeps. */
  readOnce(fresh: boolean): Promise<void>
  stop(): Promise<void>
}
