/** Every figure has its name, its formula and its line in the documentation. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ColumnId, kinds } from '../../src/reports/columns.ts'
import { formula, isExplained } from '../../src/reports/formulas.ts'
import { columnLabel } from '../../src/reports/labels.ts'
import { ringOf } from '../../src/reports/ring-cadence.ts'
import { shownCell, shownShare, shownSpan } from '../../src/reports/wording.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/reports.md'), 'utf8')
const columns = Object.keys(kinds) as ColumnId[]
/** What rows are told apart by; explained as a whole. */
const CUTS = [
  'hour',
  'weekday',
  'day',
  'week',
  'month',
  'group',
  'line',
  'person',
  'trunk',
  'campaign',
  'question',
  'contacts',
]

it('docs/reports.md names every figure', () => {
  expect(columns.filter((column) => !CUTS.includes(column) && !page.includes(`\`${column}\``))).toEqual([])
})

it('names and formulas differ by language, and nothing is left open', () => {
  const values = { short: 'S', ring: 'R', blocking: 'B' }
  for (const column of columns) {
    expect(columnLabel('en', column)).not.toBe('')
    expect(columnLabel('ru', column)).toMatch(/\p{Script=Cyrillic}/u)
    if (!isExplained(column)) continue
    expect(formula('ru', column, values)).toMatch(/\p{Script=Cyrillic}/u)
    expect(formula('en', column, values)).not.toMatch(/[{}]|\p{Script=Cyrillic}/u)
  }
})

describe('as people read it', () => {
  it.each([
    [0, '0%', '0 %'],
    [0.934, '93.4%', '93,4 %'],
    [0.9999, '99.9%', '99,9 %'],
    [1, '100%', '100 %'],
  ])('the share %d', (part, en, ru) => {
    expect(shownShare(part, 'en')).toBe(en)
    expect(shownShare(part, 'ru')).toBe(ru)
  })

  it.each([
    [0, '0 с'],
    [59.4, '59 с'],
    [59.6, '1:00'],
    [725, '12:05'],
    [36_000, '10:00:00'],
  ])('%d seconds', (seconds, ru) => expect(shownSpan(seconds, 'ru')).toBe(ru))

  it('a cell with nothing to say', () => expect(shownCell('service_level', null, 'ru', 'UTC')).toBe('–'))

  it.each([
    ['RU', 5_000],
    ['US', 6_000],
    ['GB', 3_000],
    ['KZ', 5_000],
  ])('a ring in %s', (country, ms) => expect(ringOf(country)).toBe(ms))
})
