/**
 * The voice menu. Silence and wrong keys are counted apart: who thinks is not who errs. Each has its own way out, and `else` is
 * the way of both; without it the operator is.
 *
 * A key that was pressed before this menu said anything chooses in it, if it means something here. If not, it was meant for something else, the end of
 * a greeting for example, and is forgotten: nobody has erred in a menu that they have not heard.
 */
import type { Config } from '../config/schema.ts'
import type { Menu, Step } from '../config/sections/flows.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Media } from '../telephony/api.ts'
import { promptForKey, promptMedia } from './prompt.ts'
import type { Leave, StepContext } from './step-context.ts'

/** How long a next digit of an extension may take. */
const DIGIT_MS = 1_500

type RunSteps = (steps: Step[]) => Promise<Leave>

export async function runMenu(context: StepContext, menu: Menu, at: string | undefined, run: RunSteps): Promise<Leave> {
  const { leg, config, operatorKey, note } = context
  const wrongPrompt = context.sounds(menu.wrong_prompt ?? 'prompts/perezvon/wrong-key')
  const soundFailed = () => note({ kind: 'sound-failed', sounds: menu.play, at })
  let silent = 0
  let wrong = 0
  let before: Media[] = []
  let said = false
  note({ kind: 'menu', at })
  const media = promptMedia(context, menu.play, at)
  while (silent < menu.tries && wrong < menu.tries) {
    said ||= leg.keys.peek() === null
    const key = await promptForKey(leg, [...before, ...media], menu.wait, context.signal, soundFailed)
    before = []
    if (key === null) {
      silent++
      note({ kind: 'silence', at })
      continue
    }
    crashPoint('menu.key')
    const { digits, person } = await readExtension(context, menu, key)
    if (person) {
      note({ kind: 'key', key: digits, label: config.people[person]!.name, at })
      return run([{ kind: 'ring', ring: { to: person, screen: true }, ...(at && { at }) }])
    }
    const chosen = digits.length === 1 ? menu.keys[digits] : undefined
    if (chosen) {
      note({ kind: 'key', key: digits, label: labelOf(config, chosen), at })
      return run(chosen)
    }
    if (digits === operatorKey?.key) {
      note({ kind: 'key', key: digits, label: null, at })
      return { kind: 'operator' }
    }
    if (!said) continue
    wrong++
    note({ kind: 'wrong-key', key: digits, at })
    before = wrongPrompt
  }
  const way = (wrong >= menu.tries ? menu.on_wrong : menu.on_silence) ?? menu.else
  return way ? run(way) : { kind: 'operator' }
}

/**
 * After a first digit with which an extension begins, waits for the rest of it. `1` alone is still the menu's 1, and where no extension
 * begins with `15`, 5 was meant for the menu behind 1.
 */
async function readExtension(
  { leg, config, signal }: StepContext,
  menu: Menu,
  first: string,
): Promise<{ digits: string; person: string | null }> {
  if (menu.extension !== 'allowed') return { digits: first, person: null }
  const extensions = new Map<string, string>()
  for (const [person, { rings }] of Object.entries(config.people))
    for (const device of rings) if (device.kind === 'phone') extensions.set(device.extension, person)
  let digits = first
  for (;;) {
    const longer = [...extensions.keys()].some((known) => known.startsWith(digits) && known.length > digits.length)
    const person = extensions.get(digits) ?? null
    const next = longer ? await leg.keys.next(DIGIT_MS, signal) : null
    if (next !== null) digits += next
    else if (person || digits.length !== 2 || !(first in menu.keys)) return { digits, person }
    else {
      leg.keys.putBack(digits.slice(1))
      return { digits: first, person: null }
    }
  }
}

/** What a key leads to, in people's words: the group or person that it rings. */
function labelOf({ groups, people }: Config, steps: Step[]): string | null {
  for (const step of steps) {
    if (step.kind === 'ring') return groups[step.ring.to]?.name ?? people[step.ring.to]?.name ?? step.ring.to
    if (step.kind === 'go_to') return step.go_to
    if (step.kind === 'voicemail') return groups[step.voicemail.to]?.name ?? people[step.voicemail.to]?.name ?? null
  }
  return null
}
