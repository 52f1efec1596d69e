/** One step of a flow: an exhaustive switch over the words of the configuration. */
import { DateTime } from 'luxon'
import type { Step } from '../config/sections/flows.ts'
import { isOpen } from '../model/business-hours.ts'
import type { Media, PlayResult } from '../telephony/api.ts'
import { cause } from '../telephony/hangup-cause.ts'
import { runMenu } from './menu.ts'
import { callbackAfterMeeting, offerCallback } from './offer-callback.ts'
import { withOperatorKey } from './operator-key.ts'
import { promptMedia } from './prompt.ts'
import { ringWithOffer } from './ring-with-offer.ts'
import type { Leave, RingEnd, StepContext } from './step-context.ts'

/** Runs steps in order until one of them leaves. */
export async function runSteps(context: StepContext, steps: readonly Step[]): Promise<Leave> {
  for (const step of steps) {
    const left = await withOperatorKey(context, step, (scope) => runStep(scope, step))
    if (left.kind !== 'next') return left
  }
  return { kind: 'next' }
}

export async function runStep(context: StepContext, step: Step): Promise<Leave> {
  switch (step.kind) {
    case 'play':
      context.note({ kind: 'played', sounds: step.play, at: step.at })
      return play(context, step.play, promptMedia(context, step.play, step.at), step.at)
    case 'say': {
      context.note({ kind: 'lookup', at: step.at })
      const media = await context.spoken(step.say)
      if (media.length === 0) context.note({ kind: 'sound-failed', sounds: ['say'], at: step.at })
      const left = await play(context, ['say'], media, step.at)
      context.note({ kind: 'told', at: step.at })
      return left
    }
    case 'menu':
      return runMenu(context, step.menu, step.at, (steps) => runSteps(context, steps))
    case 'when':
      return when(context, step)
    case 'announce_recording':
      return announceRecording(context, step)
    case 'ring': {
      const { offer_callback: offer } = step.ring
      if (offer && context.callbacks) return ringWithOffer(context, step, offer.key, context.callbacks, afterRing)
      return afterRing(context, await context.ring(step, context.signal))
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
      return runSteps(context, step.unanswered)
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

async function afterRing(context: StepContext, end: RingEnd): Promise<Leave> {
  if (typeof end === 'object') return runSteps(context, end.route)
  return { kind: end === 'talked' ? 'over' : 'next' }
}

const hangupCause = { normal: cause.normal, busy: cause.busy, congestion: cause.congestion }

async function play(context: StepContext, names: string[], media: Media[], at: string | undefined): Promise<Leave> {
  await playAll(context, names, media, at)
  return { kind: 'next' }
}

async function playAll(
  context: StepContext,
  names: string[],
  media: Media[],
  at: string | undefined,
): Promise<PlayResult> {
  const result = await context.leg.play(media, { signal: context.signal })
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
  const result = await playAll(context, [sound], media, at)
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

async function when(context: StepContext, step: Extract<Step, { kind: 'when' }>): Promise<Leave> {
  const { config, clock } = context
  if ('meeting' in step.when)
    return runSteps(context, context.inMeeting(step.when.meeting) ? step.do : (step.else ?? []))
  const name = 'open' in step.when ? step.when.open : step.when.closed
  const hours = config.hours[name]!
  const open = isOpen(hours, hours.closedDays, config.company.timezone, clock.now())
  if (!open) context.note({ kind: 'closed', hours: name, at: step.at })
  const met = 'open' in step.when ? open : !open
  return runSteps(context, met ? step.do : (step.else ?? []))
}
