import { expect, it } from 'vitest'
import { readFeatureCode } from '../../src/queues/feature-codes.ts'

it.each([
  ['*11', 'sign-in', null],
  ['*12', 'sign-out', null],
  ['*13', 'pause', null],
  ['*132', 'pause', '2'],
  ['*1342', 'pause', '42'],
  ['*14', 'do-not-disturb', null],
])('%s: %s', (code, wish, reason) => expect(readFeatureCode(code)).toMatchObject({ wish, reason }))

it.each([
  ['*21', true],
  ['*22', false],
])('%s: a meeting, on %s', (code, on) => expect(readFeatureCode(code)).toMatchObject({ kind: 'meeting', on }))

it.each(['', '11', '21', '*23', '*211', '*1', '*15', '*111', '*13123456', '*13a', '**11'])('“%s” is no code', (code) =>
  expect(readFeatureCode(code)).toBeNull(),
)
