/** Calls by list. */
import { Dialer } from '../campaigns/dialer.ts'
import { transferDeps } from '../calls/inbound.ts'
import { campaignScript } from '../ivr/campaign-script.ts'
import { handOver } from '../queues/hand-over.ts'
import type { AsteriskLink } from '../telephony/link.ts'
import type { Calls } from './calls.ts'
import type { Ground } from './ground.ts'
import type { People } from './people.ts'
import type { Sound } from './sound.ts'

export function campaignsRoom(
  ground: Ground,
  telephony: AsteriskLink,
  { guard, ringDeps }: People,
  { sounds, spoken }: Sound,
  { endOfCall, inbound }: Calls,
): Dialer {
  const { prisma, config, clock, log, node, snapshot, metrics } = ground
  return new Dialer({
    prisma,
    guard,
    telephony,
    config,
    clock,
    log,
    node,
    call: {
      runScript: campaignScript({ config, clock, sounds, spoken }),
      mediaOf: (sound) => sounds(sound, config().company.language)[0] ?? '',
      handOver: (leg, step) =>
        handOver({ ringDeps, prisma, node, snapshot, endOfCall, transfers: transferDeps(inbound), log }, leg, step),
      monotonic: () => performance.now(),
    },
    trunkInUse: (trunk) => telephony.channelsOn(config().trunks[trunk]?.endpoint ?? ''),
    onAttempt: (campaign, result) => metrics.campaignAttempts.inc({ campaign, result }),
  })
}
