/**
 * A key that is pressed while something is played: it ends what is played, and stays for the menu that follows. Must the words be heard, or does
 * nothing follow but the end of the call, they are played on: nobody is to be hung up on because a key was pressed twice.
 */
import type { Config } from '../config/schema.ts'
import type { Menu, Step } from '../config/sections/flows.ts'
import { childController } from '../runtime/abort.ts'
import type { Media, PlayResult } from '../telephony/api.ts'
import type { StepContext } from './step-context.ts'

/** Thrown into a sound when a key was pressed that nobody took. */
class KeyPressed extends Error {
  override name = 'KeyPressed'
}

/** `interrupted`: it was not heard to its end. The operator's key ends it through the context's signal. */
export async function playUntilKey(context: StepContext, media: Media[], mayBeCut: boolean): Promise<PlayResult> {
  const { leg } = context
  const { controller, unlink } = childController(context.signal)
  const unwatch = leg.keys.watch(() => {
    if (mayBeCut) controller.abort(new KeyPressed())
    return false
  })
  try {
    return await leg.play(media, { signal: controller.signal })
  } finally {
    unwatch()
    unlink()
  }
}

/** Does a key that was typed ahead choose in the menu behind? Then the caller need not hear what comes before it. */
export function isTypedAhead(context: StepContext, following: readonly Step[]): boolean {
  const key = context.leg.keys.peek()
  const next = key === null ? 'other' : whatFollows(context.config, following)
  return key !== null && typeof next === 'object' && meansSomething(context, next, key)
}

/** Is there anything to get to with a key? */
export function leadsOn({ config }: StepContext, following: readonly Step[]): boolean {
  return whatFollows(config, following) !== 'end'
}

function meansSomething({ config, operatorKey }: StepContext, menu: Menu, key: string): boolean {
  if (key in menu.keys || key === operatorKey?.key) return true
  if (menu.extension !== 'allowed') return false
  const devices = Object.values(config.people).flatMap(({ rings }) => rings)
  return devices.some((device) => device.kind === 'phone' && device.extension.startsWith(key))
}

/** What a caller comes to after words that are only played: a menu, something else, or with the last step the end of the call. */
function whatFollows(config: Config, steps: readonly Step[], flows = new Set<string>()): Menu | 'end' | 'other' {
  for (const step of steps) {
    switch (step.kind) {
      case 'play':
      case 'say':
      case 'announce_recording':
      case 'answer':
        continue
      case 'menu':
        return step.menu
      case 'hangup':
        return 'end'
      case 'go_to': {
        if (flows.has(step.go_to)) return 'other'
        return whatFollows(config, config.flows[step.go_to] ?? [], flows.add(step.go_to))
      }
      case 'unanswered':
        return whatFollows(config, step.unanswered, flows)
      default:
        return 'other'
    }
  }
  return 'end'
}
