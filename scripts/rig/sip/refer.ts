/** Transfers with the phone's button (REFER, RFC 3515; Replaces, RFC 3891), told by NOTIFYs how they go. */
import { Waiting } from '../waiting.ts'
import type { Exchange } from './exchange.ts'
import { type Dialog, headerOf, type SipMessage, tagOf } from './message.ts'

export interface Transferred {
  /** What the REFER itself was answered with: 202, or a refusal. */
  accepted: number
  /** The statuses that NOTIFYs told, oldest first. */
  told: number[]
  /** The last of them, when the subscription ended; null when the REFER was refused. */
  final: number | null
}

export interface TransferOptions {
  /** The phone stays in the call after a success; else it hangs up then, as phones do. */
  stays?: boolean
  /** How long the end may take to be told. */
  ms?: number
  headers?: string[]
}

/** Longer than a dialplan lets a target ring. */
const USUAL_MS = 70_000

/** One REFER and its subscription. */
export class Transfer {
  readonly told: number[] = []
  #over = false
  readonly #waiting = new Waiting()

  /** Resolves when the end was told or the REFER refused. `target`: a number or name at the PBX, or a whole URI. */
  async run(
    exchange: Exchange,
    target: string,
    { ms = USUAL_MS, headers = [] }: TransferOptions,
  ): Promise<Transferred> {
    const { wire, user } = exchange.party
    const pbx = `${wire.pbx.host}:${wire.pbx.port}`
    const uri = /^sips?:|^tel:/.test(target) ? target : `sip:${target}@${pbx}`
    const lines = [`Refer-To: <${uri}>`, `Referred-By: <sip:${user}@${pbx}>`, ...headers]
    const { status } = await exchange.ask('REFER', { headers: lines })
    if (status >= 300) return { accepted: status, told: [], final: null }
    const what = () => `a transfer to ${target} (told ${this.told.join(', ') || 'nothing'}): no end of it`
    await this.#waiting.until(() => this.#over, ms, what)
    return { accepted: status, told: this.told, final: this.told.at(-1) ?? null }
  }

  /** A NOTIFY of the subscription. */
  receive(notify: SipMessage): void {
    const status = Number(/^SIP\/2\.0 (\d{3})/m.exec(notify.body)?.[1] ?? 0)
    if (status > 0) this.told.push(status)
    if (/^terminated/i.test(headerOf(notify, 'Subscription-State') ?? '')) this.#over = true
    this.#waiting.wake()
  }
}

/**
 * The URI of `user` at the PBX with the second call of ours that the transferee is to take over, `?Replaces=…`,
 * escaped.
 */
export function replacing(user: string, pbx: string, { callId, from, to }: Dialog): string {
  return `sip:${user}@${pbx}?Replaces=${encodeURIComponent(`${callId};to-tag=${tagOf(to)};from-tag=${tagOf(from)}`)}`
}
