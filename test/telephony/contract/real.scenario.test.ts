/** The contract's stories on the real Asterisk: the simulation's one may not be kinder, or a played day would prove nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRealStage, type RealStage } from './real-stage.ts'
import { stories } from './stories.ts'

let stage: RealStage
beforeAll(async () => {
  stage = await openRealStage()
})
afterAll(() => stage?.close())

test.each(stories.map((story) => [story.name, story] as const))('%s', async (_name, story) => {
  expect(await stage.play(story)).toEqual(story.sees)
})
