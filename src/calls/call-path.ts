/** What has happened on a call so far: in memory for the rules, in the journal for everybody else. */
import type { Step, StepRow } from '../model/call-outcome.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Journal, JournalEntry } from '../store/journal.ts'

export class CallPath {
  readonly steps: StepRow[]
  #before: StepRow[] = []
  #callId: string
  #journal: Pick<Journal, 'note'>
  #clock: Clock

  /** `steps`: what is on disk already, for a call that is taken over. */
  constructor(callId: string, journal: Pick<Journal, 'note'>, clock: Clock, steps: StepRow[] = []) {
    this.#callId = callId
    this.#journal = journal
    this.#clock = clock
    this.steps = steps
  }

  /** With what happened before, on calls that are one with this: for the rules; the record of each call is its own. */
  get journey(): StepRow[] {
    return [...this.#before, ...this.steps]
  }

  goesOnAfter(earlier: CallPath): void {
    this.#before.push(...earlier.journey)
  }

  /** Notes a step; it is on disk with the next commit, or a fifth of a second later. */
  add(step: Step): void {
    this.#journal.note(this.entry(step))
  }

  /** The step as a journal entry, for a commit together with other truth. */
  entry(step: Step): JournalEntry {
    const row: StepRow = { ...step, time: this.#clock.now() }
    this.steps.push(row)
    return stepEntry(this.#callId, this.steps.length - 1, row)
  }
}

export function stepEntry(callId: string, seq: number, { time, kind, ...detail }: StepRow): JournalEntry {
  return { op: 'step', row: { callId, seq, at: time, kind, detail } }
}
