/** Phone numbers of the configuration in one spelling. Before this they are what the admin wrote, after it E.164. */
import { readPhone } from '../model/phone-number.ts'
import { readingsInWords } from '../model/phone-refusal.ts'
import type { Report } from './checks/report.ts'
import type { Path } from './problem.ts'
import type { Config } from './schema.ts'

/** The configuration with every number in E.164; what is no number is reported and left as it was. */
export function normaliseNumbers(config: Config, report: Report): Config {
  const e164 = (text: string, path: Path, on: 'key' | 'value' = 'value'): string => {
    const reading = readPhone(text, config.company.country)
    if ('number' in reading) return reading.number
    report('bad-phone', path, { values: { text, why: reading.refused, ...readingsInWords(reading) } }, on)
    return text
  }
  const list = (numbers: string[], path: Path) => numbers.map((text, i) => e164(text, [...path, i]))

  const lines: Config['lines'] = {}
  const written = new Map<string, string>()
  for (const [text, line] of Object.entries(config.lines)) {
    const number = e164(text, ['lines', text], 'key')
    const first = written.get(number)
    if (first !== undefined)
      report('line-twice', ['lines', text], { values: { number }, otherPath: ['lines', first] }, 'key')
    else {
      written.set(number, text)
      lines[number] = line
    }
  }
  const people = mapValues(config.people, (person, key) => ({
    ...person,
    ...(person.line !== undefined && { line: e164(person.line, ['people', key, 'line']) }),
    rings: person.rings.map((ring, i) =>
      ring.kind === 'outside' ? { ...ring, number: e164(ring.number, ['people', key, 'rings', i]) } : ring,
    ),
  }))
  const trunks = mapValues(config.trunks, (trunk, key) =>
    trunk.caller_id ? { ...trunk, caller_id: list(trunk.caller_id, ['trunks', key, 'caller_id']) } : trunk,
  )
  const campaigns = mapValues(config.campaigns, (campaign, key) => ({
    ...campaign,
    line: e164(campaign.line, ['campaigns', key, 'line']),
  }))
  const vip = list(config.vip, ['vip'])
  const { callback, ignore } = config.missed_calls
  const missed_calls = {
    ...config.missed_calls,
    ignore: { ...ignore, callers: list(ignore.callers, ['missed_calls', 'ignore', 'callers']) },
    callback: callback && { ...callback, never: list(callback.never, ['missed_calls', 'callback', 'never']) },
  }
  return { ...config, lines, people, trunks, campaigns, missed_calls, vip }
}

function mapValues<T>(record: Record<string, T>, change: (value: T, key: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
