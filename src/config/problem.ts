/**
 * What can be wrong with a configuration. A problem is data: which one, where, about what; diagnostics.ts says it in Russian or English.
 *
 * The codes are printed, searched for and linked to, so they stay what they are. docs/configuration.md explains each.
 */
import type { MessageValues } from '../runtime/i18n.ts'
import { closest } from './closest.ts'

export const problemCodes = {
  // files
  'file-unreadable': 'E001',
  'file-too-big': 'E002',
  'file-not-utf8': 'E003',
  'file-empty': 'E004',
  'include-outside': 'E005',
  'include-nothing': 'E006',
  'include-nested': 'E007',
  'defined-twice': 'E008',
  'too-many-files': 'E009',
  // YAML
  'yaml-syntax': 'E010',
  'yaml-documents': 'E011',
  'yaml-tag': 'E012',
  'yaml-alias': 'E013',
  'yaml-key': 'E014',
  'duplicate-key': 'E015',
  'too-deep': 'E016',
  'too-many-values': 'E017',
  // keys and names
  'unknown-key': 'E101',
  'missing-key': 'E102',
  'unknown-person': 'E103',
  'unknown-target': 'E104',
  'unknown-group': 'E105',
  'unknown-hours': 'E106',
  'unknown-music': 'E107',
  'unknown-trunk': 'E108',
  'unknown-flow': 'E109',
  'unknown-line': 'E110',
  'unknown-channel': 'E111',
  'unknown-skill': 'E115',
  // values
  'wrong-type': 'E120',
  'bad-choice': 'E121',
  'bad-duration': 'E122',
  'too-short': 'E123',
  'bad-number': 'E124',
  'bad-name': 'E125',
  'bad-phone-key': 'E126',
  'bad-sound': 'E127',
  'sound-with-suffix': 'E128',
  'bad-path': 'E129',
  'bad-rings': 'E130',
  'bad-endpoint': 'E131',
  'bad-phone': 'E132',
  'bad-prefix': 'E133',
  'bad-mail-address': 'E134',
  'bad-recipient': 'E135',
  'bad-timezone': 'E136',
  'bad-country': 'E137',
  'bad-opt-out': 'E138',
  'empty-list': 'E139',
  'empty-text': 'E140',
  'too-long': 'E141',
  'control-characters': 'E142',
  'not-a-step': 'E143',
  'unknown-step': 'E144',
  'two-steps': 'E145',
  'bad-moment': 'E146',
  'bad-url': 'E147',
  'bad-week-time': 'E148',
  'bad-value': 'E149',
  // hours
  'bad-days': 'E150',
  'day-twice': 'E151',
  'bad-date': 'E152',
  'bad-hours': 'E153',
  'equal-times': 'E154',
  'hours-overlap': 'E155',
  'workday-in-week': 'E156',
  'workday-without-monday': 'E157',
  'calendar-unreadable': 'E158',
  'bad-clock': 'E159',
  // what the whole means
  'line-twice': 'E160',
  'reserved-name': 'E161',
  'person-and-group': 'E162',
  'no-operator': 'E163',
  'operator-key-taken': 'E164',
  'menu-without-keys': 'E165',
  'unreachable-step': 'E166',
  'dead-end': 'E167',
  'unanswered-not-last': 'E168',
  'go-to-loop': 'E169',
  'missing-prompt': 'E170',
  'only-in-script': 'E171',
  'not-in-script': 'E172',
  'opt-out-key-taken': 'E173',
  'reserve-too-big': 'E175',
  'recipient-without-mail': 'E176',
  'mobile-without-line': 'E177',
  'callback-without-lines': 'E178',
  'overflow-loop': 'E180',
  'recording-unannounced': 'E181',
  'member-twice': 'E182',
  'bad-talk-code': 'E183',
  'talk-codes-clash': 'E184',
  'bad-digit': 'E185',
  'url-without-number': 'E186',
  // warnings
  'shared-phone': 'W201',
  'flow-not-entered': 'W202',
  'prompt-not-made': 'W203',
  'music-missing': 'W204',
  'campaign-lines-over': 'W205',
  'allow-denied': 'W206',
  'group-without-mail': 'W207',
  'prompt-texts-broken': 'W208',
  'mobiles-over-lines': 'W209',
  'no-mp3-encoder': 'W210',
  'offer-never-heard': 'W211',
  'phone-book-missing': 'W212',
  'announcement-unplayed': 'W220',
} as const
export type ProblemId = keyof typeof problemCodes
export type ProblemCode = (typeof problemCodes)[ProblemId]

/** A stretch of a file. Offsets count UTF-16 units from its beginning; `file` is relative to the configuration folder. */
export interface Range {
  file: string
  start: number
  end: number
}
/** The same for people: line and column from 1, `length` within the line and at least 1. */
export interface Place {
  file: string
  line: number
  column: number
  length: number
}
export interface Problem {
  id: ProblemId
  code: ProblemCode
  severity: 'error' | 'warning'
  place: Place
  /** `flows.main[2].menu`; empty for what concerns a file as a whole. */
  path: string
  values: MessageValues
  /** What was probably meant. */
  suggestion?: string
  /** The names that would have been understood. */
  known?: readonly string[]
  /** The other place, when something stands twice. */
  other?: Place
}

export interface ProblemDetails {
  path?: Path
  values?: MessageValues
  known?: readonly string[]
  /** The word to find a suggestion for among `known`. */
  meant?: string
  other?: Place
}
/** Keys and indexes from the root of the configuration. */
export type Path = readonly PropertyKey[]

export function problem(id: ProblemId, place: Place, details: ProblemDetails = {}): Problem {
  const suggestion = details.meant === undefined ? undefined : closest(details.meant, details.known ?? [])
  return {
    id,
    code: problemCodes[id],
    severity: problemCodes[id].startsWith('W') ? 'warning' : 'error',
    place,
    path: showPath(details.path ?? []),
    values: details.values ?? {},
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(details.known ? { known: details.known } : {}),
    ...(details.other ? { other: details.other } : {}),
  }
}

export function isProblemId(text: string): text is ProblemId {
  return Object.hasOwn(problemCodes, text)
}

function showPath(path: Path): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i ? '.' : ''}${String(part)}`)).join('')
}
