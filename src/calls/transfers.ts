/**
 * A caller whom an operator has transferred with the phone is still our caller, until somebody keeps the call or the caller leaves.
 *
 * A blind transfer brings the caller back to us at once, with what was dialled. An attended one connects the caller with the colleague in Asterisk,
 * and we only learn that the caller lives on without the operator; if that comes to nothing, the caller comes back, too.
 */
import type { JournalEntry } from '../store/journal.ts'
import type { Transfer } from '../telephony/api.ts'
import type { Call } from './call.ts'

export interface TransferDeps {
  clock: { now(): number }
  commit: (entries: JournalEntry[]) => Promise<void>
  /** Brings the caller to whom the transfer names, or back. Rejects with CallEnded when the caller leaves. Given by app/calls.ts. */
  transferred: (call: Call, transfer: Transfer) => Promise<void>
}

/** More than anybody would be passed on; a caller whom phones pass to one another is not kept in a circle. */
const MOST_TRANSFERS = 20

/** Resolves when no transfer is left: the talk is over, or nobody took the call. `first`: one that was taken from the leg already. */
export async function runTransfers(deps: TransferDeps, call: Call, first: Transfer | null = null): Promise<void> {
  for (let count = 0; count < MOST_TRANSFERS; count++) {
    const transfer = count === 0 && first ? first : await nextTransfer(deps, call)
    if (!transfer) return
    await deps.commit([{ op: 'call.rearm', row: { id: call.id } }, call.path.entry(transferStep(call, transfer))])
    call.log.info('an operator has transferred the caller', {
      by: transfer.by,
      to: transfer.to || 'nobody who answered',
    })
    await deps.transferred(call, transfer)
  }
}

async function nextTransfer({ clock }: TransferDeps, call: Call): Promise<Transfer | null> {
  const { leg, path, log } = call
  const transfer = leg.takeTransfer()
  if (transfer || !leg.passedOn) return transfer
  const began = clock.now()
  log.info('an operator has connected the caller with a colleague; the call goes on without us')
  const back = await leg.untilBack()
  if (typeof back === 'object') return back
  if (back === 'dropped') return { to: '', by: '' }
  const by = path.steps.findLast((step) => step.kind === 'talk')?.person ?? ''
  if (back === 'talked') path.add({ kind: 'transferred', by, ms: Math.max(0, clock.now() - began) })
  // the caller has hung up while the colleague's phone rang
  else path.add(transferStep(call, { to: '', by: '' }))
  return null
}

function transferStep({ snapshot: { config }, path }: Call, { by, to }: Transfer) {
  const owner = Object.entries(config.people).find(([, { rings }]) =>
    rings.some((device) => device.kind === 'phone' && device.endpoint === by),
  )
  const person = owner?.[0] ?? path.steps.findLast((step) => step.kind === 'talk')?.person ?? by
  return { kind: 'transfer' as const, by: person, name: config.people[person]?.name ?? person, to }
}
