/** One placed call until it is answered or not. It knows every way to end, also those of which no event tells. */
import { withTimeout } from '../runtime/abort.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import { AnsweredElsewhere, type DialFailure, type DialRequest, type DialResult, type Leg } from './api.ts'
import type { AriChannel } from './ari-events.ts'
import type { AriMessage } from './ari-socket.ts'
import { AriError, type AriTransport, saysGone } from './ari-transport.ts'
import { FORWARD_CONTEXT, TRANSFER_CONTEXT } from './contexts.ts'
import { cause, dialFailure, isRedirect } from './hangup-cause.ts'
import { cleanText } from '../model/clean-text.ts'

interface DialPort {
  request: AriTransport['request']
  /** Seconds after which Asterisk ends a channel, also when we are dead or frozen by then. */
  readonly longestCallSec: number
  whenReady(signal: AbortSignal): Promise<void>
  answered(channel: AriChannel): Leg
}

/** The dialplan of the far side may be slow to confirm that we hung up; who waits for this call does not wait for that. */
const CLEARING_MS = 2_000
/** Asterisk's own limit stands behind ours for the case that we are dead by then. */
const SPARE_SECONDS = 5

export class PendingDial {
  readonly channelId: string
  #request: DialRequest
  #app: string
  #port: DialPort
  #rang = false
  #forwarded = false
  #beganAt = performance.now()
  #giveUp: Exclude<DialFailure, 'not-placed'> | null = null
  #settle!: (result: DialResult) => void
  #result: Promise<DialResult>
  /** Asterisk has confirmed that it placed the call. */
  isPlaced = false
  #over = new AbortController()

  constructor(request: DialRequest, app: string, port: DialPort) {
    this.channelId = request.channelId
    this.#request = request
    this.#app = app
    this.#port = port
    this.#result = new Promise((resolve) => (this.#settle = resolve))
  }

  /** `PJSIP/gsm-gateway`, whether it is the dialled thing or the way to it. */
  get endpointName(): string {
    const [technology = '', resource = ''] = this.#request.target.endpoint.split('/')
    return `${technology}/${resource.slice(resource.lastIndexOf('@') + 1)}`
  }

  /** A phone of the house, not a number behind a trunk. */
  get #isDesk(): boolean {
    return !this.#request.target.endpoint.includes('@')
  }

  async run(): Promise<DialResult> {
    const { signal, timeoutMs } = this.#request
    if (signal?.aborted) return { kind: 'cancelled', cause: 0 }
    const onAbort = () =>
      this.#clear('cancelled', signal?.reason instanceof AnsweredElsewhere ? cause.answeredElsewhere : cause.normal)
    signal?.addEventListener('abort', onAbort, { once: true })
    const timer = setTimeout(() => this.#clear('no-answer', cause.normal), timeoutMs)
    try {
      this.#originate().catch((error: unknown) => this.#refused(error))
      return await this.#result
    } finally {
      clearTimeout(timer)
      this.#over.abort(new Error('the dialling is over'))
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** It entered our application: answered. */
  answered(channel: AriChannel): void {
    const leg = this.#port.answered(channel)
    if (this.#giveUp) {
      void leg.hangup(cause.answeredElsewhere)
      this.#settle({ kind: this.#giveUp, cause: 0 })
    } else this.#settle({ kind: 'answered', leg })
  }

  receive(message: AriMessage): void {
    if (message.type === 'ChannelStateChange' && (message['channel'] as { state?: string }).state === 'Ringing') {
      crashPoint('dial.rings')
      if (!this.#rang) this.#request.onRinging?.()
      this.#rang = true
    } else if (message.type === 'Dial') {
      this.#forwarded ||= typeof message['forward'] === 'string' && message['forward'] !== ''
    } else if (message.type === 'ChannelDestroyed') {
      const code = Number(message['cause'] ?? 0)
      // one time in four Asterisk has lost the SIP answer by then, and only the event before tells
      const failure =
        this.#forwarded || isRedirect(message)
          ? 'forwarded'
          : dialFailure(code, this.#rang, performance.now() - this.#beganAt, this.#isDesk)
      this.#settle({ kind: this.#giveUp ?? failure, cause: code })
    }
  }

  /** Asterisk does not know the channel, and did: the event of its end was lost. */
  vanished(): void {
    this.#settle(this.#giveUp ? { kind: this.#giveUp, cause: 0 } : { kind: 'unknown' })
  }

  async #originate(): Promise<void> {
    const { target, callerId, timeoutMs, originator } = this.#request
    crashPoint('dial.before-request')
    await this.#port.request(
      'channels.originateWithId',
      {
        channelId: this.channelId,
        endpoint: target.endpoint,
        app: this.#app,
        appArgs: 'leg',
        timeout: Math.ceil(timeoutMs / 1000) + SPARE_SECONDS,
        callerId: callerIdText(callerId),
        originator,
      },
      { lane: 'place', body: { variables: legVariables(this.#port.longestCallSec + Math.ceil(timeoutMs / 1000)) } },
    )
    this.isPlaced = true
    crashPoint('dial.requested')
  }

  /** The request failed. Only when Asterisk said so itself do we know that nobody's phone rang. */
  async #refused(error: unknown): Promise<void> {
    const status = error instanceof AriError ? error.status : null
    if (status === null) await this.#port.whenReady(this.#over.signal).catch(() => {})
    if (status !== null && status !== 409) return this.#settle({ kind: 'not-placed', why: String(error) })
    try {
      // no answer, or a 409, which may be an echo of another request (Asterisk keeps the error number of the thread)
      await this.#port.request('channels.get', { channelId: this.channelId }, { lane: 'place' })
      this.isPlaced = true
      this.#request.log.warn('an originate was answered wrongly, but the channel lives', { error })
    } catch (notThere) {
      if (!saysGone(notThere)) return this.#settle({ kind: 'unknown' })
      this.#settle(status === 409 ? { kind: 'not-placed', why: String(error) } : { kind: 'unknown' })
    }
  }

  #clear(why: 'cancelled' | 'no-answer', code: number): void {
    this.#giveUp ??= why
    const hangup = this.#port.request(
      'channels.hangup',
      { channelId: this.channelId, reason_code: code },
      { lane: 'place' },
    )
    hangup.catch(() => {})
    withTimeout(this.#result, CLEARING_MS, 'the end of a cancelled call').catch(() => this.vanished())
  }
}

/**
 * The limit of a leg is counted from its dialling; that of a talk begins with the talk and is announced by a tone a minute before its end. The leg must
 * not end first: it rings before the talk, hears an announcement, and waits until the other side picks up.
 */
const BEFORE_A_TALK_SEC = 180

/**
 * What a leg of ours needs of the dialplan, wherever its phone has its own settings: what the phone does with the call by itself, a transfer or a
 * redirect, comes to our contexts and not to the phone's, where a number may have a way outside past the guard.
 */
function legVariables(longestSec: number): Record<string, string> {
  return {
    'TIMEOUT(absolute)': String(longestSec + Math.min(longestSec, BEFORE_A_TALK_SEC)),
    'TRANSFER_CONTEXT': TRANSFER_CONTEXT,
    'FORWARD_CONTEXT': FORWARD_CONTEXT,
    'PEREZVON_LEG': 'yes',
  }
}

/** `"Name" <number>`. The quotes are the syntax, so the name may not have any; control characters would be new SIP headers. */
function callerIdText({ name, number }: { name: string; number: string }): string {
  const safeName = cleanText(name, 64).replace(/["<>\\]/g, '')
  return `"${safeName}" <${number.replace(/[^\d+*#A-Za-z]/g, '')}>`
}
