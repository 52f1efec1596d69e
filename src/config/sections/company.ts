import { isSupportedCountry } from 'libphonenumber-js/max'
import { z } from 'zod'
import type { ProblemId } from '../problem.ts'
import { login, strict, text } from '../values.ts'

/** `company:` who the callers reach, and the language, zone and country that everything else falls back to. */
export const company = strict({
  name: text(100).describe('as it stands in mails and as the caller id’s name'),
  language: z.enum(['ru', 'en']).default('en').describe('language of prompts, mails and messages'),
  timezone: z
    .string()
    .refine(isTimeZone, 'bad-timezone' satisfies ProblemId)
    .describe('IANA zone, for example Asia/Yekaterinburg'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'bad-country' satisfies ProblemId)
    .refine((code) => isSupportedCountry(code), 'bad-country' satisfies ProblemId)
    .describe('ISO 3166 code; numbers without + are read as numbers of this country'),
  login: login()
    .default('phone')
    .describe('`phone`: who has a phone that is on is there; `required`: who has signed in (`*11`) is'),
})

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return /^[A-Za-z]/.test(zone)
  } catch {
    return false
  }
}
