/** What we have in hand of the channels of Asterisk, by channel id: legs, and calls that are being placed. */
import type { AriChannel } from './ari-events.ts'
import type { AriLeg } from './ari-leg.ts'
import type { PendingDial } from './pending-dial.ts'

export class Handles {
  readonly legs = new Map<string, AriLeg>()
  readonly dials = new Map<string, PendingDial>()
  /** Since Asterisk was last asked what lives. */
  #ended = new Set<string>()

  /** It is gone, or was taken from us. */
  ended({ id }: AriLeg): void {
    this.legs.delete(id)
    this.#ended.add(id)
  }

  /** Is it in hand, or was it when Asterisk was last asked? Its answer is older than we are. */
  know({ id }: AriChannel): boolean {
    return this.legs.has(id) || this.#ended.has(id)
  }

  /** Channels on an endpoint, `PJSIP/gsm-gateway`. */
  countOn(endpoint: string): number {
    let count = 0
    for (const leg of this.legs.values()) if (leg.channelName.startsWith(`${endpoint}-`)) count++
    for (const dial of this.dials.values()) if (dial.endpointName === endpoint) count++
    return count
  }

  /**
   * Ends the handles whose channel is gone, or not with us any more. Returns everything that lives. What was placed since it was asked for
   * need not be among it.
   */
  async compare(list: () => Promise<AriChannel[]>): Promise<AriChannel[]> {
    const legs = [...this.legs.values()]
    const dials = [...this.dials.values()].filter(({ isPlaced }) => isPlaced)
    this.#ended.clear()
    const channels = await list()
    const listed = new Set(channels.map(({ id }) => id))
    for (const dial of dials) if (!listed.has(dial.channelId)) dial.vanished()
    await Promise.all(legs.map(async (leg) => (listed.has(leg.id) ? leg.look() : leg.vanished())))
    return channels
  }
}
