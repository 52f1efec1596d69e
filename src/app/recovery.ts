/** What a former life left, and what happened while we were away. */
import { flowOf } from '../calls/inbound.ts'
import { endDeskCall } from '../calls/desk-call.ts'
import { outsideTalk } from '../calls/outside-talk.ts'
import { type RecoveryDeps, resumeSteps } from '../calls/recovery.ts'
import { transferredArrivals } from '../calls/transferred-arrival.ts'
import { closedByOutsideTalk } from '../missed-calls/follow-ups.ts'
import { runFlow } from '../ivr/flow-runner.ts'
import { rescueMessage } from '../ivr/voicemail.ts'
import { runSteps } from '../ivr/steps.ts'
import { Recovery } from '../recovery.ts'
import { openCalls } from '../store/call-records.ts'
import type { AsteriskLink, LivingChannel } from '../telephony/link.ts'
import { type Calls, recordingsFolder } from './calls.ts'
import type { Callbacks } from './callbacks.ts'
import type { Ground } from './ground.ts'
import type { People } from './people.ts'

/** `firstTime`: starts what places calls, once it is known what was placed already. */
export function recoveryRoom(
  ground: Ground,
  telephony: AsteriskLink,
  { operators, guard, desksInHand }: People,
  { inbound, script }: Calls,
  callbacks: Callbacks,
  firstTime: () => void,
): { recovery: Recovery; takeTransferred: ReturnType<typeof transferredArrivals> } {
  const { prisma, journal, clock, log, node, config, snapshot, names } = ground
  const adopt = (channel: LivingChannel) => telephony.adopt(channel)
  const hold = operators.hold.bind(operators)
  const callsDeps: RecoveryDeps = {
    ...inbound,
    openCalls: () => openCalls(prisma, node),
    adopt,
    hold,
    rescue: (path) => {
      const leftRecording = async (name: string) => (await telephony.leftRecording?.(name)) ?? null
      return rescueMessage({ leftRecording, recordingsDir: recordingsFolder(ground), log }, path)
    },
    resume: async (call, from) => {
      const context = script(call)
      operators.gather()
      if (from.kind === 'flow') return runFlow(context, flowOf(call))
      await runSteps(context, resumeSteps(from, context.config.flows[flowOf(call)] ?? []))
    },
  }
  const recovery = new Recovery({
    prisma,
    journal,
    clock,
    log,
    node,
    config,
    telephony,
    dialsInHand: guard.inHand,
    calls: callsDeps,
    callbacks: {
      ...callbacks.deps,
      callbacks: callbacks.due,
      adopt,
      hold,
      hangUp: (channelId) => telephony.hangUp(channelId),
    },
    desk: {
      clock,
      openCalls: callsDeps.openCalls,
      isInHand: (id) => desksInHand.has(id),
      adopt,
      hangUp: (channelId) => telephony.hangUp(channelId),
      end: ({ id, caller, callerShown, answered }, ms) => {
        const talk = answered && ms !== null ? { person: answered.operator, at: answered.at, ms } : null
        const call = { id, caller: { number: caller, shown: callerShown, name: null } }
        return endDeskCall(
          { clock, journal, snapshot, closing: closedByOutsideTalk },
          call,
          talk,
          talk ? null : 'unknown',
        )
      },
    },
    onOutsideTalk: outsideTalk({ node, journal, clock, log, snapshot, names, closing: closedByOutsideTalk }),
    firstTime,
  })
  return { recovery, takeTransferred: transferredArrivals(callsDeps) }
}
