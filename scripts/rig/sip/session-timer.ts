/**
 * Session timers (RFC 4028): who of the two proves from time to time that the call lives, and how often that was done.
 */
import { headerOf, type SipMessage } from './message.ts'

/** SIP's roles in the INVITE that set the timer. */
export type Refresher = 'uac' | 'uas'

export interface SessionTimerOffer {
  expiresSec: number
  refresher?: Refresher
}

/** Header lines of a request, or of a reply, that asks for a timer or agrees to one. */
export function timerHeaders({ expiresSec, refresher }: SessionTimerOffer, isReply = false): string[] {
  const expires = `Session-Expires: ${expiresSec}${refresher ? `;refresher=${refresher}` : ''}`
  return isReply ? [expires, 'Supported: timer', 'Require: timer'] : [expires, 'Supported: timer']
}

export function readTimer(message: SipMessage): SessionTimerOffer | null {
  const [, seconds, refresher] =
    /^(\d+)(?:.*;refresher=(uac|uas))?/.exec(headerOf(message, 'Session-Expires') ?? '') ?? []
  if (seconds === undefined) return null
  return { expiresSec: Number(seconds), ...(refresher ? { refresher: refresher as Refresher } : {}) }
}

export class SessionTimer {
  /** Null: none was agreed on. */
  agreed: (SessionTimerOffer & { weRefresh: boolean }) | null = null
  /** How often they have refreshed, and we. */
  theirs = 0
  ours = 0
  #timer: NodeJS.Timeout | null = null

  /** `role`: ours in the INVITE or UPDATE whose 200 `offer` stands in. */
  agree(offer: SessionTimerOffer | null, role: Refresher, refresh: () => Promise<unknown>): void {
    clearTimeout(this.#timer ?? undefined)
    if (!offer) return
    const weRefresh = offer.refresher === role
    this.agreed = { ...offer, weRefresh }
    if (!weRefresh) return
    this.#timer = setTimeout(() => void refresh().catch(() => {}), (offer.expiresSec * 1000) / 2)
  }

  stop(): void {
    clearTimeout(this.#timer ?? undefined)
  }
}
