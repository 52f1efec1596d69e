import { expect, test } from 'vitest'
import { ignoreReasons, reasonCodes, rungResults } from '../../src/model/call-outcome.ts'
import { t } from '../../src/notices/messages.ts'
import { closings, noCallbackReasons } from '../../src/notices/payload.ts'
import { ignoredSentence, reasonSentence, reasonText } from '../../src/notices/reasons.ts'

test.each(['ru', 'en'] as const)('every code has a sentence of its own in %s', (language) => {
  const sentences = reasonCodes.map((code) => reasonSentence(language, code))
  expect(new Set(sentences).size).toBe(reasonCodes.length)
  for (const sentence of sentences) expect(sentence).toMatch(language === 'ru' ? /^[А-ЯЁ].*[а-яё]$/ : /^[A-Z].*[a-z]$/)
})

test('every word of a payload is said in both languages', () => {
  for (const language of ['ru', 'en'] as const) {
    const russian = language === 'ru'
    for (const result of rungResults) {
      const said = t(language, `rung.${result}`, { duration: '' })
      expect(/[а-яё]/i.test(said)).toBe(russian)
      expect(/[а-яё]/i.test(t(language, `try.${result}`))).toBe(russian)
    }
    for (const why of noCallbackReasons) expect(/[а-яё]/i.test(t(language, `none.${why}`))).toBe(russian)
    for (const how of closings) {
      expect(/[а-яё]/i.test(t(language, `closed.${how}`, { time: '', by: '' }))).toBe(russian)
      expect(/[а-яё]/i.test(t(language, `closed.${how}-nobody`, { time: '' }))).toBe(russian)
    }
  }
})

test.each([
  [1, '1st call today', 'Called back once without success', 'Не дозвонились: 1 попытка'],
  [2, '2nd call today', 'Called back 2 times without success', 'Не дозвонились: 2 попытки'],
  [3, '3rd call today', 'Called back 3 times without success', 'Не дозвонились: 3 попытки'],
  [5, '5th call today', 'Called back 5 times without success', 'Не дозвонились: 5 попыток'],
  [11, '11th call today', 'Called back 11 times without success', 'Не дозвонились: 11 попыток'],
  [21, '21st call today', 'Called back 21 times without success', 'Не дозвонились: 21 попытка'],
])('%d is counted rightly', (count, nth, failedEn, failedRu) => {
  expect(t('en', 'earlier.nth', { count })).toBe(nth)
  expect(t('en', 'failed.sentence', { count })).toContain(failedEn)
  expect(t('ru', 'failed.sentence', { count })).toContain(failedRu)
})

test('the sentence of a reason says what is known of it', () => {
  const detail = { menu: 'main', keys: ['2 — Sales', '7'], waitMs: 72_000, position: 2, people: ['Anna', 'Boris'] }
  expect(reasonText('en', 'hangup_menu', detail)).toContain('2 — Sales, 7')
  expect(reasonText('en', 'queue_abandon', detail)).toBe('Waited 1 min 12 s, was number 2 in the line, and hung up')
  expect(reasonText('ru', 'queue_abandon', { ...detail, position: null })).toContain('Ждал 1 мин 12 с')
  expect(reasonText('ru', 'ring_no_answer', detail)).toContain('(Anna, Boris)')
})

test.each(['ru', 'en'] as const)(
  'every code is said in %s with details, without them, and with nothing in them',
  (language) => {
    const empty = { menu: null, keys: [], waitMs: 0, position: null, people: [] }
    const full = { menu: 'main', keys: ['1'], waitMs: 5_000, position: 1, people: ['X'] }
    for (const code of reasonCodes) {
      expect(reasonText(language, code, null)).toBe(reasonSentence(language, code))
      for (const detail of [empty, full]) expect(reasonText(language, code, detail)).toMatch(/^[А-ЯЁA-Z][^{}]*$/)
      expect(reasonText(language, code, empty)).not.toMatch(/\(\)|: $/)
    }
    expect(new Set(ignoreReasons.map((reason) => ignoredSentence(language, reason))).size).toBe(ignoreReasons.length)
  },
)
