import { expect, test } from 'vitest'
import { countQuestions, questionNumbers } from '../../src/campaigns/questions.ts'
import type { Step } from '../../src/config/sections/flows.ts'
import { outboundConfig } from '../support/outbound-config.ts'

const rating = {
  menu: { play: 'prompts/rate', keys: { 1: { answer: 'bad' }, 5: [{ play: 'prompts/nice' }, { answer: 'good' }] } },
}
const scriptOf = (script: unknown[]): Step[] =>
  outboundConfig({ 'campaigns.delivery.script': JSON.parse(JSON.stringify(script)) }).campaigns['delivery']!.script

test('a reminder that only speaks asks nothing', () => {
  expect(countQuestions(scriptOf([{ play: 'prompts/reminder' }]))).toBe(0)
})

test('each menu of the script is a question, whatever key was pressed', () => {
  const script = scriptOf([{ play: 'prompts/hello' }, rating, { play: 'prompts/next' }, rating])
  expect([...questionNumbers(script).values()]).toEqual([1, 1, 2, 2])
  expect(countQuestions(script)).toBe(2)
})

test('a menu without answers shifts nothing', () => {
  const transfer = { menu: { play: 'prompts/person', keys: { 1: { ring: 'operators' } } } }
  expect(countQuestions(scriptOf([transfer, rating]))).toBe(1)
})
