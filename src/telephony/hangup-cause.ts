/**
 * Why a dialled leg was not answered. ISDN's cause values (ITU-T Q.850), which Asterisk makes of SIP answers (its
 * res_pjsip: 486 -> 17, 480/408 -> 19 or 18, 603 -> 21, 404 -> 1, 484 -> 28, 503 -> 34).
 */
import type { DialFailure } from './api.ts'

export const cause = {
  unallocated: 1,
  normal: 16,
  busy: 17,
  noUserResponse: 18,
  noAnswer: 19,
  absent: 20,
  rejected: 21,
  answeredElsewhere: 26,
  invalidNumber: 28,
  congestion: 34,
} as const

/** Did the far side answer that it is to be looked for elsewhere? `tech_cause` is the SIP answer: 300 to 305, and 380 (RFC 3261, 21.3). */
export function isRedirect(destroyed: Readonly<Record<string, unknown>>): boolean {
  const answer = Number(destroyed['tech_cause'] ?? 0)
  return answer >= 300 && answer < 400
}

/** A refusal that comes sooner, and before anything rang, is of a phone that is off: nobody was there to let it ring. */
const AT_ONCE_MS = 5_000

/**
 * `rang`: the far side had begun to ring; a plain clearing (16), our time-out or a line that is lost on the way (34, 42, 44) then means
 * that nobody answered: who heard it ring has been disturbed, and the try counts. `ms`: from the request to its end. `ofDesk`: a desk phone that rings
 * and by itself, within seconds, says that nobody answers (480, 503) is told not to disturb, or somebody pressed the key; it is not rung on.
 */
export function dialFailure(
  code: number,
  rang: boolean,
  ms = Infinity,
  ofDesk = false,
): Exclude<DialFailure, 'not-placed' | 'cancelled'> {
  const kind = failureOf(code, rang, ms)
  return kind === 'no-answer' && ofDesk && ms < AT_ONCE_MS ? 'rejected' : kind
}

function failureOf(code: number, rang: boolean, ms: number): Exclude<DialFailure, 'not-placed' | 'cancelled'> {
  switch (code) {
    case 17:
      return 'busy'
    case 16:
      return rang ? 'no-answer' : 'failed'
    case 18:
    case 19:
      return rang || ms >= AT_ONCE_MS ? 'no-answer' : 'unreachable'
    case 20:
    case 22:
    case 27:
      return 'unreachable'
    case 21:
      return 'rejected'
    case 1:
    case 2:
    case 3:
    case 28:
      return 'unallocated'
    case 34:
    case 42:
    case 44:
      return rang ? 'no-answer' : 'congestion'
    case 0:
      return rang ? 'no-answer' : 'failed'
    default:
      return 'failed'
  }
}
