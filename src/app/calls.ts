/** The way of a caller: from his arrival through the flow to the verdict and what follows from it. */
import { join } from 'node:path'
import type { Call } from '../calls/call.ts'
import { type EndOfCall, type EndOfCallDeps, endOfCall } from '../calls/end-of-call.ts'
import { type InboundDeps, learnName } from '../calls/inbound.ts'
import { fullRoute, isBeyondItsLine } from '../calls/full-line.ts'
import { runFlow, runRoute } from '../ivr/flow-runner.ts'
import { inboundScript } from '../ivr/inbound-script.ts'
import type { StepContext } from '../ivr/step-context.ts'
import { successMs } from '../missed-calls/callback-plan.ts'
import { callerHistory } from '../missed-calls/caller-history.ts'
import { followUps } from '../missed-calls/follow-ups.ts'
import { ignoreRules } from '../missed-calls/ignore-rules.ts'
import { verdictOf } from '../missed-calls/verdict.ts'
import { ringStep } from '../queues/ring-step.ts'
import { transferCaller } from '../queues/transfer.ts'
import { spokenLater } from '../store/call-records.ts'
import type { Transfer } from '../telephony/api.ts'
import { FALLBACK_CONTEXT } from '../telephony/contexts.ts'
import { countCall } from './figures.ts'
import type { Meetings } from '../callbacks/meetings.ts'
import { mayBeCalled } from '../missed-calls/may-be-called.ts'
import type { Ground } from './ground.ts'
import type { People } from './people.ts'
import type { Sound } from './sound.ts'

export interface Calls {
  /** What the steps of a caller's flow work with. */
  script: (call: Call) => StepContext
  endOfCall: EndOfCall
  inbound: InboundDeps
}

/** `onMissed`: a mail and perhaps a call-back wait since now. */
export function callsRoom(
  ground: Ground,
  { ringDeps }: People,
  sound: Sound,
  meetings: Meetings,
  onMissed: (call: EndedCall) => void,
): Calls {
  const { clock, metrics, journal, log, prisma, node, live, snapshot, names } = ground
  const recordingsDir = recordingsFolder(ground)
  const script = (call: Call) =>
    inboundScript(
      {
        clock,
        recordingsDir,
        sounds: sound.sounds,
        spoken: sound.spoken,
        ring: (ringing, step, signal) => ringStep(ringDeps, ringing, step, signal),
        meetings,
        mayBeCalled: (number, { snapshot: { config } }) => mayBeCalled(prisma, config, number),
        commit: (entries) => journal.commit(entries),
        onKey: (flow, key) => metrics.menuChoices.inc({ flow, key }),
      },
      call,
    )
  /** Nobody takes a transferred caller: what the flow of the line has for those whom nobody answered. */
  const transferred = async (call: Call, transfer: Transfer) => {
    const end = await transferCaller(ringDeps, call, transfer)
    if (typeof end === 'object') return runFlow(script(call), end.flow)
    // a campaign need not have a line, and that of a call-back may have gone
    const line = call.snapshot.config.lines[call.line.number]
    const last = line && call.snapshot.config.flows[line.flow]?.at(-1)
    if (end === 'nobody' && last?.kind === 'unanswered') await runRoute(script(call), last.unanswered)
  }
  const end = endOfCall({
    journal,
    clock,
    log,
    live,
    spokenLater: async ({ id, caller: { number }, snapshot: { config } }, since) =>
      number && spokenLater(prisma, { id, number }, since, successMs(config), clock.now()),
    // who writes a mail can wait for a CRM a moment longer than who rings a phone
    learnName: (call) => learnName({ names }, call),
    verdict: (journey, config) => verdictOf(journey, ignoreRules(config)),
    followUps: async (call, verdict) => {
      const now = clock.now()
      return followUps(call, verdict, await callerHistory(prisma, call, now), now)
    },
    onEnd: (call, verdict) => {
      if (call.direction !== 'inbound') return
      countCall(metrics, call, verdict)
      if (verdict.verdict === 'missed') onMissed(call)
      const { reason, waitMs } = verdict
      log.info('a call ended', { call: call.id, verdict: verdict.verdict, reason, waitMs })
    },
  })
  return {
    script,
    endOfCall: end,
    inbound: {
      node,
      journal,
      clock,
      log,
      live,
      names,
      snapshot,
      endOfCall: end,
      runFlow: (call, flow) =>
        isBeyondItsLine(call, live) ? runRoute(script(call), fullRoute(call)) : runFlow(script(call), flow),
      transferred,
      fallback: (leg) => leg.continueInDialplan(FALLBACK_CONTEXT),
    },
  }
}

type EndedCall = Parameters<EndOfCallDeps['onEnd']>[0]

/** Where voice messages lie until their mails are sent, and after. */
export function recordingsFolder({ settings }: Ground): string {
  return join(settings.dataFolder, 'voicemail')
}
