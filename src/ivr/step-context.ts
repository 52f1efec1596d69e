/** What a step of a flow or of a campaign's script works with, and how it is left. */
import type { Config } from '../config/schema.ts'
import type { RingStep, Spoken, Step, VoicemailStep } from '../config/sections/flows.ts'
import type { Step as PathStep } from '../model/call-outcome.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Leg, Media } from '../telephony/api.ts'

export interface StepContext {
  leg: Leg
  config: Config
  clock: Clock
  /** Ends the step without ending the call. */
  signal: AbortSignal
  /** The key that reaches a person from anywhere; null in a campaign's script. */
  operatorKey: { key: string; ring: string } | null
  note: (step: PathStep) => void
  /** A prompt of the configuration as Asterisk plays it; empty when there is no such file. */
  sounds(sound: string): Media[]
  spoken(parts: readonly Spoken[]): Promise<Media[]>
  ring(step: RingStep, signal: AbortSignal): Promise<RingEnd>
  voicemail(step: VoicemailStep, signal: AbortSignal): Promise<'recorded' | 'interrupted'>
  /** Whether somebody is in a meeting now. */
  inMeeting(person: string): boolean
  /** Where call-backs are asked for; null in a campaign's script. */
  callbacks: CallbackDesk | null
  onAnswer(step: Extract<Step, { kind: 'answer' }>): Promise<void>
  onOptOut(step: Extract<Step, { kind: 'opt_out' }>): Promise<void>
}

/** `route`: nobody talked, and the group says what should follow. */
export type RingEnd = 'talked' | 'nobody' | { route: readonly Step[] }

/** What a caller who asks for a call is asked himself. */
export interface CallbackDesk {
  /** His own number, null when withheld. */
  caller: string | null
  /** May the system call this number at all? */
  mayBeCalled(number: string): Promise<boolean>
  /** Whose caller it is, a group or a person: whom they waited for last, else whose line they called. */
  owner(): string
  /** Since when he waits. */
  waitsSince(): number
  /** Resolves when it is on disk. */
  ask(step: Extract<PathStep, { kind: 'callback-asked' }>): Promise<void>
}

/** How a step, or a list of steps, was left. `next`: the caller was not connected and the flow goes on. */
export type Leave =
  | { kind: 'next' }
  /** He talked with a person, or the step was the last thing to be done. */
  | { kind: 'over' }
  | { kind: 'hung-up' }
  | { kind: 'go-to'; flow: string }
  /** He asked for the operator. */
  | { kind: 'operator' }
