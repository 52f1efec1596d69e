import { expect, test } from 'vitest'
import { safeCell } from '../../src/model/csv-cell.ts'
import { resultsCsv } from '../../src/campaigns/results-csv.ts'
import type { ContactResult } from '../../src/store/campaign-results.ts'

test.each([
  ['=1+1', "'=1+1"],
  ['+7 916 123-45-67', '+7 916 123-45-67'],
  ['+79161234567', '+79161234567'],
  ['+1+cmd|x', "'+1+cmd|x"],
  ['-2+3', "'-2+3"],
  ['-500,00', '-500,00'],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['  =1', "'  =1"],
  ['＝1+1', "'＝1+1"],
  ['＠x', "'＠x"],
  ['a\u0000=b', 'a=b'],
  ['Анна', 'Анна'],
  ['', ''],
])('the cell %j is written as %j', (text, cell) => {
  expect(safeCell(text)).toBe(cell)
})

async function* one(change: Partial<ContactResult> = {}): AsyncGenerator<ContactResult> {
  yield {
    row: 2,
    number: '+79161234567',
    values: { Телефон: '89161234567', Имя: '=HYPERLINK("x")', Сумма: '-500' },
    status: 'completed',
    answers: { 2: 'good' },
    attempts: 2,
    lastAttempt: Date.parse('2026-11-24T09:05:00Z'),
    talkMs: 17_400,
    cause: 16,
    ...change,
  }
}
const layout = {
  columns: ['Телефон', 'Имя', 'Сумма'],
  questions: 2,
  language: 'ru' as const,
  zone: 'Asia/Yekaterinburg',
  country: 'RU',
}
async function text(csv: AsyncIterable<string>): Promise<string> {
  let whole = ''
  for await (const piece of csv) whole += piece
  return whole
}

test('results for a Russian Excel', async () => {
  expect(await text(resultsCsv(one(), layout))).toBe(
    '\uFEFFТелефон;Имя;Сумма;status;attempts;last_attempt;last_attempt_local;billsec;answer_1;answer_2;hangup_cause;opted_out\r\n' +
      '+7 916 123-45-67;"\'=HYPERLINK(""x"")";-500;completed;2;2026-11-24T14:05:00+05:00;24.11.2026 14:05;17;;good;16;no\r\n',
  )
})

test('results for an English one, of a contact who was never called', async () => {
  const never = one({ status: 'skipped-dnc', attempts: 0, lastAttempt: null, talkMs: 0, cause: null, answers: {} })
  expect((await text(resultsCsv(never, { ...layout, language: 'en' }))).split('\r\n')[1]).toBe(
    '+7 916 123-45-67,"\'=HYPERLINK(""x"")",-500,skipped-dnc,0,,,0,,,,no',
  )
})

test('opted out is told in its own column', async () => {
  expect(await text(resultsCsv(one({ status: 'opted-out' }), layout))).toMatch(/;opted-out;.*;yes\r\n$/)
})
