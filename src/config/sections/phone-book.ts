import { z } from 'zod'
import { LIST_FORMS } from '../../model/phone-number.ts'
import { keyedUnion, shortOrLong } from '../keyed-union.ts'
import type { ProblemId } from '../problem.ts'
import { fixedUrl, secret } from '../secret-place.ts'
import { pathBelow, someTime, strict, text } from '../values.ts'

const file = () => pathBelow().regex(/^[^*]+$/, 'bad-path' satisfies ProblemId)

const form = z
  .enum(LIST_FORMS)
  .default('auto')
  .describe('how numbers without + are written there: `e164` with the country code, `national` as they are dialled')

const privateNet = z
  .boolean()
  .default(false)
  .describe('the server may stand in a private network; otherwise such addresses are refused')

/** `phone_book:` whose number it is. The first source that knows the number gives the name. */
export const phoneBook = z.array(
  keyedUnion('name-source', () => ({
    csv: strict({
      csv: file().describe('a table below the configuration folder: `contacts.csv`'),
      number: text(100).optional().describe('heading of the column of numbers, if it is not found by itself'),
      name: text(100).optional().describe('heading of the column of names, if it is not found by itself'),
      number_format: form,
    }),
    vcard: strict({
      vcard: file().describe('vCards below the configuration folder: `contacts.vcf`'),
      number_format: form,
    }),
    carddav: strict({
      carddav: strict({
        url: fixedUrl().describe('an address book, or the server: all address books of the user are taken then'),
        user: text(200).describe('who signs in'),
        password: secret.describe('of the user; of an app, where the server makes such passwords'),
        refresh: someTime().default(900_000).describe('how often it is asked what has changed'),
        timeout: someTime().default(20_000).describe('how long one request may take'),
        private: privateNet,
        number_format: form,
      }).describe('an address book on a server: Nextcloud, Radicale, iCloud, Yandex, Mail.ru'),
    }),
    http: strict({
      http: strict({
        url: fixedUrl()
          .regex(/\{(number|digits)\}/, 'url-without-number' satisfies ProblemId)
          .describe(
            'is asked for each caller; `{number}` is the number as `+79…`, percent-encoded, `{digits}` without the plus',
          ),
        path: text(200)
          .regex(/^[^\s.]+(\.[^\s.]+)*$/, 'bad-value' satisfies ProblemId)
          .default('name')
          .describe('where the name stands in the JSON of the answer: `name`, `data.0.title`'),
        headers: z
          .record(
            z.string().regex(/^[A-Za-z0-9-]{1,80}$/, 'bad-name' satisfies ProblemId),
            shortOrLong(text(1000), secret),
          )
          .default({})
          .describe('headers of the question; of a secret its place: `X-Api-Key: { env: CRM_KEY }`'),
        token: secret.optional().describe('is sent as `Authorization: Bearer …`'),
        timeout: someTime()
          .refine((ms) => ms <= 10_000, 'bad-value' satisfies ProblemId)
          .default(1_000)
          .describe('how long one question may take; at most 10s'),
        cache: someTime().default(86_400_000).describe('how long an answer counts, also that there is no name'),
        private: privateNet,
      }).describe('a CRM that is asked about each caller'),
    }),
  })),
)
export type PhoneBookSource = z.output<typeof phoneBook>[number]
export type CsvSource = Extract<PhoneBookSource, { kind: 'csv' }>
export type VcardSource = Extract<PhoneBookSource, { kind: 'vcard' }>
export type CarddavSource = Extract<PhoneBookSource, { kind: 'carddav' }>
export type HttpSource = Extract<PhoneBookSource, { kind: 'http' }>
