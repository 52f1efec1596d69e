/**
 * The small words of the configuration: durations, numbers, names, phone numbers.
 *
 * The loader hands every YAML scalar to these schemas as the text that stands in the file (`+7…` and `0101` stay what the
 * admin wrote); only `true`, `false` and empty values arrive as such. So a schema here reads text and gives the typed value.
 *
 * The message of a refusal is the id of a problem (problem.ts), which is said in Russian or English later.
 */
import { DateTime } from 'luxon'
import { z } from 'zod'
import { parseMailAddress } from '../model/mail-address.ts'
import { readPhoneText } from '../model/phone-text.ts'
import { jsonShapes } from './json-shapes.ts'
import type { ProblemId } from './problem.ts'

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `20s`, `1m30s`, `2h` -> milliseconds. A bare number is refused: `wait: 5` leaves open five of what. Longer than a year is refused too. */
export function parseDuration(text: string): number | null {
  const parts = [...text.matchAll(/(\d{1,9})\s*(ms|s|m|h|d)/g)]
  if (parts.length === 0 || parts.map((p) => p[0]).join('') !== text.replace(/\s+(?=\d)/g, '').trim()) return null
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitMs[unit as keyof typeof unitMs], 0)
  return ms <= 366 * unitMs.d ? ms : null
}

/** A time span; milliseconds once loaded. */
export const duration = () =>
  z
    .string()
    .transform((text, ctx) => {
      const ms = parseDuration(text)
      if (ms !== null) return ms
      ctx.addIssue({ code: 'custom', message: 'bad-duration' satisfies ProblemId, params: { text } })
      return z.NEVER
    })
    .register(jsonShapes, {
      shape: { keywords: { type: 'string', pattern: '^\\s*(\\d+\\s*(ms|s|m|h|d)\\s*)+$', examples: ['20s', '1m30s'] } },
    })

/** A time span that must not be nothing: how long something rings, how long a message may be. */
export const someTime = () => duration().refine((ms) => ms >= 1000, 'too-short' satisfies ProblemId)

/** A whole number between `min` and `max`. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .transform((text, ctx) => {
      const n = Number(text)
      if (/^\d{1,9}$/.test(text) && n >= min && n <= max) return n
      ctx.addIssue({ code: 'custom', message: 'bad-number' satisfies ProblemId, params: { text, min, max } })
      return z.NEVER
    })
    .register(jsonShapes, { shape: { keywords: { type: 'integer', minimum: min, maximum: max } } })

/** An instant of the company's wall clock, `2026-11-26 18:00`. */
export const moment = () =>
  z
    .string()
    .refine(
      (text) => /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/.test(text) && DateTime.fromSQL(text, { zone: 'utc' }).isValid,
      'bad-moment' satisfies ProblemId,
    )
    .register(jsonShapes, {
      shape: { keywords: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}$' } },
    })

/** A text for people, one line. */
export const text = (longest: number) =>
  z
    .string()
    .regex(/\S/, 'empty-text' satisfies ProblemId)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'control-characters' satisfies ProblemId)
    .max(longest, 'too-long' satisfies ProblemId)

/** A key of the file that names something: a person, a group, a flow. */
export const name = () => z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}_-]{0,63}$/u, 'bad-name' satisfies ProblemId)

/** One telephone key. */
export const key = () => z.string().regex(/^[0-9*#]$/, 'bad-phone-key' satisfies ProblemId)

/** A sound: a path below the configuration folder without suffix, `prompts/greeting`. Never absolute, never upwards. */
export const sound = () =>
  z
    .string()
    .max(200, 'too-long' satisfies ProblemId)
    .regex(/^(?!.*\.\.)[\p{L}\p{N}_-]+(\/[\p{L}\p{N}_.-]+)*$/u, 'bad-sound' satisfies ProblemId)
    .refine(
      (path) => !/\.(wav|mp3|sln|gsm|ulaw|alaw|g722|ogg|flac)$/i.test(path),
      'sound-with-suffix' satisfies ProblemId,
    )

/** A folder or file below the configuration folder: relative, never upwards. */
export const pathBelow = () =>
  z.string().regex(/^(?!.*\.\.)(?!\/)[\p{L}\p{N}_ ./*-]{1,200}$/u, 'bad-path' satisfies ProblemId)

/** A phone of the PBX or a trunk as Asterisk names it. */
export const endpoint = () =>
  z.string().regex(/^PJSIP\/[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'bad-endpoint' satisfies ProblemId)

/** A time of the day, `08:30`; minutes since midnight once loaded. */
export const clockTime = () =>
  z
    .string()
    .regex(/^([01]?\d|2[0-3]):[0-5]\d$/, 'bad-clock' satisfies ProblemId)
    .transform((text) => {
      const [hours, minutes] = text.split(':').map(Number) as [number, number]
      return hours * 60 + minutes
    })
    .register(jsonShapes, {
      shape: { keywords: { type: 'string', pattern: '^([01]?\\d|2[0-3]):[0-5]\\d$', examples: ['08:30'] } },
    })

/** A phone number in any spelling. The loader turns it to E.164 with the company's country, and says which are none (numbers.ts). */
export const phoneNumber = () =>
  z
    .string()
    .superRefine((text, ctx) => {
      const written = readPhoneText(text)
      const why = typeof written === 'string' ? written : written.digits.length < 5 ? 'unknown' : null
      if (why !== null) ctx.addIssue({ code: 'custom', message: 'bad-phone' satisfies ProblemId, params: { why } })
    })
    .register(jsonShapes, { shape: { keywords: { type: ['string', 'number'], examples: ['+7 343 200-11-22'] } } })

/** What makes an operator present: that his phone is on, or that he has said so. */
export const login = () => z.enum(['phone', 'required'])

/** A mail address; its domain may be written in any script or in punycode, and is kept as people read it. */
export const mailAddress = () =>
  z
    .string()
    .transform((text, ctx) => {
      const address = parseMailAddress(text)
      if (address !== null) return address
      ctx.addIssue({ code: 'custom', message: 'bad-mail-address' satisfies ProblemId, params: { text } })
      return z.NEVER
    })
    .register(jsonShapes, { shape: { keywords: { type: 'string', format: 'idn-email' } } })

/** A map in which only the keys of `shape` may stand; the refusal of another key names those that may. */
export const strict = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `known:${Object.keys(shape).join(',')}` : undefined),
  })
