/**
 * Numbers of every country for the sweeps: the library's example of a mobile, and mobiles and landlines that fit the patterns of its numbering
 * plans, chosen by chance of a fixed seed.
 */
import { createRequire } from 'node:module'
import {
  type CountryCode,
  type Examples,
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max'

const require = createRequire(import.meta.url)
const examples = require('libphonenumber-js/mobile/examples') as Examples
/** Of a country: calling code, exit code, …; at 11 the patterns of its kinds of numbers, landlines first, mobiles second. */
const plans = require('libphonenumber-js/max/metadata') as {
  countries: Record<string, { 11?: ([pattern: string] | 0)[] }>
}

export interface ExampleNumber {
  country: CountryCode
  /** E.164 */
  number: string
}

/** `each`: so many of a kind and country, where the plan has so many. */
export function exampleNumbers(each: number): ExampleNumber[] {
  const chance = seeded(20261130)
  return getCountries().flatMap((country) => {
    const mobile = getExampleNumber(country, examples)
    const numbers = new Set<string>(mobile ? [mobile.number] : [])
    for (const kind of [0, 1]) {
      const pattern = plans.countries[country]?.[11]?.[kind]
      if (!pattern) continue
      const some = textsOf(pattern[0], chance)
      let found = 0
      for (let tries = 0; tries < each * 20 && found < each; tries++) {
        const number = `+${getCountryCallingCode(country)}${some()}`
        if (!belongsTo(number, country) || numbers.has(number)) continue
        numbers.add(number)
        found++
      }
    }
    return [...numbers].map((number) => ({ country, number }))
  })
}

/** Gabon's seven digits are the old form of the eight that the same subscriber has now. */
function belongsTo(number: string, country: CountryCode): boolean {
  const parsed = parsePhoneNumberFromString(number)
  if (parsed?.number !== number || parsed.country !== country || !parsed.isValid() || number.length > 16) return false
  return country !== 'GA' || parsed.nationalNumber.length === 8
}

export function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => (state = (state * 48271) % 2147483647) % below
}

/** Texts that match a pattern of digits, groups, classes and counts; no more is found in numbering plans. */
function textsOf(pattern: string, chance: (below: number) => number): () => string {
  let at = 0
  const counts = (): [number, number] => {
    if (pattern[at] === '?') return (at++, [0, 1])
    const [all, least, most] = /^\{(\d+)(?:,(\d+))?\}/.exec(pattern.slice(at)) ?? []
    if (all === undefined) return [1, 1]
    at += all.length
    return [Number(least), Number(most ?? least)]
  }
  const atom = (): (() => string) => {
    const sign = pattern[at++]!
    if (sign === '\\') return (at++, () => String(chance(10)))
    if (sign === '[') {
      const end = pattern.indexOf(']', at)
      const members = membersOf(pattern.slice(at, end))
      at = end + 1
      return () => members[chance(members.length)]!
    }
    if (sign !== '(') return () => sign
    if (pattern.startsWith('?:', at)) at += 2
    const group = choice()
    at++
    return group
  }
  const choice = (): (() => string) => {
    const options: (() => string)[][] = [[]]
    while (at < pattern.length && pattern[at] !== ')') {
      if (pattern[at] === '|') {
        at++
        options.push([])
        continue
      }
      const one = atom()
      const [least, most] = counts()
      options.at(-1)!.push(() => Array.from({ length: least + chance(most - least + 1) }, one).join(''))
    }
    return () => options[chance(options.length)]!.map((part) => part()).join('')
  }
  return choice()
}

/** `3-79\d` -> `['3', …]` */
function membersOf(text: string): string[] {
  return [...text.replace('\\d', '0-9').matchAll(/(\d)(?:-(\d))?/g)].flatMap(([, from, to = from]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => String(Number(from) + i)),
  )
}
