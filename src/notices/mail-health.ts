/**
 * The health of the mail server for /ready: asked in the background, because a server may take minutes for a greeting
 * and /ready may not. What the mails themselves found out counts as well.
 */
import type { Health } from './channels/mail.ts'

/** So long an answer is good, when all was well and when it was not. */
const WELL_MS = 30_000
const ILL_MS = 3_000
/** One that has refused us is asked more rarely: a login that fails often is locked out. */
const REFUSED_MS = 60_000
/** Of a server that was never asked before, /ready waits so long for the first word. */
const FIRST_WORD_MS = 1_000
/** A server that has not answered for so long is said to be silent, although it may answer yet. */
const SILENT_MS = 60_000

export class MailHealth {
  #verify: () => Promise<Health>
  #now: () => number
  #known: { at: number; health: Health } | null = null
  #asking: { since: number; answer: Promise<Health> } | null = null

  /** `now`: milliseconds that only go forward. */
  constructor(verify: () => Promise<Health>, now: () => number = () => performance.now()) {
    this.#verify = verify
    this.#now = now
  }

  /** What a mail has found out. */
  learn(health: Health): void {
    this.#known = { at: this.#now(), health }
  }

  /** Null: well. Answers within a second. */
  async why(): Promise<string | null> {
    const known = this.#known
    if (known && this.#isFresh(known)) return whyOf(known.health)
    const asking = (this.#asking ??= this.#ask())
    const silentMs = this.#now() - asking.since
    if (known) {
      if (!known.health.ok || silentMs < SILENT_MS) return whyOf(known.health)
    } else {
      const health = await firstWord(asking.answer)
      if (health) return whyOf(health)
    }
    return `the mail server has not answered for ${Math.round(silentMs / 1000)} s`
  }

  #ask() {
    const answer = this.#verify().then((health) => {
      this.learn(health)
      this.#asking = null
      return health
    })
    return { since: this.#now(), answer }
  }

  #isFresh({ at, health }: { at: number; health: Health }): boolean {
    const age = this.#now() - at
    return age < (health.ok ? WELL_MS : health.refused ? REFUSED_MS : ILL_MS)
  }
}

function whyOf(health: Health): string | null {
  return health.ok ? null : health.why
}

async function firstWord(answer: Promise<Health>): Promise<Health | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), FIRST_WORD_MS)))
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
