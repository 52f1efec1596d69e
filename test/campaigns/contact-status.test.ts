import { expect, test } from 'vitest'
import { statusOfTalk, type Talk } from '../../src/campaigns/contact-status.ts'

const talk: Talk = {
  optedOut: false,
  finished: false,
  broken: false,
  heardMs: 3_000,
  enoughMs: 15_000,
  answers: {},
  questions: 0,
  mustAnswer: false,
}

test.each<[string, Partial<Talk>, string]>([
  ['hung up at once', {}, 'answered'],
  ['hung up after he had heard enough', { heardMs: 15_000 }, 'completed'],
  ['heard it all, though it is short', { finished: true }, 'completed'],
  ['confirmed by key, then hung up', { questions: 1, answers: { 1: 'confirmed' } }, 'completed'],
  ['declined by key', { questions: 1, answers: { 1: 'declined' }, finished: true }, 'declined'],
  ['heard the question, pressed nothing', { questions: 1, finished: true, heardMs: 20_000 }, 'completed'],
  ['a survey without an answer', { questions: 3, finished: true, heardMs: 20_000, mustAnswer: true }, 'answered'],
  ['left a survey half-way', { questions: 3, answers: { 1: '5', 2: '4' }, mustAnswer: true }, 'partial'],
  ['skipped a question, stayed to the end', { questions: 3, answers: { 1: '5', 3: '4' }, finished: true }, 'completed'],
  ['answered everything, hung up in the thanks', { questions: 2, answers: { 1: '5', 2: '4' } }, 'completed'],
  ['opted out after an answer', { optedOut: true, questions: 2, answers: { 1: '5' } }, 'opted-out'],
  ['our script broke', { broken: true, heardMs: 20_000 }, 'failed'],
  ['our script broke after an answer', { broken: true, questions: 2, answers: { 1: '5' } }, 'partial'],
])('%s', (_what, change, status) => {
  expect(statusOfTalk({ ...talk, ...change })).toBe(status)
})
