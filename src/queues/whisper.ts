/** What an operator hears before the caller: on which of our numbers he rang, and what he has chosen. Pure. */
import type { Spoken } from '../config/sections/flows.ts'
import { isWhisperWord } from '../config/sections/people.ts'
import type { Step } from '../model/call-outcome.ts'

/** `whisper`: of the group, `line`, `choice`, `both`, `off` or a sound. */
export function whisperParts(whisper: string, line: { name: string }, steps: readonly Step[]): Spoken[] {
  if (!isWhisperWord(whisper)) return [whisper]
  const parts: Spoken[] = []
  if (whisper === 'line' || whisper === 'both') parts.push({ text: line.name })
  const chosen = steps.findLast((step) => step.kind === 'key')
  if (chosen && (whisper === 'choice' || whisper === 'both'))
    parts.push(chosen.label ? { text: chosen.label } : { digits: chosen.key.replace(/\D/g, '') })
  return parts
}
