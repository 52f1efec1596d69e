/**
 * Where a caller goes whom an operator has transferred with the phone: to the colleague or number that was dialled, and if nobody takes the call
 * there, back to the operator, then to the operator's group. The caller hears music meanwhile, and is told of as missed if nobody takes the call.
 */
import type { Call } from '../calls/call.ts'
import { operatorOf } from '../config/checks/operator.ts'
import { type TransferTarget, transferTarget } from '../dialling/transfer-target.ts'
import { formatPhone } from '../model/phone-number.ts'
import type { Transfer } from '../telephony/api.ts'
import { ownersOf } from './workplace.ts'
import type { RingDeps } from './ring.ts'
import { ringStep } from './ring-step.ts'
import { ringStranger, type StrangerDeps } from './ring-stranger.ts'

export type TransferDeps = RingDeps & StrangerDeps

const RINGS_MS = 30_000
/** For an operator whose last call is just being released. */
const BUSY_MS = 500

/** `flow`: of the line to which the caller was transferred. Rejects with CallEnded when the caller leaves. */
export async function transferCaller(
  deps: TransferDeps,
  call: Call,
  transfer: Transfer,
): Promise<'talked' | 'nobody' | { flow: string }> {
  const { config } = call.snapshot
  const target = transferTarget(config, transfer.to)
  if (target.kind === 'line') return { flow: target.flow }
  if (await ringTarget(deps, call, target)) return 'talked'
  const operator = operatorOfTransfer(call, transfer)
  if (operator && (await ringBack(deps, call, operator))) return 'talked'
  return (await ringGroup(deps, call, operator)) ? 'talked' : 'nobody'
}

async function ringTarget(deps: TransferDeps, call: Call, target: TransferTarget): Promise<boolean> {
  switch (target.kind) {
    case 'person':
      return ringPerson(deps, call, target.person)
    case 'phone':
      return ringStranger(
        deps,
        call,
        { endpoint: target.endpoint, name: target.endpoint.slice('PJSIP/'.length) },
        RINGS_MS,
      )
    case 'outside':
      return ringStranger(deps, call, { ...target, name: formatPhone(target.number) }, RINGS_MS)
    case 'line':
    case 'nowhere':
      return false
  }
}

/** Rings one person now: a colleague who talks with somebody else is not waited for. */
async function ringPerson(deps: TransferDeps, call: Call, person: string): Promise<boolean> {
  const ring = { to: person, screen: true, for: RINGS_MS, busy: BUSY_MS }
  return (await ringStep(deps, call, { kind: 'ring', ring }, call.leg.signal)) === 'talked'
}

/** The operator had the call a moment ago: the wrap-up after it, if there is one, has not begun. */
async function ringBack(deps: TransferDeps, call: Call, person: string): Promise<boolean> {
  deps.operators.endWrapUp(person)
  return ringPerson(deps, call, person)
}

/** The group for which the operator was rung, but not the operator once more. */
async function ringGroup(deps: TransferDeps, call: Call, operator: string | null): Promise<boolean> {
  const { config } = call.snapshot
  const groups = call.path.steps.flatMap((step) => (step.kind === 'ring' && config.groups[step.to] ? [step.to] : []))
  const to = groups.at(-1) ?? operatorOf(config).ring
  if (to === operator) return false
  const ring = { to, screen: true }
  return (await ringStep(deps, call, { kind: 'ring', ring }, call.leg.signal)) === 'talked'
}

/** Who has transferred the call: by the phone, else the last operator who spoke with the caller. */
function operatorOfTransfer({ path, snapshot: { config } }: Call, { by }: Transfer): string | null {
  const [owner] = ownersOf(config, by)
  const last = path.steps.findLast((step) => step.kind === 'talk')?.person ?? null
  return owner ?? (last !== null && Object.hasOwn(config.people, last) ? last : null)
}
