/** One number has one spelling inside, whatever country it is of and whoever wrote it down: it is read right, or it is refused. */
import { type CountryCode, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, it } from 'vitest'
import { type NumberForm, parsePhone, type PhoneRefusal, readPhone } from '../../src/model/phone-number.ts'
import { type ExampleNumber, exampleNumbers } from '../support/example-numbers.ts'

const ALL = exampleNumbers(3)

/** What comes of a spelling: right, refused with a reason, or somebody else, which must never be. */
function outcome(text: string, home: string, number: string, form: NumberForm = 'auto'): string {
  const reading = readPhone(text, home, form)
  if ('refused' in reading) return reading.refused
  return reading.number === number ? 'right' : `SOMEBODY ELSE: ${text} of ${number} in ${home} as ${reading.number}`
}

function count(outcomes: string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of outcomes) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

const parsed = (number: string) => parsePhoneNumberFromString(number)!
const digits = (text: string) => text.replace(/\D/g, '')

/** What people of the country dial before another country's number; null where there are several such prefixes. */
function exitCode(country: CountryCode): string | null {
  const abroad = parsed(getCountryCallingCode(country) === '44' ? '+12125550123' : '+442079460000')
  const dialled = abroad.format('IDD', { fromCountry: country })
  return dialled ? digits(dialled).slice(0, -abroad.number.length + 1) : null
}

/** By how the number is written; null: the country has no such way. */
const SPELLINGS: Record<string, (example: ExampleNumber) => string | null> = {
  'E.164': ({ number }) => number,
  'in groups': ({ number }) => parsed(number).formatInternational(),
  'as a link': ({ number }) => parsed(number).getURI(),
  'as SIP has it': ({ number }) => `sip:${number};npdi=yes@example.net;user=phone`,
  'between direction marks': ({ number }) => `\u202a\u200e${number.replace(/(..)/g, '$1\u200b')}\u202c`,
  'with no-break spaces and a long hyphen': ({ number }) =>
    parsed(number).formatInternational().replaceAll(' ', '\u00a0').replaceAll('-', '\u2011'),
  'full-width': ({ number }) => number.replace(/[+\d]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
  'with 00': ({ number }) => `00${number.slice(1)}`,
  'with the exit code': ({ number, country }) => {
    const code = exitCode(country)
    return code === null ? null : code + number.slice(1)
  },
  'as at home': ({ number }) => parsed(number).formatNational(),
  'as at home, only digits': ({ number }) => digits(parsed(number).formatNational()),
  'without plus': ({ number }) => number.slice(1),
  'without its prefix': ({ number }) => parsed(number).nationalNumber,
}
/** With its plus a number says everything. */
const ALWAYS = Object.keys(SPELLINGS).slice(0, 7)

describe('every country’s mobiles and landlines', () => {
  it('are a real sweep', () => {
    expect(new Set(ALL.map(({ country }) => country)).size).toBe(245)
    expect(ALL.length).toBeGreaterThan(1_500)
  })

  it.each(Object.keys(SPELLINGS))('%s', (spelling) => {
    const outcomes = ALL.flatMap((example) => {
      const text = SPELLINGS[spelling]!(example)
      return text === null ? [] : [outcome(text, example.country, example.number)]
    })
    const { right = 0, ambiguous = 0, ...others } = count(outcomes)
    expect(others).toEqual({})
    expect(right).toBeGreaterThan(ALL.length * 0.85)
    // of the others some begin like a country code, and nobody can tell
    expect(ambiguous).toBeLessThanOrEqual(ALWAYS.includes(spelling) ? 0 : ALL.length * 0.05)
  })

  it('as the trunk or the list says, without doubt', () => {
    const outcomes = ALL.flatMap(({ country, number }) => [
      outcome(number.slice(1), country, number, 'e164'),
      outcome(digits(parsed(number).formatNational()), country, number, 'national'),
    ])
    const { right = 0, ...others } = count(outcomes)
    expect([right / outcomes.length, Object.keys(others)]).toEqual([expect.closeTo(1, 2), expect.anything()])
    expect(Object.keys(others).filter((word) => word.startsWith('SOMEBODY'))).toEqual([])
  })
})

describe.each(['RU', 'DE', 'GB', 'FR', 'UA', 'TR'] as const)('numbers of the whole world that come to %s', (home) => {
  const foreign = ALL.filter(({ country }) => getCountryCallingCode(country) !== getCountryCallingCode(home))

  it('with 00, with the exit code and in a declared form are read', () => {
    const exit = exitCode(home)!
    for (const spell of [(text: string) => `00${text}`, (text: string) => exit + text])
      expect(count(foreign.map(({ number }) => outcome(spell(number.slice(1)), home, number)))).toEqual({
        right: foreign.length,
      })
    const declared = foreign.map(({ number }) => outcome(number.slice(1), home, number, 'e164'))
    expect(count(declared)).toEqual({ right: foreign.length })
  })

  it('without anything in front are refused, for they could be anybody’s', () => {
    const outcomes = foreign.flatMap(({ number }) => {
      const text = number.slice(1)
      // 8 and ten digits is how a Russian writes a Russian number: only a trunk that declares its form can mean another
      if (home === 'RU' && /^8\d{10}$/.test(text)) return []
      return [outcome(text, home, number)]
    })
    const { ambiguous = 0, foreign: foreigner = 0, ...others } = count(outcomes)
    expect(others).toEqual({})
    expect(ambiguous + foreigner).toBeGreaterThan(1_500)
  })
})

describe('what a person sees is read', () => {
  const MARKS =
    '202a 202b 202c 202d 202e 2066 2067 2068 2069 200b 200c 200d 200e 200f 2060 feff 00ad 061c 180e fe0f e0020'
      .split(' ')
      .map((code) => String.fromCodePoint(parseInt(code, 16)))
  const SPACES = [' ', '\u00a0', '\u202f', '\u2007', '\u2009', '\u2003', '\u205f', '\u3000']
  const HYPHENS = [
    '-',
    '\u2010',
    '\u2011',
    '\u2012',
    '\u2013',
    '\u2014',
    '\u2015',
    '\u2212',
    '\ufe63',
    '\uff0d',
    '\u30fc',
  ]

  it.each(MARKS.map((mark) => [mark.codePointAt(0)!.toString(16), mark] as const))(
    'around and inside: U+%s',
    (_, mark) => {
      for (const text of [`${mark}+79161234567${mark}`, `+7${mark}916${mark}1234567`, `${mark}8916123${mark}4567`])
        expect(parsePhone(text, 'RU')).toBe('+79161234567')
    },
  )

  it('spaces and hyphens of all kinds, full-width and Arabic digits', () => {
    for (const space of SPACES)
      for (const hyphen of HYPHENS)
        expect(parsePhone(`${space}+7${space}916${space}123${hyphen}45${hyphen}67${space}`, 'RU')).toBe('+79161234567')
    expect(parsePhone('（８）　９１６　１２３－４５－６７', 'RU')).toBe('+79161234567')
    expect(parsePhone('＋７９１６１２３４５６７', 'ZZ')).toBe('+79161234567')
    expect(parsePhone('٠٥٠ ١٢٣ ٤٥٦٧', 'AE')).toBe('+971501234567')
    expect(parsePhone('۰۹۱۲ ۳۴۵ ۶۷۸۹', 'IR')).toBe('+989123456789')
  })

  it.each([
    ['79161234567', 'RU', '+79161234567'],
    ['89161234567', 'RU', '+79161234567'],
    ['9161234567', 'RU', '+79161234567'],
    ['84951234567', 'RU', '+74951234567'],
    ['74951234567', 'RU', '+74951234567'],
    ['3432001122', 'RU', '+73432001122'],
    ['007 916 123-45-67', 'RU', '+79161234567'],
    ['8 10 7 916 123-45-67', 'RU', '+79161234567'],
    ['8-10-49-170-123-45-67', 'RU', '+491701234567'],
    ['81084912345678', 'RU', '+84912345678'],
    ['00 49 (0)170 1234567', 'RU', '+491701234567'],
    ['+8 916 123-45-67', 'RU', '+79161234567'],
    ['+89161234567', 'RU', '+79161234567'],
    ['+8 (812) 123-45-67', 'RU', '+78121234567'],
    ['+8 800 200-06-00', 'RU', '+78002000600'],
    ['+7 (8) 916 123-45-67', 'RU', '+79161234567'],
    ['7 (8-916) 123-45-67', 'RU', '+79161234567'],
    ['(+7) 916 123-45-67', 'RU', '+79161234567'],
    ['+ 7 916.123.45.67', 'RU', '+79161234567'],
    ['+00 7 916 123 45 67', 'RU', '+79161234567'],
    ['+8 10 7 916 123 45 67', 'RU', '+79161234567'],
    ['="79161234567"', 'RU', '+79161234567'],
    ["'+79161234567", 'RU', '+79161234567'],
    ['79161234567.0', 'RU', '+79161234567'],
    ['tel:+7-916-123-45-67', 'RU', '+79161234567'],
    ['tel:+79161234567;phone-context=example.ru', 'DE', '+79161234567'],
    ['tel:9161234567;phone-context=+7', 'DE', '+79161234567'],
    ['TEL:89161234567', 'RU', '+79161234567'],
    ['sip:+79161234567@10.0.0.1;user=phone', 'RU', '+79161234567'],
    ['<sip:%2B79161234567:secret@example.ru>', 'RU', '+79161234567'],
    ['sip:+79161234567;npdi=yes;rn=+73432001122@example.ru', 'RU', '+79161234567'],
    ['+79161234567;npdi=yes;rn=+73432001122', 'RU', '+79161234567'],
    ['+4 9170 1234567', 'DE', '+491701234567'],
    ['0351/456 78-90', 'DE', '+493514567890'],
    ['(434) 555-1234', 'US', '+14345551234'],
    ['139 1234 5678', 'CN', '+8613912345678'],
    ['0491 1234567', 'DE', '+494911234567'],
  ])('%s in %s is %s', (text, country, number) => {
    expect(readPhone(text, country)).toEqual({ number })
  })
})

describe('what could be two subscribers is refused, and both are named', () => {
  it.each([
    ['491701234567', 'DE', ['+49491701234567', '+491701234567']],
    ['4951234567', 'DE', ['+494951234567', '+4951234567']],
    ['4951234567', 'RU', ['+74951234567', '+4951234567']],
    ['4930901820', 'RU', ['+74930901820', '+4930901820']],
    ['+8 495 123-45-67', 'RU', ['+84951234567', '+74951234567']],
  ])('%s in %s', (text, country, readings) => {
    expect(readPhone(text, country)).toEqual({ refused: 'ambiguous', readings })
  })

  it.each([
    ['491701234567', 'DE', 'e164', '+491701234567'],
    ['4901701234567', 'DE', 'e164', null],
    ['01701234567', 'DE', 'national', '+491701234567'],
    ['004407911123456', 'DE', 'national', '+447911123456'],
    ['491701234567', 'DE', 'national', null], // who declares `0170…` and sends this has declared the wrong thing
    ['4951234567', 'RU', 'national', '+74951234567'],
    ['4951234567', 'RU', 'e164', '+4951234567'],
    ['84912345678', 'RU', 'national', '+74912345678'],
    ['84912345678', 'RU', 'e164', '+84912345678'],
    ['89161234567', 'RU', 'e164', null],
    ['79161234567', 'RU', 'national', '+79161234567'],
    ['4951234567', 'RU', 'plus-e164', null],
    ['9161234567', 'RU', 'plus-e164', '+79161234567'],
    ['4951234567', 'RU', 'dialled', '+74951234567'],
    ['+4951234567', 'RU', 'national', '+4951234567'],
  ] as const)('unless it is said what %s in %s means: %s', (text, country, form, number) => {
    expect(parsePhone(text, country, form)).toBe(number)
  })
})

it.each<[string, string, PhoneRefusal]>([
  ['', 'RU', 'empty'],
  ['\u200e \u00a0', 'RU', 'empty'],
  ['anonymous', 'RU', 'characters'],
  ['+7916ABC4567', 'RU', 'characters'],
  ['+7916\u00001234567', 'RU', 'characters'],
  ['+7916\u20281234567', 'RU', 'characters'],
  ['+7९१६१२३४५६७', 'RU', 'characters'],
  ['+7⁹161234567', 'RU', 'characters'],
  ['sip:%zz@x', 'RU', 'characters'],
  ['112', 'RU', 'unknown'],
  ['+7112', 'RU', 'unknown'],
  ['+7 343 200-11-2', 'RU', 'unknown'],
  ['+91 98765432', 'RU', 'unknown'], // an Indian number that has lost two digits is nobody's in Russia
  ['+49 30 901820 12345 678901', 'RU', 'unknown'],
  ['380671234567', 'RU', 'foreign'],
  ['491701234567', 'RU', 'foreign'],
  ['+79161234567, +79161234568', 'RU', 'several'],
  ['89161234567/89161234568', 'RU', 'several'],
  ['+49 30 901820/21', 'RU', 'several'],
  ['030 901820/21', 'DE', 'several'],
  ['+7 916 123-45-67 +7 916 123-45-68', 'RU', 'several'],
  ['79161234567;79161234568', 'RU', 'several'],
  ['+49 30 901820 (21)', 'DE', 'extension'],
  ['+7 343 200-11-22 доб. 12', 'RU', 'extension'],
  ['+7 343 200-11-22#12', 'RU', 'extension'],
  ['tel:+73432001122;ext=12', 'RU', 'extension'],
])('%j in %s is refused: %s', (text, country, refused) => {
  expect(readPhone(text, country)).toMatchObject({ refused })
})
