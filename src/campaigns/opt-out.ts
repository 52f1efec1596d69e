/** "Do not call me again": from this commit on no machine of ours does, in no campaign. */
import type { Clock } from '../runtime/clock.ts'
import type { Prisma } from '../store/database.ts'
import { addDoNotCall, skipContactsOf } from '../store/do-not-call.ts'

/** `campaign` is the key of the campaign in which it was said. */
export async function optOut(prisma: Prisma, clock: Clock, number: string, campaign: string): Promise<void> {
  const at = clock.now()
  // the guard reads the list when it reserves, so the first statement is what counts; the second makes the waiting contacts say so
  await addDoNotCall(prisma, [number], { source: 'opt-out', detail: campaign, at })
  await skipContactsOf(prisma, number, at)
}
