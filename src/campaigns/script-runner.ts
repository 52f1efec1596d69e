/** What a campaign asks of whoever plays scripts (the ivr room); app.ts joins the two. */
import type { RingStep, Step } from '../config/sections/flows.ts'
import type { Language } from '../runtime/i18n.ts'
import type { Leg } from '../telephony/api.ts'

export interface ScriptHooks {
  /** What stands for `{{ name }}` in spoken values. */
  values: Readonly<Record<string, string>>
  language: Language
  /**
   * Aborts when the person has pressed the opt-out key or is gone. The runner stops whatever it plays or waits for and rejects with the
   * signal's reason.
   */
  signal: AbortSignal
  /** At an `answer` step. Resolves once the word is on disk; the script goes on after that. */
  onAnswer(step: Extract<Step, { kind: 'answer' }>): Promise<void>
  /** At an `opt_out` step. Never resolves with the script going on: it aborts `signal`. */
  onOptOut(step: Extract<Step, { kind: 'opt_out' }>): Promise<void>
  /** At a `ring` step: hands the person to people. Resolves when that talk is over, or when nobody took it. */
  onRing(step: RingStep): Promise<'talked' | 'nobody'>
}

/** `end`: the last step was played. `hangup`: a `hangup` step. Rejects with CallEnded when the person hung up. */
export type ScriptOutcome = { kind: 'end' | 'hangup' }

/** Plays the steps on an answered leg: prompts, spoken values, menus with barge-in. Takes no step that only callers can have. */
export type ScriptRunner = (leg: Leg, steps: readonly Step[], hooks: ScriptHooks) => Promise<ScriptOutcome>
