/** One answered call of a campaign, from pick-up to hang-up: the script, the opt-out key that works anywhere, and the word that it earned. */
import type { CampaignPlan } from '../config/sections/campaigns.ts'
import type { RingStep } from '../config/sections/flows.ts'
import { childController } from '../runtime/abort.ts'
import type { Language } from '../runtime/i18n.ts'
import { CallEnded, type Leg } from '../telephony/api.ts'
import { statusOfTalk, type TalkStatus } from './contact-status.ts'
import { countQuestions, questionNumbers } from './questions.ts'
import type { ScriptRunner } from './script-runner.ts'

export interface CampaignCallParts {
  runScript: ScriptRunner
  /** Where the sounds of the configuration lie, as Asterisk names them. */
  mediaOf: (sound: string) => string
  /** Rings people for a `ring` step and lets them talk. */
  handOver: (leg: Leg, step: RingStep) => Promise<'talked' | 'nobody'>
  /** Tells a machine from a person before anything is said; missing: everybody counts as a person. */
  whoAnswered?: (leg: Leg) => Promise<'person' | 'machine'>
  /** Milliseconds of a clock that only goes forward. */
  monotonic: () => number
}

/** What must be on disk the moment it happens. */
export interface CampaignCallRecord {
  answer(question: number, word: string): Promise<void>
  optOut(): Promise<void>
}

export interface TalkOutcome {
  status: TalkStatus
  heardMs: number
  answers: Record<string, string>
}

/** Aborts the script when the person does not want to be called again. */
class OptedOut extends Error {
  override name = 'OptedOut'
}
/** The confirmation of an opt-out is short; nobody is kept on the line for it. */
const CONFIRM_MS = 15_000

/** Runs to the end of the call and hangs up. Rejects only when the database refused an opt-out: that must not pass in silence. */
export async function runCampaignCall(
  leg: Leg,
  plan: CampaignPlan,
  spoken: { values: Record<string, string>; language: Language },
  record: CampaignCallRecord,
  parts: CampaignCallParts,
): Promise<TalkOutcome> {
  const began = parts.monotonic()
  const numbers = questionNumbers(plan.script)
  const answers: Record<string, string> = {}
  const { controller, unlink } = childController(leg.signal)
  const talk = { optedOut: false, finished: false, broken: false }
  const optOut = { recorded: null as Promise<void> | null }
  let machine = false
  let confirmation = plan.opt_out.confirm
  /** At once, not when the script has come to an end: he may hang up with the key. */
  const optOutNow = (): Promise<void> => {
    talk.optedOut = true
    optOut.recorded ??= record.optOut()
    optOut.recorded.catch(() => {}) // awaited below
    controller.abort(new OptedOut('the person opted out'))
    return optOut.recorded
  }
  const unwatch = leg.keys.watch((key) => {
    if (key !== plan.opt_out.key) return false
    void optOutNow()
    return true
  })

  try {
    machine = (await parts.whoAnswered?.(leg)) === 'machine'
    if (!machine)
      await parts.runScript(leg, plan.script, {
        ...spoken,
        signal: controller.signal,
        async onAnswer(step) {
          const question = numbers.get(step) ?? 1
          answers[question] = step.answer
          await record.answer(question, step.answer)
        },
        onOptOut(step) {
          if (step.opt_out !== true) confirmation = step.opt_out
          return optOutNow()
        },
        onRing: (step) => parts.handOver(leg, step),
      })
    talk.finished = !talk.optedOut
  } catch (error) {
    if (!(error instanceof OptedOut) && !(error instanceof CallEnded) && !talk.optedOut) {
      talk.broken = true
      leg.log.error('the script of a campaign broke', { error })
    }
  } finally {
    unwatch()
    unlink()
  }
  const heardMs = parts.monotonic() - began
  try {
    await optOut.recorded
    if (talk.optedOut && confirmation) await confirm(leg, parts.mediaOf(confirmation))
  } finally {
    await leg.hangup().catch((error: unknown) => leg.log.warn('a campaign call could not be hung up', { error }))
  }
  if (machine) return { status: 'machine', heardMs: 0, answers }
  const status = statusOfTalk({
    ...talk,
    heardMs,
    enoughMs: plan.heard,
    answers,
    questions: countQuestions(plan.script),
    mustAnswer: plan.kind === 'survey',
  })
  return { status, heardMs, answers }
}

async function confirm(leg: Leg, media: string): Promise<void> {
  if (leg.signal.aborted) return
  await leg.play([media], { signal: AbortSignal.timeout(CONFIRM_MS) }).catch((error: unknown) => {
    if (!(error instanceof CallEnded)) leg.log.warn('the confirmation of an opt-out was not played', { error })
  })
}

/** What a script may speak: every column of the list, and the names that the campaign gives to columns. */
export function scriptValues(
  plan: Pick<CampaignPlan, 'columns'>,
  values: Record<string, string>,
): Record<string, string> {
  const named = Object.entries(plan.columns).map(([name, column]) => [name, values[column] ?? ''])
  return { ...values, ...Object.fromEntries(named) }
}
