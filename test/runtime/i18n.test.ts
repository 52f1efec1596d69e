import { expect, it } from 'vitest'
import { defineMessages } from '../../src/runtime/i18n.ts'

const say = defineMessages({
  en: { calls: '{count, plural, one {# call} other {# calls}} from <{who}>' },
  ru: { calls: '{count, plural, one {# звонок} few {# звонка} many {# звонков} other {# звонка}} от <{who}>' },
})

it.each([
  [1, '1 call from <x>', '1 звонок от <x>'],
  [2, '2 calls from <x>', '2 звонка от <x>'],
  [5, '5 calls from <x>', '5 звонков от <x>'],
  [21, '21 calls from <x>', '21 звонок от <x>'],
])('%i in both languages', (count, en, ru) => {
  expect(say('en', 'calls', { count, who: 'x' })).toBe(en)
  expect(say('ru', 'calls', { count, who: 'x' })).toBe(ru)
})
