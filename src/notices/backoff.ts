/** When a mail that could not be sent is tried again. Pure. */

/** Milliseconds. */
export interface BackoffRules {
  firstMs: number
  maxMs: number
  /** After this age, and not before `minTries`, the mail is given up. */
  giveUpMs: number
  minTries: number
}

/**
 * 1, 2, 4 … minutes, then every hour, for five days: greylisting passes within minutes, a weekend's outage within days.
 */
export const defaultBackoff: BackoffRules = {
  firstMs: 60_000,
  maxMs: 3_600_000,
  giveUpMs: 5 * 86_400_000,
  minTries: 10, // a machine that was off for a week still gets its tries
}

/**
 * The wait after `tries` failures in a row: doubled from `firstMs` to `maxMs`, and up to a fifth more, so that mails do
 * not come back as one crowd.
 */
export function waitAfter(tries: number, rules: Pick<BackoffRules, 'firstMs' | 'maxMs'>, random: () => number): number {
  const doubled = rules.firstMs * 2 ** Math.min(Math.max(tries - 1, 0), 30)
  return Math.round(Math.min(doubled, rules.maxMs) * (1 + 0.2 * random()))
}

/** Is it time to give a mail up? `tries` counts the one that has just failed. */
export function givenUp(mail: { createdAt: number; tries: number }, now: number, rules: BackoffRules): boolean {
  return mail.tries >= rules.minTries && now - mail.createdAt >= rules.giveUpMs
}

/** Each further copy of a notice whose fate is unknown comes so many times later than the one before it. */
const COPY_FACTOR = 15

/** The wait after `copies` sends that may have arrived: 1 minute, 15, then an hour. */
export function copyWait(copies: number, { firstMs, maxMs }: Pick<BackoffRules, 'firstMs' | 'maxMs'>): number {
  return Math.min(firstMs * COPY_FACTOR ** Math.min(Math.max(copies - 1, 0), 10), maxMs)
}
