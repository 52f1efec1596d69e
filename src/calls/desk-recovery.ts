/** Calls from a desk to the outside that a former life of the daemon had in hand. A talk goes on without us; what only rang is hung up. */
import { untilAborted } from '../runtime/abort.ts'
import type { OpenCall } from '../store/call-records.ts'
import type { Leg } from '../telephony/api.ts'
import type { LivingChannel } from '../telephony/link.ts'

export interface DeskRecoveryDeps {
  clock: { now(): number }
  openCalls: () => Promise<OpenCall[]>
  /** Has this process the call in hand? */
  isInHand: (id: string) => boolean
  adopt: (channel: LivingChannel) => Promise<Leg>
  hangUp: (channelId: string) => Promise<void>
  /** Writes the end; null: they did not talk. */
  end: (open: OpenCall, talkMs: number | null) => Promise<void>
}

export interface AdoptedDeskCalls {
  /** Those whose channel is gone: the doorbell book may know for how long they talked. */
  gone: OpenCall[]
  starts: (() => void)[]
}

export async function adoptDeskCalls(deps: DeskRecoveryDeps, channels: LivingChannel[]): Promise<AdoptedDeskCalls> {
  const living = new Map(channels.map((channel) => [channel.id, channel]))
  const adopted: AdoptedDeskCalls = { gone: [], starts: [] }
  for (const open of await deps.openCalls()) {
    if (open.direction !== 'outbound' || deps.isInHand(open.id)) continue
    const channel = living.get(open.id)
    if (!channel) adopted.gone.push(open)
    else if (channel.application === 'Bridge' && open.answered) {
      const leg = await deps.adopt(channel)
      adopted.starts.push(() => void awaitEnd(deps, open, leg))
    } else adopted.starts.push(() => void deps.hangUp(open.id).then(() => deps.end(open, null)))
  }
  return adopted
}

async function awaitEnd({ clock, end }: DeskRecoveryDeps, open: OpenCall, leg: Leg): Promise<void> {
  await untilAborted(leg.signal)
  await end(open, Math.max(0, clock.now() - open.answered!.at))
}
