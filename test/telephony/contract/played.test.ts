/** The simulation's Asterisk keeps the contract: what it says of itself is what real.scenario.test.ts finds on the real one. */
import { expect, test } from 'vitest'
import { playOnPlayedStage } from './played-stage.ts'
import { stories } from './stories.ts'

test.each(stories.map((story) => [story.name, story] as const))('%s', async (_name, story) => {
  expect(await playOnPlayedStage(story)).toEqual(story.sees)
})
