/**
 * A caller whom the plain dialplan had put through while the daemon was away, and whom the operator has transferred now that it is back. From here
 * on the caller is in our hands like any other whom an operator has transferred.
 */
import type { TransferredArrival } from '../telephony/link.ts'
import type { Call } from './call.ts'
import { CallPath } from './call-path.ts'
import { endedCall } from './doorbell.ts'
import { callOpened, openCall, serve } from './inbound.ts'
import type { RecoveryDeps } from './recovery.ts'

export function transferredArrivals(deps: RecoveryDeps): (arrival: TransferredArrival) => Promise<void> {
  return async (arrival) => {
    const call = await callOf(deps, arrival)
    deps.live.add(call)
    try {
      await deps.journal.commit([
        callOpened(call, deps.node, 'armed'),
        ...(call.path.steps.length > 0 ? [] : [call.path.entry({ kind: 'arrived', did: arrival.did })]),
        ...talkBefore(deps, call, arrival),
      ])
    } catch (error) {
      call.log.error('a transferred call could not be written down; the dialplan takes it', { error })
      deps.live.remove(call.id)
      return deps.fallback(arrival.leg).catch(() => {})
    }
    await serve(deps, call, () => Promise.resolve())
  }
}

/** As a former life of the daemon knew it, else as it comes now. */
async function callOf(deps: RecoveryDeps, arrival: TransferredArrival): Promise<Call> {
  const { leg } = arrival
  const open = (await deps.openCalls()).find(({ id }) => id === leg.id)
  if (!open) return openCall(deps, arrival)
  return {
    ...endedCall(deps, open),
    leg,
    path: new CallPath(open.id, deps.journal, deps.clock, open.steps),
    log: deps.log.child({ call: open.id }),
  }
}

/** The operator spoke with the caller before; our record may have it already. */
function talkBefore({ clock }: RecoveryDeps, { path, snapshot }: Call, { operator, talkedFrom }: TransferredArrival) {
  if (talkedFrom === null || path.steps.some(({ kind }) => kind === 'talk')) return []
  const { people } = snapshot.config
  const owner = Object.entries(people).find(([, { rings }]) =>
    rings.some((device) => device.kind === 'phone' && device.endpoint === operator),
  )
  const person = owner?.[0] ?? operator
  const ms = Math.max(0, clock.now() - talkedFrom)
  return [
    path.entry({ kind: 'fallback', why: 'away' }),
    path.entry({ kind: 'talk', person, name: people[person]?.name ?? person, ms }),
  ]
}
