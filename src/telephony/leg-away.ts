/**
 * A leg outside of our application, by our order: in the dialplan, or in a talk that Asterisk carries without us. How it comes back, and what it
 * means when it does.
 */
import { SHORTEST_TALK_MS } from '../model/call-outcome.ts'
import { sleep, untilAborted } from '../runtime/abort.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import { type Back, type CallEnded, TakenAway, type TalkOptions, type TalkResult, type Transfer } from './api.ts'
import { readChannel } from './ari-events.ts'
import type { AriLeg, LegPort } from './ari-leg.ts'
import { AriError, wasNotAnswered } from './ari-transport.ts'
import { AMD_CONTEXT, RECORDED_TALK_CONTEXT, RECORDING_CODES, type ReturnWord, TALK_CONTEXT } from './contexts.ts'
import type { LegRequests } from './leg-requests.ts'

interface Return {
  word: ReturnWord
  args: string[]
}

/** When one hangs up Asterisk releases the other within milliseconds. A leg that is still there after this has been passed on. */
const RELEASE_MS = 1_000
/** Longer than a channel takes to leave Stasis after our order was confirmed. */
const UNDER_WAY_MS = 2_000

export class LegAway {
  #leg: AriLeg
  #requests: LegRequests
  #port: LegPort
  #waiting = new Set<(back: Return) => void>()
  #onLeft: (() => void) | null = null
  #handedAt = -Infinity
  #transfer: Transfer | null = null
  /** Counts them: what watches over one has nothing to say of the next. */
  #talks = 0
  /** The leg was passed on to a phone that nobody has picked up yet. */
  rings = false
  /** An event has said to whom the leg was passed on. */
  #isTold = false

  constructor(leg: AriLeg, requests: LegRequests, port: LegPort) {
    this.#leg = leg
    this.#requests = requests
    this.#port = port
  }

  /** The order that handed it over has been carried out, as far as time tells. */
  get isUnderWay(): boolean {
    return performance.now() - this.#handedAt > UNDER_WAY_MS
  }

  /** It has left Stasis, and nobody has hung up: Asterisk carries the order out. */
  hasLeft(): void {
    this.#onLeft?.()
  }

  #isAlone(): void {
    this.rings = this.#isTold = false
  }

  isWith(whom: 'a colleague' | 'a ringing phone'): void {
    this.rings = whom === 'a ringing phone'
    this.#isTold = true
  }

  returned(word: ReturnWord, args: string[]): void {
    this.#isAlone()
    if (isTransfer(word)) {
      const [to = '', by = ''] = args
      this.#transfer = { to: word === 'transferred' ? to : '', by: by ? `PJSIP/${by}` : '' }
    }
    for (const tell of this.#waiting) tell({ word, args })
    this.#waiting.clear()
  }

  takeTransfer(): Transfer | null {
    const transfer = this.#transfer
    this.#transfer = null
    return transfer
  }

  async untilBack(): Promise<Back> {
    const back = await Promise.race([untilAborted(this.#leg.signal), this.#comesBack()])
    if (back && !isTransfer(back.word)) return 'dropped'
    const transfer = this.#leg.signal.aborted ? null : this.takeTransfer()
    return transfer ?? (this.rings ? 'unanswered' : 'talked')
  }

  async inDialplan(context: string, extension: string): Promise<void> {
    await this.#handOver('handed-to-dialplan', context, extension)
  }

  /** AMD's verdict and its reason. Rejects with CallEnded. */
  async listenedTo(): Promise<string[]> {
    const { signal } = this.#leg
    const back = this.#comesBack()
    await this.inDialplan(AMD_CONTEXT, 's')
    const judged = await Promise.race([untilAborted(signal), back])
    if (!judged) throw signal.reason as CallEnded
    return judged.args
  }

  /** The dialplan bridges the two: perezvon-talk in asterisk-config/. */
  async talk(other: LegAway, { record }: TalkOptions): Promise<TalkResult> {
    const leg = this.#leg
    const peer = other.#leg
    const back = this.#comesBack()
    peer.move('handed-to-talk')
    const [context, extension] = record ? [RECORDED_TALK_CONTEXT, `${peer.id}~${record}`] : [TALK_CONTEXT, peer.id]
    // they talk from when Asterisk has taken the order, however late the other answers are
    const [, , , began] = await Promise.all([
      leg.answer(),
      other.follow(leg.id),
      record && other.#mayPauseRecording(leg.id),
      this.#handOver('handed-to-talk', context, extension),
    ])
    crashPoint('talk.handed-over')
    // only our own end is waited for: when the other hangs up, the dialplan releases us or gives us back, or the other has passed us on
    const end = await Promise.race([untilAborted(leg.signal), back, other.#comesBack(), this.#untilPassedOn(other)])
    const since = (at: number) => Math.max(0, at - began)
    if (!end) {
      const ms = since(leg.endedAt)
      if (ms < SHORTEST_TALK_MS || leg.signal.reason instanceof TakenAway) throw leg.signal.reason as CallEnded
      await other.#releasedOrPassedOn()
      return { kind: 'talked', ms, endedBy: peer.hangupRequestedAt < leg.hangupRequestedAt ? 'other' : 'this' }
    }
    if ('leftAt' in end) return { kind: 'talked', ms: since(end.leftAt), endedBy: 'other' }
    const ms = since(performance.now())
    switch (end.word) {
      case 'talk-failed':
        return { kind: 'not-bridged' }
      case 'talk-dropped':
        return { kind: 'dropped', ms }
      default:
        return { kind: 'transferred', ms }
    }
  }

  /** Outside Stasis a channel's end is told only to an application that has subscribed to it; a channel that cannot be followed is gone. */
  async follow(lane: string): Promise<void> {
    const leg = this.#leg
    try {
      await this.#requests.persist(() => this.#port.follow(leg.id, lane))
    } catch (error) {
      if (leg.signal.aborted) return
      if (error instanceof AriError && !wasNotAnswered(error)) leg.move('destroyed')
      else throw error
    }
  }

  /** Asterisk reads it as the two are joined, so it goes the way of what joins them. Without the codes the talk is recorded whole. */
  async #mayPauseRecording(lane: string): Promise<void> {
    const { id, signal, log } = this.#leg
    const parameters = { channelId: id, variable: 'DYNAMIC_FEATURES', value: RECORDING_CODES }
    try {
      await this.#port.request('channels.setChannelVar', parameters, { lane })
    } catch (error) {
      if (!signal.aborted) log.warn('an operator cannot pause the recording of a talk', { error })
    }
  }

  #comesBack(): Promise<Return> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  /**
   * Resolves with the time at which Asterisk took it over, on performance.now(): by its answer or by the event, whichever comes first. A talk
   * may be over before an answer that is late.
   */
  async #handOver(event: 'handed-to-dialplan' | 'handed-to-talk', context: string, extension: string): Promise<number> {
    this.#leg.move(event)
    this.#handedAt = performance.now()
    this.#isAlone()
    const left = new Promise<void>((resolve) => (this.#onLeft = resolve))
    const told = this.#requests.do('channels.continueInDialplan', { context, extension, priority: 1 })
    const taken = Promise.race([left, told]).then(() => performance.now())
    const [, takenAt] = await Promise.all([this.follow(this.#leg.id), taken])
    return takenAt
  }

  /** Resolves when the other has left the talk and this one lives on alone or with somebody else; not at all when this one ends. */
  async #untilPassedOn(other: LegAway): Promise<{ leftAt: number }> {
    const talk = ++this.#talks
    const isThisTalk = () => this.#talks === talk && this.#leg.custody === 'talking'
    await untilAborted(other.#leg.signal)
    const leftAt = performance.now()
    while (isThisTalk()) {
      await this.#pause(RELEASE_MS)
      if (isThisTalk() && (await this.#livesElsewhere(isThisTalk))) return { leftAt }
    }
    return new Promise(() => {}) // it has come back
  }

  /** After a talk whose other side has ended. */
  async #releasedOrPassedOn(): Promise<void> {
    await Promise.race([untilAborted(this.#leg.signal), this.#pause(RELEASE_MS)])
    if (!this.#leg.signal.aborted) await this.#livesElsewhere(() => true)
  }

  /** Never resolves when the leg ends: whoever waits for that waits for the signal. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void sleep(ms, this.#leg.signal).then(resolve, () => {}))
  }

  /** `isStillSo`: asked again when Asterisk has answered. */
  async #livesElsewhere(isStillSo: () => boolean): Promise<boolean> {
    const { id, signal, log } = this.#leg
    const channel = await this.#port
      .request('channels.get', { channelId: id }, { lane: id })
      .then(readChannel, () => null)
    if (!channel || signal.aborted || this.#port.holds(channel) || !isStillSo()) return false
    log.info('a caller was passed on with the phone', { channel: id })
    // it waits for a phone, or talks there already, and the event that says so was lost: the book will tell of a caller
    const isUnsure = channel.application === 'Dial' && !this.#isTold
    if (isUnsure) this.rings = true
    this.#leg.move(isUnsure && this.#leg.isBooked ? 'left-to-book' : 'partner-gone')
    return this.#leg.passedOn
  }
}

function isTransfer(word: ReturnWord): boolean {
  return word === 'transferred' || word === 'transfer-failed'
}
