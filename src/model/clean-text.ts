/**
 * Text that a stranger chose (a caller's name or number, a file name, a server's answer) made safe to show, log and put into a mail.
 *
 * Control characters end headers and colour terminals, bidi and invisible ones make a name read as another; all of them go. What the
 * reader may see stays as it is: markup is the business of whoever writes markup.
 */

/** Code points of a caller's number or name that are kept. */
export const CALLER_ID_LENGTH = 64

/** Cc, Cf (bidi, zero width, soft hyphen, tags), lone surrogates, private use; the separators become spaces. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu
const BREAKS = /[\s\p{Zl}\p{Zp}\p{Cc}]+/gu

/** One line in NFC, without anything invisible, of at most `max` code points; `''` when nothing is left. Cleaning twice changes nothing. */
export function cleanText(text: string, max: number): string {
  // a name of a megabyte is cut before the work, not after it
  const bounded = text.length > max * 16 ? text.slice(0, max * 16) : text
  const line = bounded.replace(BREAKS, ' ').replace(UNSEEN, '').normalize('NFC').replace(/ {2,}/g, ' ').trim()
  const points = Array.from(line)
  return points.length <= max ? line : points.slice(0, max).join('').trimEnd()
}
