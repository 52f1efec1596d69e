/** Reads the doorbell book: a channel of its own walks it in the dialplan and comes to us with each entry (asterisk-config/perezvon.conf). */
import { withTimeout } from '../runtime/abort.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Logger } from '../runtime/logger.ts'
import type { AriChannel } from './ari-events.ts'
import type { AriTransport } from './ari-transport.ts'
import { DOORBELL_CONTEXT } from './contexts.ts'

/** Is given an entry; `ack`: it may be struck out. */
type Take = (channelId: string, entry: string) => Promise<'ack' | 'keep'>

export class DoorbellReader {
  #request: AriTransport['request']
  #take: Take
  #log: Logger
  #onEnd: () => void = () => {}
  #onBreakOff: (why: Error) => void = () => {}
  /** The half that walks the book. A reader of a former life may still wait in Asterisk, before an end that is not ours. */
  #reading = ''

  constructor(request: AriTransport['request'], take: Take, log: Logger) {
    this.#request = request
    this.#take = take
    this.#log = log
  }

  /** True when the book was read to its end, false after `deadlineMs` or when the connection was lost meanwhile. */
  async drain(deadlineMs: number): Promise<boolean> {
    const finished = new Promise<void>((resolve, reject) => {
      this.#onEnd = resolve
      this.#onBreakOff = reject
    })
    try {
      const book = `${DOORBELL_CONTEXT}-${Date.now()}`
      this.#reading = `${book}-half`
      const half = { context: DOORBELL_CONTEXT, extension: 'other-half', priority: 1 }
      const started = this.#request(
        'channels.originateWithId',
        { channelId: book, otherChannelId: this.#reading, endpoint: `Local/drain@${DOORBELL_CONTEXT}`, ...half },
        { lane: 'place' },
      )
      await withTimeout(Promise.all([started, finished]), deadlineMs, 'the doorbell book')
      return true
    } catch (error) {
      this.#log.warn('the doorbell book was not read to its end', { error })
      return false
    }
  }

  /** The connection was lost: the reading channel may have come to us while nobody was there. The book is read anew after the next connect. */
  breakOff(): void {
    this.#reading = ''
    this.#onBreakOff(new Error('the connection to Asterisk was lost'))
  }

  /** Is this the channel that reads for us now? */
  isReading(channel: AriChannel): boolean {
    return channel.id === this.#reading
  }

  /** The reading channel brings an entry, and waits for our word. */
  async entry(channel: AriChannel, [channelId = '', ...entry]: string[]): Promise<void> {
    if (channel.id !== this.#reading) return this.#hangUp(channel)
    let word: 'ack' | 'keep' = 'keep'
    try {
      word = await this.#take(channelId, entry.join(','))
    } catch (error) {
      this.#log.error('an entry of the doorbell book could not be taken over; it stays in the book', { error })
    }
    crashPoint('doorbell.before-ack')
    await this.#request('channels.continueInDialplan', { channelId: channel.id, extension: word, priority: 1 }).catch(
      (error: unknown) => this.#log.warn('the reading of the doorbell book broke off', { error }),
    )
    crashPoint('doorbell.after-ack')
  }

  /** The reading channel has come to the end of the book. */
  end(channel: AriChannel): void {
    if (channel.id === this.#reading) this.#onEnd()
    this.#hangUp(channel)
  }

  #hangUp(channel: AriChannel): void {
    void this.#request('channels.hangup', { channelId: channel.id }).catch(() => {})
  }
}
