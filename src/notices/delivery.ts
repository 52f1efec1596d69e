/** What a channel does with a notice. Every channel is one function of this kind; the outbox asks no more of it. */
import type { OutboxNotice } from '../store/outbox.ts'

export type Delivery =
  | { kind: 'sent' }
  | {
      kind: 'retry'
      /**
       * `notice`: come again with this one.
       * `recipient`: come again later with everything for this recipient (greylisting, a full mailbox); what it says
       * was not seen yet.
       * `us`: nothing is taken from us (login, quota, reputation, a chat that is gone); another notice would hear the
       * same.
       * `unreachable`: nobody there has looked at the notice; it keeps its place, is as if it had not been tried, and
       * is not given up.
       * `server`: it broke off over this notice, and may do so again: the others go first when the server is well.
       * `fate-unknown`: it fell silent over the finished notice. Trying again may make a duplicate, so it is done
       * slowly, and not often.
       */
      blame: 'notice' | 'recipient' | 'us' | 'unreachable' | 'server' | 'fate-unknown'
      why: string
      /** The other side said how long it wants to be left alone. */
      afterMs?: number
      /** Of `us`: waiting mends nothing, a person must. */
      lasting?: boolean
      /** It is certainly about the recipient, and not only where it was said. */
      sure?: boolean
    }
  /** It ends here, and a person must look. `refused`: by the other side; false: nothing of it can be sent at all. */
  | { kind: 'dead'; why: string; refused: boolean }
  /** Nobody needs it any more. */
  | { kind: 'needless'; why: string }

/** May throw only what is wrong with us (the database cannot be read): the notice then comes back with its lease. */
export type Deliver = (notice: OutboxNotice, signal: AbortSignal) => Promise<Delivery>

/** Asked before a notice leaves: does it go now? */
export type Gate = (notice: OutboxNotice) => Promise<Passage>
export type Passage =
  | { kind: 'go' }
  /** It has been moved into a digest. */
  | { kind: 'gathered' }
  | { kind: 'hold'; until: number }
  | { kind: 'needless'; why: string }
