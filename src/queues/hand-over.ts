/** A contact of a campaign wants to speak with a person: he is rung for like a caller. */
import type { Call, Snapshot } from '../calls/call.ts'
import { CallPath } from '../calls/call-path.ts'
import type { EndOfCall } from '../calls/end-of-call.ts'
import { callOpened } from '../calls/inbound.ts'
import { runTransfers, type TransferDeps } from '../calls/transfers.ts'
import type { RingStep } from '../config/sections/flows.ts'
import { isLostInTransfer } from '../model/call-outcome.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Prisma } from '../store/database.ts'
import type { Leg } from '../telephony/api.ts'
import type { RingDeps } from './ring.ts'
import { ringStep } from './ring-step.ts'

export interface HandOverDeps {
  ringDeps: RingDeps
  prisma: Prisma
  node: string
  snapshot: () => Snapshot
  endOfCall: EndOfCall
  /** Where a contact goes when the operator transfers the call. */
  transfers: TransferDeps
  log: Logger
}

/** `leg` is the contact's; its id is the attempt's. */
export async function handOver(deps: HandOverDeps, leg: Leg, step: RingStep): Promise<'talked' | 'nobody'> {
  const { ringDeps, node, prisma } = deps
  const snapshot = deps.snapshot()
  const attempt = await prisma.attempt.findUnique({
    where: { id: leg.id },
    include: { contact: { include: { campaign: true } } },
  })
  const plan = attempt && snapshot.config.campaigns[attempt.contact.campaign.key]
  const number = attempt?.contact.number ?? null
  const call: Call = {
    id: leg.id,
    direction: 'campaign',
    line: { number: plan?.line ?? '', name: plan?.name ?? '' },
    caller: { number, shown: number ?? '', name: null },
    arrivedAt: ringDeps.clock.now(),
    leg,
    snapshot,
    path: new CallPath(leg.id, ringDeps.journal, ringDeps.clock),
    log: deps.log.child({ call: leg.id }),
  }
  await ringDeps.journal.commit([callOpened(call, node, 'none')])
  try {
    if ((await ringStep(ringDeps, call, step, leg.signal)) !== 'talked') return 'nobody'
    await runTransfers(deps.transfers, call)
    return isLostInTransfer(call.path.steps) ? 'nobody' : 'talked'
  } finally {
    await deps.endOfCall(call)
  }
}
