/** A caller's flow: what its steps work with. */
import { DateTime } from 'luxon'
import type { Call } from '../calls/call.ts'
import { operatorOf } from '../config/checks/operator.ts'
import { owningGroup } from '../config/groups.ts'
import type { RingStep, Spoken } from '../config/sections/flows.ts'
import type { JournalEntry } from '../store/journal.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Language } from '../runtime/i18n.ts'
import type { Media } from '../telephony/api.ts'
import type { RingEnd, StepContext } from './step-context.ts'
import { takeMessage } from './voicemail.ts'

export interface InboundScriptDeps {
  clock: Clock
  recordingsDir: string
  sounds: (sound: string, language: Language) => Media[]
  spoken: (parts: readonly Spoken[], values: Readonly<Record<string, string>>, language: Language) => Promise<Media[]>
  ring: (call: Call, step: RingStep, signal: AbortSignal) => Promise<RingEnd>
  /** `flow`: in which the menu stands. */
  onKey: (flow: string, key: string) => void
  meetings: { isOn(person: string): boolean; untilOf(person: string): number | null }
  /** May the system call this number at all? */
  mayBeCalled: (number: string, call: Call) => Promise<boolean>
  commit: (entries: JournalEntry[]) => Promise<void>
}

export function inboundScript(deps: InboundScriptDeps, call: Call): StepContext {
  const { leg } = call
  const { config } = call.snapshot
  const { language } = config.company
  const sounds = (sound: string) => deps.sounds(sound, language)
  let flow = ''
  const note: StepContext['note'] = (step) => {
    call.path.add(step)
    if (step.kind === 'flow') flow = step.flow
    if (step.kind === 'key') deps.onKey(flow, step.key.length === 1 ? step.key : 'extension')
    if (step.kind === 'silence') deps.onKey(flow, 'timeout')
    if (step.kind === 'wrong-key') deps.onKey(flow, 'invalid')
  }
  return {
    leg,
    config,
    clock: deps.clock,
    signal: leg.signal,
    operatorKey: operatorOf(config),
    note,
    sounds,
    spoken: (parts) =>
      deps.spoken(
        withEnds(parts, deps.meetings, config.company.timezone),
        { caller: call.caller.number ?? '' },
        language,
      ),
    ring: (step, signal) => deps.ring(call, step, signal),
    voicemail: (step, signal) => takeMessage({ leg, recordingsDir: deps.recordingsDir, sounds, note }, step, signal),
    inMeeting: (person) => deps.meetings.isOn(person),
    callbacks: {
      caller: call.caller.number,
      mayBeCalled: (number) => deps.mayBeCalled(number, call),
      owner: () => {
        const rung = call.path.steps.findLast((step) => step.kind === 'ring')
        return owningGroup(config, call.line.number, rung?.to ?? null)
      },
      waitsSince: () => call.path.steps.find((step) => step.kind === 'ring')?.time ?? deps.clock.now(),
      ask: (step) => deps.commit([call.path.entry(step)]),
    },
    // steps of a campaign's script: the configuration refuses them in a flow
    onAnswer: () => Promise.resolve(),
    onOptOut: () => Promise.resolve(),
  }
}

/** The end of a meeting as a time of the day; left out when nobody knows it. */
function withEnds(parts: readonly Spoken[], meetings: InboundScriptDeps['meetings'], zone: string): Spoken[] {
  return parts.flatMap((part): Spoken[] => {
    if (typeof part === 'string' || !('until' in part)) return [part]
    const until = meetings.untilOf(part.until)
    return until === null ? [] : [{ time: DateTime.fromMillis(until, { zone }).toFormat('HH:mm') }]
  })
}
