/** The result of a run on one page. */
import type { KillRun } from './kill-run.ts'

const MOST = 40

export function page(run: KillRun): string {
  const { counts, deaths, violations } = run
  const back = run.backAfter.toSorted((a, b) => a - b)
  const at = (share: number) => `${((back[Math.floor((back.length - 1) * share)] ?? 0) / 1_000).toFixed(1)} s`
  const lines = [
    `Crash run, seed ${run.seed}, ${Math.round(run.seconds)} s`,
    '',
    `  deaths         ${deaths.daemon} of the daemon, ${deaths.asterisk} of Asterisk; ${deaths.frozen} times it stood still`,
    `  back at work   ${at(0.5)} after a death (median), ${at(0.99)} (99 of 100)`,
    `  calls          ${counts.calls}, ${run.ofSipp} of them SIPp's: ${counts.answered} spoken with, ${counts.missed} not, ${counts.between} in between`,
    `  mails          ${counts.mails}, and ${counts.copies} copies with the same id`,
    `  dialled        ${counts.dials} calls to numbers outside`,
    ...(counts.doubleDeaths > 0
      ? [
          `  double deaths  ${counts.doubleDeaths} calls came in the second before both died; Asterisk keeps no book of those`,
        ]
      : []),
    ...(run.reached.length > 0 ? [`  points         died at ${run.reached.length} named points`] : []),
    ...(run.unreached.length > 0 ? [`  not come to    ${run.unreached.join(', ')}`] : []),
    '',
    violations.length === 0 ? '  All invariants held.' : `  ${violations.length} violations, kept in ${run.dir}:`,
    ...violations.slice(0, MOST).map((violation) => `    ${violation}`),
    ...(violations.length > MOST ? [`    and ${violations.length - MOST} more`] : []),
  ]
  return lines.join('\n')
}
