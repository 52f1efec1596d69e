/**
 * Where the contract's stories are played: on the Asterisk of the simulation or on a real one. Both have two desk phones, a trunk and the
 * dialplan of asterisk-config; what the house sees must be the same.
 */
import type { House } from './house.ts'

export const OUR_NUMBER = '+73432001122'
export const CALLER = '+79123456789'

/** What a phone or a number does when it is called. `answers` stays until the other goes. */
export type Behaviour = 'answers' | 'rings' | 'busy' | 'rejects' | 'unallocated' | 'congested'

/** A caller, or whose phone was rung. */
export interface Outsider {
  answered(): Promise<unknown>
  press(keys: string): Promise<void>
  hangup(): Promise<void>
  /** Resolves when his call is over. */
  ended(): Promise<unknown>
  /** Q.850, once it is over. */
  readonly cause: number | null
}

export interface Stage {
  /** What the house can play. `long` lasts for some seconds. */
  readonly sounds: { short: string; long: string; missing: string }
  /** The daemon of the moment. */
  readonly house: House
  /** Somebody calls our number. */
  readonly call: () => Promise<Outsider>
  /** `101`, `102`, or a number outside. */
  readonly set: (who: string, does: Behaviour) => void
  /** The next call that rings there. Ask before it can come. */
  readonly rung: (who: string) => Promise<Outsider>
  /** The daemon dies, or its line does: nobody listens and no heart beats. */
  readonly goAway: () => Promise<void>
  /** Another life of it begins. */
  readonly comeBack: () => Promise<void>
}
