/** Which prompts a configuration plays. */
import type { Config } from '../config/schema.ts'
import type { Step } from '../config/sections/flows.ts'
import { isWhisperWord } from '../config/sections/people.ts'
import { allSteps } from '../config/walk-steps.ts'

/** Names, sorted, each once. */
export function usedPrompts(config: Pick<Config, 'flows' | 'campaigns' | 'music' | 'groups' | 'lines'>): string[] {
  const names = new Set<string>()
  for (const { step } of allSteps(config)) for (const name of promptsOf(step)) names.add(name)
  for (const { opt_out } of Object.values(config.campaigns))
    if (opt_out.confirm !== undefined) names.add(opt_out.confirm)
  for (const { whisper } of Object.values(config.groups)) if (!isWhisperWord(whisper)) names.add(whisper)
  for (const { slogans = [] } of Object.values(config.music)) for (const slogan of slogans) names.add(slogan)
  return [...names].toSorted()
}

function promptsOf(step: Step): string[] {
  switch (step.kind) {
    case 'play':
      return step.play
    case 'say':
      return step.say.filter((part) => typeof part === 'string')
    case 'menu':
      return [...step.menu.play, ...(step.menu.wrong_prompt === undefined ? [] : [step.menu.wrong_prompt])]
    case 'voicemail':
      return step.voicemail.play === undefined ? [] : [step.voicemail.play]
    case 'announce_recording':
      return [step.announce_recording]
    case 'opt_out':
      return typeof step.opt_out === 'string' ? [step.opt_out] : []
    case 'offer_callback':
      return step.offer_callback.play === undefined ? [] : [step.offer_callback.play]
    case 'ring':
      return step.ring.offer_callback?.play === undefined ? [] : [step.ring.offer_callback.play]
    case 'callback_after_meeting':
    case 'when':
    case 'go_to':
    case 'hangup':
    case 'unanswered':
    case 'answer':
      return []
  }
}
