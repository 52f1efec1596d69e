/**
 * What an answer of HTTP means for a notice, by the rule of mail: what is about us, the address or the secret would hit
 * every notice and is the channel's illness; only what is about this notice may end it. Pure.
 */
import type { Delivery } from '../delivery.ts'
import type { HttpAnswer } from '../../outgoing/ask.ts'

/** The server has read the notice, and it is not what it takes. */
const ABOUT_NOTICE = new Set([400, 406, 409, 411, 413, 414, 415, 417, 422, 431])
/** Nobody has looked at it. */
const NOT_NOW = new Set([408, 425, 429, 502, 503, 504])

/**
 * `sent` for 2xx. `onRefusal`: what becomes of a notice that the server has read and does not take. `onSilence`: the
 * request was on its way, and no answer came.
 */
export function httpVerdict(
  answer: HttpAnswer,
  words: { who: string; said?: string },
  rules: { onRefusal: 'dead' | 'again'; onSilence: 'again' | 'fate-unknown' },
): Delivery {
  if (answer.kind === 'failed') {
    if (!answer.sent) return { kind: 'retry', blame: 'unreachable', why: answer.why }
    return { kind: 'retry', blame: rules.onSilence === 'again' ? 'notice' : 'fate-unknown', why: answer.why }
  }
  const { status, retryAfterMs: afterMs } = answer
  if (status >= 200 && status < 300) return { kind: 'sent' }
  const why = `${words.who} answered ${status}${words.said ? `: ${words.said}` : ''}`
  if (NOT_NOW.has(status)) return { kind: 'retry', blame: 'unreachable', why, afterMs }
  if (ABOUT_NOTICE.has(status))
    return rules.onRefusal === 'dead'
      ? { kind: 'dead', why, refused: true }
      : { kind: 'retry', blame: 'notice', why, afterMs }
  // it broke over this notice, perhaps not over another
  if (status >= 500) return { kind: 'retry', blame: 'server', why, afterMs }
  // a wrong secret, an address that is gone or leads elsewhere (redirects are not followed), an account without money
  return { kind: 'retry', blame: 'us', why, afterMs, lasting: true }
}
