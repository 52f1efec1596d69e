/** One step of a flow: an exhaustive switch over the words of the configuration. */
import { DateTime } from 'luxon'
import type { Step } from '../config/sections/flows.ts'
import { isOpen } from '../model/business-hours.ts'
import type { Media, PlayResult } from '../telephony/api.ts'
import { cause } from '../telephony/hangup-cause.ts'
import { isTypedAhead, leadsOn, playUntilKey } from './barge-in.ts'
import { runMenu } from './menu.ts'
import { callbackAfterMeeting, offerCallback } from './offer-callback.ts'
import { withOperatorKey } from './operator-key.ts'
import { promptMedia } from './prompt.ts'
import { ringWithOffer } from './ring-with-offer.ts'
import type { Leave, RingEnd, StepContext } from './step-context.ts'

/** Runs steps in order until one of them leaves. `after`: what a caller comes to when none does. */
export async function runSteps(
  context: StepContext,
  steps: readonly Step[],
  after: readonly Step[] = [],
): Promise<Leave> {
  for (const [i, step] of steps.entries()) {
    const following = [...steps.slice(i + 1), ...after]
    const left = await withOperatorKey(context, step, (scope) => runStep(scope, step, following))
    if (left.kind !== 'next') return left
  }
  return { kind: 'next' }
}

/** `following`: the steps to which a caller comes after it. */
export async function runStep(context: StepContext, step: Step, following: readonly Step[] = []): Promise<Leave> {
  switch (step.kind) {
    case 'play': {
      const maySkip = step.skip ?? true
      if (maySkip && isTypedAhead(context, following)) return { kind: 'next' }
      context.note({ kind: 'played', sounds: step.play, at: step.at })
      const media = promptMedia(context, step.play, step.at)
      await play(context, step.play, media, step.at, maySkip && leadsOn(context, following))
      return { kind: 'next' }
    }
    case 'say': {
      if (isTypedAhead(context, following)) return { kind: 'next' }
      context.note({ kind: 'lookup', at: step.at })
      const media = await context.spoken(step.say)
      if (media.length === 0) context.note({ kind: 'sound-failed', sounds: ['say'], at: step.at })
      const result = await play(context, ['say'], media, step.at, leadsOn(context, following))
      if (result !== 'interrupted') context.note({ kind: 'told', at: step.at })
      return { kind: 'next' }
    }
    case 'menu':
      return runMenu(context, step.menu, step.at, (steps) => runSteps(context, steps, following))
    case 'when':
      return when(context, step, following)
    case 'announce_recording':
      return announceRecording(context, step)
    case 'ring': {
      // a key that was typed ahead is for no menu behind a phone that rings
      context.leg.keys.clear()
      const { offer_callback: offer } = step.ring
      const after = (scope: StepContext, end: RingEnd) => afterRing(scope, end, following)
      if (offer && context.callbacks) return ringWithOffer(context, step, offer.key, context.callbacks, after)
      return after(context, await context.ring(step, context.signal))
    }
    case 'voicemail':
      return { kind: (await context.voicemail(step, context.signal)) === 'recorded' ? 'over' : 'next' }
    case 'go_to':
      return { kind: 'go-to', flow: step.go_to }
    case 'hangup':
      context.note({ kind: 'hung-up', by: 'us', cause: hangupCause[step.hangup] })
      await context.leg.hangup(hangupCause[step.hangup])
      return { kind: 'hung-up' }
    case 'unanswered':
      return runSteps(context, step.unanswered, following)
    case 'offer_callback':
      return offerCallback(context, step)
    case 'callback_after_meeting':
      return callbackAfterMeeting(context, step)
    case 'answer':
      context.note({ kind: 'answer', answer: step.answer })
      await context.onAnswer(step)
      return { kind: 'next' }
    case 'opt_out':
      context.note({ kind: 'opt-out' })
      await context.onOptOut(step)
      return { kind: 'over' }
  }
}

async function afterRing(context: StepContext, end: RingEnd, following: readonly Step[]): Promise<Leave> {
  // what was pressed while it rang, and meant nothing there, means nothing to a menu after it either
  if (end !== 'talked') context.leg.keys.clear()
  if (typeof end === 'object') return runSteps(context, end.route, following)
  return { kind: end === 'talked' ? 'over' : 'next' }
}

const hangupCause = { normal: cause.normal, busy: cause.busy, congestion: cause.congestion }

/** `mayBeCut`: a key ends it. `interrupted`: it was not heard to its end. */
async function play(
  context: StepContext,
  names: string[],
  media: Media[],
  at: string | undefined,
  mayBeCut: boolean,
): Promise<PlayResult> {
  const result = await playUntilKey(context, media, mayBeCut)
  if (result === 'done' && names.some((name) => isValidAnnouncement(context, name)))
    context.note({ kind: 'heard', sounds: names, at })
  if (result === 'failed') {
    context.leg.log.error('a prompt could not be played', { sounds: names, at })
    context.note({ kind: 'sound-failed', sounds: names, at })
  }
  return result
}

/** Only who has heard it to its end may be recorded. */
async function announceRecording(
  context: StepContext,
  { announce_recording: sound, at }: Extract<Step, { kind: 'announce_recording' }>,
): Promise<Leave> {
  const media = promptMedia(context, [sound], at)
  const result = await play(context, [sound], media, at, false)
  if (media.length > 0 && result === 'done') context.note({ kind: 'announced', sound, at })
  return { kind: 'next' }
}

/** What answers the caller: see `missed_calls.ignore`. A sound that is missing was not heard. */
function isValidAnnouncement(context: StepContext, name: string): boolean {
  const { config, clock } = context
  return config.missed_calls.ignore.announcements.some(({ play, until }) => {
    if (play !== name || context.sounds(name).length === 0) return false
    return until === undefined || clock.now() < DateTime.fromSQL(until, { zone: config.company.timezone }).toMillis()
  })
}

async function when(
  context: StepContext,
  step: Extract<Step, { kind: 'when' }>,
  following: readonly Step[],
): Promise<Leave> {
  const { config, clock } = context
  if ('meeting' in step.when)
    return runSteps(context, context.inMeeting(step.when.meeting) ? step.do : (step.else ?? []), following)
  const name = 'open' in step.when ? step.when.open : step.when.closed
  const hours = config.hours[name]!
  const open = isOpen(hours, hours.closedDays, config.company.timezone, clock.now())
  if (!open) context.note({ kind: 'closed', hours: name, at: step.at })
  const met = 'open' in step.when ? open : !open
  return runSteps(context, met ? step.do : (step.else ?? []), following)
}
