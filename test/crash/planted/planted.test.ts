import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { plantedBugs } from './bugs.ts'
import { planted, REPO } from './workshop.ts'

it.each(plantedBugs.map((bug) => [bug.name, bug] as const))('can be planted: %s', async (_, bug) => {
  const text = await readFile(join(REPO, bug.file), 'utf8')
  expect(planted(text, bug)).not.toBe(text)
  expect(existsSync(join(REPO, bug.caughtBy[0]))).toBe(true)
})

it('there are enough of them, each once, and the document names each', async () => {
  const names = plantedBugs.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(25)
  const text = await readFile(join(REPO, 'docs/planted-bugs.md'), 'utf8')
  for (const name of names) expect(text).toContain(name)
})

it('what does not stand there once is refused', () => {
  const bug = { name: 'x', harm: '', file: 'f', find: 'a', put: 'b', caughtBy: ['t'] } as const
  expect(() => planted('aa', bug)).toThrow('2 times')
  expect(() => planted('c', bug)).toThrow('0 times')
  expect(planted('cat', bug)).toBe('cbt')
})
