/** A call as the phone knows it: what the outside sees of it, and what is needed to carry it on. */
import type { Dialog } from '../scripts/rig/sip/message.ts'
import type { Stream } from '../scripts/rig/sip/rtp.ts'
import type { SoundName } from './rtp.ts'

/** What happened to a call and when. `replied`: any response; `key`: the first packet that ends the digit left; names of sounds: first heard. */
export type Moment = 'invite' | 'replied' | 'answered' | 'key' | 'bye' | 'cancelled' | 'over' | SoundName
export type CallEnd =
  /** The PBX died under it. */
  'lost' | 'they hung up' | 'we hung up' | 'cancelled' | 'timeout' | `refused ${number}` | `we said ${number}`

export interface PhoneCall {
  readonly direction: 'placed' | 'taken'
  readonly from: string
  readonly to: string
  readonly at: Partial<Record<Moment, number>>
  /** Null while it lasts. */
  end: CallEnd | null
}

export interface CallOptions {
  from: string
  /** Pressed so long after the menu is first heard. */
  key?: { digit: string; afterMs: number }
  /** Says something all the time; otherwise nothing is sent but digits. */
  speaks?: boolean
  /** Given up then. */
  timeoutMs?: number
}

/** What a callee does. `never`: lets it ring. */
export type Callee = { refuse: number } | { answerAfterMs: number; speaks: boolean; key?: CallOptions['key'] } | 'never'

export interface Line extends PhoneCall {
  id: string
  stream: Stream
  voice: SoundName
  dialog: Dialog
  cseq: number
  speaks: boolean
  /** Where its sound goes and comes from. */
  mediaPort: number
  key: CallOptions['key']
  /** The last final answer to an INVITE, repeated until it is acknowledged. */
  answer: string
  acknowledged: boolean
  /** He has left before anybody answered; said as soon as the PBX has said anything. */
  leaving: boolean
  timers: Set<NodeJS.Timeout>
  onOver: () => void
}

export function mark(line: Line, moment: Moment): void {
  line.at[moment] ??= performance.now()
}

/** A timer that ends with the call. */
export function after(line: Line, ms: number, act: () => void): void {
  const timer = setTimeout(() => {
    line.timers.delete(timer)
    act()
  }, ms)
  line.timers.add(timer)
}
