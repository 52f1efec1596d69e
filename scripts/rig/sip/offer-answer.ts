/** Who may send and hear what in a call, as the two sides agree on it by offers and answers (RFC 3264). */
import { answerTo, type Direction, readSdp, type Sdp, writeSdp } from './sdp.ts'
import type { Voice } from './voice.ts'

export class OfferAnswer {
  /** How they describe the stream: `sendonly` or `inactive` when they have put us on hold. */
  theirDirection: Direction = 'sendrecv'
  readonly #voice: Voice
  /** What we want of it, until we say otherwise. */
  #ours: Direction = 'sendrecv'
  #version = 0

  constructor(voice: Voice) {
    this.#voice = voice
  }

  /** The body of an offer. What was wanted last if nothing is said. */
  offer(direction: Direction = this.#ours): string {
    this.#ours = direction
    return writeSdp({ ...this.#voice.describe(direction), version: ++this.#version })
  }

  /** The answer to their offer; the sound goes its way from now on. Throws when no sound is offered. */
  answer(offered: string): string {
    const theirs = readSdp(offered)
    if (!theirs) throw new Error(`no description of sound in\n${offered}`)
    const direction = this.#agree(theirs)
    return writeSdp({ ...this.#voice.describe(direction), version: ++this.#version })
  }

  /** Their answer to our offer. A body without a description changes nothing. */
  take(answered: string): void {
    const theirs = readSdp(answered)
    if (theirs) this.#agree(theirs)
  }

  #agree(theirs: Sdp): Direction {
    const direction = answerTo(theirs.direction, this.#ours)
    this.theirDirection = theirs.direction
    this.#voice.agree(theirs, direction)
    return direction
  }
}
