/** No named point is forgotten: what the played days do not come to is named by a test on the real Asterisk. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { NOT_PLAYED } from '../../simulation/not-played.ts'
import { allPoints } from './points.ts'

const folder = join(import.meta.dirname, '..')
const tests = readdirSync(folder)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(folder, file), 'utf8'))
  .join('\n')

it.each(allPoints().filter((point) => NOT_PLAYED.test(point)))('somebody dies at %s', (point) => {
  const wall = point.replace(/\.(before|after)$/, '')
  expect([point, wall, wall.replace('ari.channels.', '')].some((name) => tests.includes(`'${name}'`))).toBe(true)
})
