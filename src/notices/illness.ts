/**
 * Channels that cannot deliver. What is about us, the connection or the quota would hit every notice: the notices wait,
 * and a person is told, once, by another channel. The row is written first; the alarm's id follows from it, so that a
 * death in between tells nobody twice.
 */
import type { Clock } from '../runtime/clock.ts'
import type { Language } from '../runtime/i18n.ts'
import type { Logger } from '../runtime/logger.ts'
import { Poller } from '../runtime/poller.ts'
import type { Illness, Illnesses } from '../store/illnesses.ts'
import type { Journal } from '../store/journal.ts'
import type { AlarmPayload } from './payload.ts'

/**
 * `refused`: the other side takes nothing from us, and a person must mend it. `everybody`: it refuses one recipient
 * after another. `unconfirmed`: it falls silent over each finished notice. `put-off`: it has asked to come later for an
 * hour, and has taken nothing. `away`: it cannot be reached, or takes nothing for the moment. `recipient`: it refuses
 * one mailbox, and takes what is for others.
 */
export const illnessKinds = [
  'refused',
  'everybody',
  'unconfirmed',
  'put-off',
  'away',
  'recipient',
] as const satisfies Subject[]
type Subject = AlarmPayload['what']
export type IllnessKind = (typeof illnessKinds)[number]

/** A server that is restarted, a mailbox that was misspelt and is mended: nobody is called for that at once. */
const TOLD_AFTER_MS: Record<IllnessKind, number> = {
  'refused': 0,
  'everybody': 0,
  'unconfirmed': 0,
  'put-off': 0,
  'away': 600_000,
  'recipient': 600_000,
}
/** A channel that is ill again soon after it was well is told of once. */
const TOLD_AGAIN_MS = 6 * 3_600_000
const LOOK_MS = 15_000

/** What a worker says of its channel. */
export interface IllnessBook {
  fails(channel: string, kind: IllnessKind, why: string): Promise<void>
  /** `only`: unless it is ill in another way. */
  works(channel: string, only?: IllnessKind): Promise<void>
  /** As it was written down, perhaps by a former life of the daemon. */
  kindOf(channel: string): IllnessKind | null
}

export interface ChannelIllnessesParts {
  store: Illnesses
  journal: Journal
  clock: Clock
  log: Logger
  company: () => { name: string; zone: string }
  /** Who is told of a channel's illness by a channel that is well; `ill` are those that are not. */
  whom: (channel: string, ill: ReadonlySet<string>) => { address: string; language: Language }[]
  /** Lanes that have something to send: only they can find out that their channel is well again. */
  unfinishedLanes: () => Promise<readonly string[]>
  /** Something was written into the outbox. */
  onNotices: () => void
}

export class ChannelIllnesses implements IllnessBook {
  #parts: ChannelIllnessesParts
  #known = new Map<string, Illness>()
  #lastTold = new Map<string, number>()
  #poller: Poller
  #telling: Promise<void> = Promise.resolve()

  constructor(parts: ChannelIllnessesParts) {
    this.#parts = parts
    this.#poller = new Poller({ pass: () => this.look(), everyMs: LOOK_MS, log: parts.log })
  }

  /** What a former life of the daemon has written down, and the configuration still names. */
  async load(isNamed: (illness: Illness) => boolean = () => true): Promise<void> {
    for (const illness of await this.#parts.store.list()) this.#known.set(illness.channel, illness)
    await this.forget(isNamed)
    await this.#forgetIdle()
  }

  start(): void {
    this.#poller.start()
  }

  stop(): Promise<void> {
    return this.#poller.stop()
  }

  /** Oldest first. */
  current(): readonly Illness[] {
    return [...this.#known.values()]
  }

  kindOf(channel: string): IllnessKind | null {
    return kindOf(this.#known.get(channel)?.kind)
  }

  async fails(channel: string, kind: IllnessKind, why: string): Promise<void> {
    const known = this.#known.get(channel)
    if (!known) this.#parts.log.warn('a channel cannot deliver, its notices wait', { channel, kind, why })
    const { since, toldAt } = known ?? { since: this.#parts.clock.now(), toldAt: null }
    if (!known || known.kind !== kind || known.why !== why) await this.#save({ channel, kind, why, since, toldAt })
    await this.tellDue()
  }

  async works(channel: string, only?: IllnessKind): Promise<void> {
    const known = this.#known.get(channel)
    if (!known || (only && known.kind !== only)) return
    await this.#parts.store.heal(channel)
    this.#known.delete(channel)
    const seconds = Math.round((this.#parts.clock.now() - known.since) / 1000)
    this.#parts.log.info('a channel delivers again', { channel, seconds })
  }

  /** Those that the configuration does not name any more. */
  async forget(isNamed: (illness: Illness) => boolean): Promise<void> {
    for (const [channel, illness] of this.#known) {
      if (isNamed(illness)) continue
      await this.#parts.store.heal(channel)
      this.#known.delete(channel)
    }
  }

  /** Who has to be told by now, and what nobody knows any more. */
  async look(): Promise<void> {
    await this.tellDue()
    await this.#forgetIdle()
  }

  /** Where nothing is left to send nobody finds out that the channel is well: it counts as well until something fails. */
  async #forgetIdle(): Promise<void> {
    if (this.#known.size === 0) return
    const lanes = new Set(await this.#parts.unfinishedLanes())
    await this.forget(({ channel, kind }) => kind === 'recipient' || lanes.has(laneOf(channel)))
  }

  /** Tells a person of each illness that has lasted long enough. One look after another. */
  tellDue(): Promise<void> {
    const look = this.#telling.then(async () => {
      for (const illness of this.#known.values()) if (this.#isDue(illness)) await this.#tell(illness)
    })
    this.#telling = look.catch(() => {})
    return look
  }

  #isDue({ channel, kind, since, toldAt }: Illness): boolean {
    const now = this.#parts.clock.now()
    const known = kindOf(kind) ?? 'away'
    // where the whole channel is ill, its mailboxes are not to blame
    if (known === 'recipient' && this.#known.has(laneOf(channel))) return false
    const again = (this.#lastTold.get(channel) ?? -Infinity) + TOLD_AGAIN_MS
    return toldAt === null && now >= since + TOLD_AFTER_MS[known] && now >= again
  }

  async #tell(illness: Illness): Promise<void> {
    const { journal, clock, log, whom, company, onNotices } = this.#parts
    const { channel, kind, why, since } = illness
    const now = clock.now()
    const people = whom(channel, new Set(this.#known.keys()))
    const payload: AlarmPayload = { company: company(), channel, what: kindOf(kind) ?? 'away', why, since }
    if (people.length === 0)
      log.error('a channel cannot deliver, and there is no other channel to tell anybody by', { channel, kind, why })
    else await journal.commit(people.map((person) => alarm(`ill.${channel}.${since}`, person, payload, now)))
    await this.#save({ ...illness, toldAt: now })
    this.#lastTold.set(channel, now)
    if (people.length > 0) onNotices()
  }

  async #save(illness: Illness): Promise<void> {
    await this.#parts.store.save(illness)
    this.#known.set(illness.channel, illness)
  }
}

/** The row of an alarm; the same `key` and recipient are the same row. */
export function alarm(
  key: string,
  { address, language }: { address: string; language: Language },
  payload: AlarmPayload,
  now: number,
) {
  const id = `${Buffer.from(key).toString('base64url')}.${Buffer.from(address.toLowerCase()).toString('base64url')}`
  const about = { callId: null, caseId: null, threadKey: null }
  return {
    op: 'notice' as const,
    row: { id, kind: 'alarm' as const, ...about, recipient: address, language, payload, dueAt: now, createdAt: now },
  }
}

/** The lane of `mail anna@example.ru` and of `mail mail.example.ru:587`. */
export function laneOf(channel: string): string {
  return channel.split(' ', 1)[0]!
}

function kindOf(text: string | undefined): IllnessKind | null {
  return illnessKinds.find((kind) => kind === text) ?? null
}
