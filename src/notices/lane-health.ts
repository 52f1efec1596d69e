/**
 * How one lane's channel is, learnt from what becomes of its notices: when it is left alone, with which notice it is
 * asked next, and whether a refusal is about one notice or about all.
 *
 * Words deceive in both directions. What sounds personal and hits everybody is the channel's illness: nothing is
 * buried, what was is brought back. What sounds general and hits only one, while others are taken, is that one's own
 * matter: it holds up nobody else.
 */
import type { Clock } from '../runtime/clock.ts'
import type { Outbox, OutboxNotice } from '../store/outbox.ts'
import type { IllnessBook, IllnessKind } from './illness.ts'
import { Patience } from './patience.ts'

export interface LaneHealthRules {
  /** How long a server that cannot be talked to is left alone: doubled from the first to the last. */
  serverPause: { firstMs: number; maxMs: number }
  /** The same for one that refuses us: asking it often makes it worse. */
  refusalPause: { firstMs: number; maxMs: number }
  /** So many refusals, or silences, with nothing accepted in between are no accident. */
  inARow: number
  /** A channel that has only put us off for so long is ill. */
  putOffMs: number
}

export const defaultLaneHealthRules: LaneHealthRules = {
  serverPause: { firstMs: 2_000, maxMs: 60_000 },
  refusalPause: { firstMs: 5_000, maxMs: 300_000 },
  inARow: 3,
  putOffMs: 3_600_000,
}

export interface LaneHealthParts {
  lane: string
  outbox: Outbox
  book: IllnessBook
  clock: Clock
  random: () => number
  rules: LaneHealthRules
}

export class LaneHealth {
  #parts: LaneHealthParts
  /** The pause that is in force; null: the channel is well. */
  #patience: { with: Patience; of: 'away' | 'refusal' } | null = null
  /** It refuses one after another: a refusal of one more says nothing of that one. */
  #everybody: boolean
  /** Asked in vain since the channel is ill: the others come first. */
  #asked = { ids: new Set<string>(), recipients: new Set<string>() }
  /** Counts what became of notices, because two of them may share a millisecond. */
  #turn = 0
  #acceptedTurn = 0
  #acceptedOf = new Map<string, number>()
  /** By notice: when it was first refused for our sake. */
  #refusedUs = new Map<string, number>()
  #silences = new Set<string>()
  #putOffSince: number | null = null

  constructor(parts: LaneHealthParts) {
    this.#parts = parts
    this.#everybody = parts.book.kindOf(parts.lane) === 'everybody'
  }

  /** One is enough to find out whether it is well again. */
  get isIll(): boolean {
    return this.#patience !== null
  }

  /** Milliseconds since 1970: not before. */
  get until(): number {
    return this.#patience?.with.until ?? 0
  }

  wantsPeace(): boolean {
    return this.#patience?.with.wantsPeace() ?? false
  }

  /**
   * Who need not be asked again in this round, in three steps: no recipient twice, no notice twice, anybody; with the
   * last a new round begins.
   */
  rounds(): { recipients: string[]; ids: string[] }[] {
    const { recipients, ids } = this.#asked
    if (ids.size === 0) return [{ recipients: [], ids: [] }]
    return [
      { recipients: [...recipients], ids: [] },
      { recipients: [], ids: [...ids] },
      { recipients: [], ids: [] },
    ]
  }

  /** Everybody may be asked again. */
  beginRound(): void {
    this.#asked.ids.clear()
    this.#asked.recipients.clear()
  }

  async accepted({ id, recipient }: OutboxNotice): Promise<void> {
    this.#turn++
    this.#acceptedTurn = this.#turn
    this.#acceptedOf.set(recipient, this.#turn)
    this.#refusedUs.delete(id)
    this.#silences.clear()
    this.#putOffSince = null
    this.#patience = null
    this.#everybody = false
    this.beginRound()
    const { book, lane } = this.#parts
    await book.works(lane)
    await book.works(`${lane} ${recipient}`)
  }

  /** It has looked at a notice: it can be talked to. Whether it takes anything from us is not known by that. */
  async answered(): Promise<void> {
    this.#turn++
    if (this.#patience?.of !== 'refusal') this.#patience = null
    await this.#parts.book.works(this.#parts.lane, 'away')
  }

  /** It cannot be talked to, or takes nothing for the moment. */
  async away(why: string, afterMs = 0): Promise<void> {
    this.#leaveAlone('away', afterMs)
    // what is known to be worse is not forgotten because the line is down as well
    const { book, lane } = this.#parts
    const known = book.kindOf(lane)
    if (known === null || known === 'away') await book.fails(lane, 'away', why)
  }

  /**
   * It takes nothing from us, as it says. Whose matter is it? The channel's, unless it has taken others since it said
   * so of this one: then the recipient's, or the notice's.
   */
  async refusesUs(notice: OutboxNotice, why: string, lasting: boolean, afterMs = 0): Promise<Whose> {
    const { id, recipient } = notice
    const first = this.#refusedUs.get(id) ?? ++this.#turn
    this.#refusedUs.set(id, first)
    if ((this.#acceptedOf.get(recipient) ?? 0) > first) return 'notice'
    if (this.#acceptedTurn > first) return 'recipient'
    this.#asked.ids.add(id)
    this.#asked.recipients.add(recipient)
    this.#leaveAlone(lasting ? 'refusal' : 'away', afterMs)
    const { outbox, book, lane } = this.#parts
    if (lasting) await outbox.reviveRefused(lane)
    await book.fails(lane, lasting ? 'refused' : 'away', why)
    return 'channel'
  }

  /**
   * It refused this notice for good, for the notice's or the recipient's sake, as it says. True: it does so to
   * everybody, and the notice shall wait; those that ended like this since it last took something wait again as well.
   */
  async refused(notice: OutboxNotice, why: string, bury: () => Promise<void>): Promise<boolean> {
    if (!this.#everybody) {
      await bury()
      if (!(await this.#refusesEverybody())) {
        await this.answered()
        await this.#ofRecipient(notice, why)
        return false
      }
    }
    await this.#everybodyIsRefused(why)
    this.#asked.ids.add(notice.id)
    this.#asked.recipients.add(notice.recipient)
    return true
  }

  /** Dead in the middle of that? At the start. */
  async recover(): Promise<void> {
    if (!this.#everybody && (await this.#refusesEverybody()))
      await this.#everybodyIsRefused('one after another was refused')
  }

  /** It fell silent over a finished notice. One may be the notice's matter; several in a row are not. */
  async silent({ id }: OutboxNotice, why: string): Promise<void> {
    this.#turn++
    this.#silences.add(id)
    if (this.#silences.size < this.#parts.rules.inARow) return
    this.#leaveAlone('away', 0)
    await this.#parts.book.fails(this.#parts.lane, 'unconfirmed', why)
  }

  /** It asked to come again. `sure`: for the sake of this mailbox, as it says. */
  async putOff(why: string, sure: boolean): Promise<void> {
    await this.answered()
    if (sure) return
    const { clock, rules, book, lane } = this.#parts
    this.#putOffSince ??= clock.now()
    if (clock.now() - this.#putOffSince >= rules.putOffMs) await book.fails(lane, 'put-off', why)
  }

  /** The notice is over. */
  forget({ id }: OutboxNotice): void {
    this.#refusedUs.delete(id)
  }

  async #refusesEverybody(): Promise<boolean> {
    const { outbox, lane, clock, rules } = this.#parts
    const { notices, recipients, everybody } = await outbox.refusalsInARow(lane, clock.now())
    return recipients >= rules.inARow || (notices >= rules.inARow && everybody)
  }

  async #everybodyIsRefused(why: string): Promise<void> {
    const { outbox, book, lane } = this.#parts
    this.#everybody = true
    await outbox.reviveRefused(lane)
    this.#leaveAlone('refusal', 0)
    await book.fails(lane, 'everybody' satisfies IllnessKind, why)
  }

  /** A lane of one chat or program has no mailboxes. */
  async #ofRecipient({ recipient }: OutboxNotice, why: string): Promise<void> {
    const { book, lane } = this.#parts
    if (recipient !== lane) await book.fails(`${lane} ${recipient}`, 'recipient', why)
  }

  #leaveAlone(of: 'away' | 'refusal', atLeastMs: number): void {
    // two that fail side by side are one failure of the server
    if (this.wantsPeace()) return
    const { clock, random, rules } = this.#parts
    if (this.#patience?.of !== of) {
      const pauses = of === 'away' ? rules.serverPause : rules.refusalPause
      this.#patience = { with: new Patience(pauses, clock, random), of }
    }
    this.#patience.with.leaveAlone(atLeastMs)
  }
}

export type Whose = 'channel' | 'recipient' | 'notice'
