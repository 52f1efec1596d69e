/** Play and listen for a key at the same time: a caller who knows the menu need not hear it to its end. */
import { childController, sleep } from '../runtime/abort.ts'
import type { Leg, Media } from '../telephony/api.ts'
import type { StepContext } from './step-context.ts'

/** What is there to play of these prompts. A missing one is our fault, not the caller's: it is noted, and the flow goes on without it. */
export function promptMedia(
  { leg, sounds, note }: Pick<StepContext, 'leg' | 'sounds' | 'note'>,
  names: string[],
  at: string | undefined,
): Media[] {
  const missing = names.filter((name) => sounds(name).length === 0)
  if (missing.length > 0) {
    leg.log.error('a prompt is missing', { sounds: missing, at })
    note({ kind: 'sound-failed', sounds: missing, at })
  }
  return names.flatMap((name) => sounds(name))
}

/** No prompt is longer; the silence after it has its own limit. */
const LONGEST_MS = 3_600_000

/** The key that was pressed during the sound or within `waitMs` after it; null: none. `onFailed`: a sound could not be played. */
export async function promptForKey(
  leg: Leg,
  media: Media[],
  waitMs: number,
  signal: AbortSignal,
  onFailed: () => void,
): Promise<string | null> {
  const { controller, unlink } = childController(leg.signal, signal)
  try {
    if (leg.keys.peek() !== null) return await leg.keys.next(0) // typed ahead
    if (media.length === 0) await leg.answer() // without a sound that does it; an unanswered phone sends no keys
    const key = leg.keys.next(LONGEST_MS, controller.signal)
    const silence = leg.play(media, { signal: controller.signal }).then(async (result) => {
      if (result === 'failed') onFailed()
      if (result !== 'interrupted') await sleep(waitMs, controller.signal)
      return null
    })
    silence.catch(() => {})
    key.catch(() => {})
    const pressed = await Promise.race([key, silence])
    if (signal.aborted) throw signal.reason as Error
    return pressed
  } finally {
    controller.abort()
    unlink()
  }
}
