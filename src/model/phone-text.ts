/**
 * What stands written where a number should: the digits that a reader sees, whatever invisible marks, spaces, hyphens and script they come in.
 * Pure and total. Which subscriber the digits are is the question of phone-number.ts.
 */

/** A text that has the form of one number. */
export interface WrittenNumber {
  plus: boolean
  /** `0` to `9` only. */
  digits: string
  /** The digits up to the first space, hyphen or bracket. */
  firstGroup: string
  /** Digits before a slash or a bracket. If they are a whole number by themselves, the rest is a second number, or an extension. */
  heads: { digits: string; rest: 'several' | 'extension' }[]
}
/** `characters`: there is something in it that no number has. `several`: more than one number. */
export type UnreadableText = 'empty' | 'characters' | 'several' | 'extension'

/** Longer than any way to write a number, URI parameters and marks included. */
const LONGEST = 300
const MOST_DIGITS = 24

/** Direction marks, zero width, soft hyphen, byte order mark and the like: nobody sees them, so they say nothing. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
/** What Excel and web shops put around a number to keep it text: `="79…"`, `'79…`. */
const TEXT_MARKS = /^=?"|^'|"$/g
/** A number that a spreadsheet or a program took for an amount: `79161234567.0` */
const AS_AMOUNT = /^(\+?\d{7,15})[.,]0{1,2}$/
/** RFC 3966 and 4694: `;npdi`, `;rn=+7343…`, `;phone-context=+7` */
const PARAMETER = /^[a-z][a-z0-9-]*(=[^;=]*)?$/i
const EXTENSION = /доб|внутр|вн\.|доп|ext|[#*]|x\s*\d/iu

export function readPhoneText(text: string): WrittenNumber | UnreadableText {
  if (typeof text !== 'string' || text.length > LONGEST) return 'characters'
  const seen = text.replace(INVISIBLE, '').trim().replace(TEXT_MARKS, '').trim()
  if (seen === '') return 'empty'
  const bare = withoutUri(seen)
  if (bare === null) return 'characters'
  const [first = '', ...parameters] = bare.split(';')
  if (!parameters.every((part) => PARAMETER.test(part.trim()))) return 'several'
  const valueOf = (name: string) => parameters.find((part) => part.trim().toLowerCase().startsWith(`${name}=`))
  if (valueOf('ext') !== undefined) return 'extension'
  const context = /=\s*(\+[\d() .-]+)$/.exec(valueOf('phone-context') ?? '')?.[1] ?? ''
  const written = readCharacters(first.trim().replace(AS_AMOUNT, '$1'))
  // a global number says its country itself, whatever context a client adds
  return context === '' || typeof written === 'string' || written.plus ? written : readCharacters(`${context} ${first}`)
}

/** Whether somebody's number stands in a text, among whatever words. */
export function holdsNumber(text: string): boolean {
  return (text.match(/\p{Nd}/gu) ?? []).length >= 5
}

/** `tel:+7…`, `sip:+7…@example.ru;user=phone`, `<sip:…>` -> what stands for the number, with its parameters. Null: escapes that are none. */
function withoutUri(text: string): string | null {
  const inner = /^<(.*)>$/s.exec(text)?.[1] ?? text
  const [, scheme, rest = ''] = /^(tel|sips?|callto):(.*)$/is.exec(inner) ?? []
  if (scheme === undefined) return inner
  // parameters of a SIP URI behind the host say nothing about the number; those in front of it do
  const user = /^sip/i.test(scheme) ? rest.split('@')[0]!.replace(/:.*$/s, '') : rest
  try {
    return decodeURIComponent(user).replace(INVISIBLE, '')
  } catch {
    return null
  }
}

function readCharacters(text: string): WrittenNumber | UnreadableText {
  const plain = Array.from(text, plainCharacter).join('')
  if (!/^[\d+ ()./-]*$/.test(plain)) return whyNotPlain(plain)
  const digits = plain.replace(/\D/g, '')
  if (digits === '') return 'characters'
  const pluses = plain.split('+').length - 1
  if (pluses > 1) return 'several'
  if (pluses === 1 && !/^[ (]*\+/.test(plain)) return /\d{5}.*\+/.test(plain) ? 'several' : 'characters'
  if (digits.length > MOST_DIGITS) return 'several'
  return { plus: pluses === 1, digits, firstGroup: /\d+/.exec(plain)![0], heads: headsOf(plain) }
}

/** The same for every script and width; what has no such form stays and is refused. */
function plainCharacter(character: string): string {
  if (/\p{Nd}/u.test(character)) return digitOf(character)
  if (/\p{Zs}/u.test(character)) return ' '
  // the minus sign, and the long vowel mark that stands for a hyphen in Japan
  if (/[\p{Pd}\u2212\u30FC\uFF70~]/u.test(character)) return '-'
  // full-width brackets, points and pluses
  const folded = character.normalize('NFKC')
  if (folded === '[') return '('
  if (folded === ']') return ')'
  if (folded === '·') return '.'
  return /^[+()./]$/.test(folded) ? folded : character
}

/** Forms of our own digits, and the two sets of Arabic ones, which keyboards and phone books of whole countries have. */
function digitOf(character: string): string {
  const folded = character.normalize('NFKC')
  if (/^[0-9]$/.test(folded)) return folded
  const arabic = '٠١٢٣٤٥٦٧٨٩'.indexOf(character)
  const persian = '۰۱۲۳۴۵۶۷۸۹'.indexOf(character)
  const value = Math.max(arabic, persian)
  return value < 0 ? character : String(value)
}

function whyNotPlain(text: string): UnreadableText {
  if (EXTENSION.test(text) && /\d{5}/.test(text.replace(/[ ()./-]/g, ''))) return 'extension'
  const parts = text.split(/[,;|\\&\n\t]+/).filter((part) => part.replace(/\D/g, '').length >= 5)
  return parts.length > 1 ? 'several' : 'characters'
}

function headsOf(plain: string): WrittenNumber['heads'] {
  return [...plain.matchAll(/[/(]/g)].flatMap(({ 0: sign, index }) => {
    const digits = plain.slice(0, index).replace(/\D/g, '')
    return digits.length < 5 ? [] : [{ digits, rest: sign === '/' ? ('several' as const) : ('extension' as const) }]
  })
}
