/** The same steps for a campaign's script: no operator's key, no answerphone, values of the contact. */
import type { Config } from '../config/schema.ts'
import type { Spoken, Step } from '../config/sections/flows.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Language } from '../runtime/i18n.ts'
import type { Leg, Media } from '../telephony/api.ts'
import type { StepContext } from './step-context.ts'
import { runSteps } from './steps.ts'

export interface ScriptDeps {
  config: () => Config
  clock: Clock
  sounds: (sound: string, language: Language) => Media[]
  spoken: (parts: readonly Spoken[], values: Readonly<Record<string, string>>, language: Language) => Promise<Media[]>
}
/** What the campaign wants to hear of; the shape of campaigns/script-runner.ts. */
interface Hooks extends Pick<StepContext, 'signal' | 'onAnswer' | 'onOptOut'> {
  values: Readonly<Record<string, string>>
  language: Language
  onRing(step: Extract<Step, { kind: 'ring' }>): Promise<'talked' | 'nobody'>
}

export function campaignScript(deps: ScriptDeps) {
  return async (leg: Leg, steps: readonly Step[], hooks: Hooks): Promise<{ kind: 'end' | 'hangup' }> => {
    const { language, values, signal } = hooks
    const left = await runSteps(
      {
        leg,
        config: deps.config(),
        clock: deps.clock,
        signal,
        operatorKey: null,
        note: () => {}, // an attempt keeps its answers, not its path
        sounds: (sound) => deps.sounds(sound, language),
        spoken: (parts) => deps.spoken(parts, values, language),
        ring: (step) => hooks.onRing(step),
        voicemail: () => Promise.resolve('interrupted'), // the configuration refuses it in a script
        inMeeting: () => false,
        callbacks: null,
        onAnswer: hooks.onAnswer.bind(hooks),
        onOptOut: hooks.onOptOut.bind(hooks),
      },
      steps,
    )
    signal.throwIfAborted()
    return { kind: left.kind === 'hung-up' ? 'hangup' : 'end' }
  }
}
