/**
 * A caller need not wait: he presses a key, confirms the number (or dials another), hangs up and keeps his place. What he asked for is on
 * disk before he is told that he will be called.
 */
import type { HousePrompt } from '../prompts/house-prompts.ts'
import type { Step } from '../config/sections/flows.ts'
import { promptForKey, promptMedia } from './prompt.ts'
import type { CallbackDesk, Leave, StepContext } from './step-context.ts'
import { parsePhone } from '../model/phone-number.ts'
import type { KeyBuffer } from '../telephony/api.ts'

type Offer = Extract<Step, { kind: 'offer_callback' }>

const CONFIRM_MS = 6_000
const DIGIT_MS = 5_000
const TRIES = 3
const MOST_DIGITS = 15

export async function offerCallback(context: StepContext, { offer_callback: offer, at }: Offer): Promise<Leave> {
  const { leg, callbacks, operatorKey } = context
  if (!callbacks) return { kind: 'next' }
  context.note({ kind: 'offer', at })
  const media = promptMedia(context, [offer.play ?? house('offer-call-back')], at)
  const ahead = takeTypedAhead(leg.keys)
  const wanted = ahead.startsWith(offer.key)
  // a key that was typed ahead and is not this one's says nothing of the offer, and may be for a menu behind it
  const key = wanted ? offer.key : await promptForKey(leg, media, offer.wait, context.signal, () => {})
  leg.keys.putBack(wanted ? ahead.slice(1) : ahead)
  if (key === operatorKey?.key && key !== offer.key) return { kind: 'operator' }
  if (key !== offer.key) return { kind: 'next' }
  context.note({ kind: 'key', key, label: null, at })
  return promise(context, callbacks, offer.to ?? callbacks.owner(), false, at)
}

function takeTypedAhead(keys: KeyBuffer): string {
  let typed = ''
  for (let key = keys.take(); key !== null; key = keys.take()) typed += key
  return typed
}

/** He hears that somebody is in a meeting, and has pressed a key to be called after it. */
export async function callbackAfterMeeting(
  context: StepContext,
  step: Extract<Step, { kind: 'callback_after_meeting' }>,
): Promise<Leave> {
  const { callbacks } = context
  if (!callbacks) return { kind: 'next' }
  context.note({ kind: 'offer', at: step.at })
  return promise(context, callbacks, step.callback_after_meeting, true, step.at)
}

/** Agrees on a number and promises the call. `next`: there is none that could be called. */
export async function promise(
  context: StepContext,
  callbacks: CallbackDesk,
  to: string,
  afterMeeting: boolean,
  at: string | undefined,
): Promise<Leave> {
  const number = await agreeOnNumber(context, callbacks)
  if (number === null) return { kind: 'next' }
  await callbacks.ask({ kind: 'callback-asked', number, to, since: callbacks.waitsSince(), afterMeeting, at })
  await context.leg.play(context.sounds(house('call-back-promised')), { signal: context.signal })
  return { kind: 'over' }
}

/** Null: there is no number that we could call. */
async function agreeOnNumber(context: StepContext, callbacks: CallbackDesk): Promise<string | null> {
  const { leg, signal, config } = context
  const own = callbacks.caller && (await callbacks.mayBeCalled(callbacks.caller)) ? callbacks.caller : null
  let number = own
  for (let tries = 0; tries < TRIES; tries++) {
    if (number !== null) {
      const said = [
        ...(await context.spoken([house('call-back-number'), { digits: number }, house('call-back-confirm')])),
      ]
      const key = await promptForKey(leg, said, CONFIRM_MS, signal, () => {})
      if (key !== '2') return number // who says nothing has asked for a call all the same
    }
    const digits = await readDigits(context)
    const dialled = parsePhone(digits, config.company.country, 'dialled')
    number = dialled !== null && (await callbacks.mayBeCalled(dialled)) ? dialled : null
    if (number === null) await leg.play(context.sounds(house('call-back-bad-number')), { signal })
  }
  return number ?? own
}

async function readDigits(context: StepContext): Promise<string> {
  const { leg, signal } = context
  let digits = (await promptForKey(leg, context.sounds(house('call-back-enter')), DIGIT_MS, signal, () => {})) ?? ''
  if (digits === '#' || digits === '') return ''
  while (digits.length < MOST_DIGITS) {
    const next = await leg.keys.next(DIGIT_MS, signal)
    if (next === null || next === '#') break
    digits += next
  }
  return digits
}

function house(name: HousePrompt extends `prompts/perezvon/${infer N}` ? N : never): HousePrompt {
  return `prompts/perezvon/${name}`
}
