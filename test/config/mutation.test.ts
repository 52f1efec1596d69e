import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { printProblems } from '../../src/config/diagnostics.ts'
import { loadConfig, type LoadResult } from '../../src/config/load.ts'
import type { Place } from '../../src/config/problem.ts'
import type { Sources } from '../../src/config/sources.ts'
import type { Language } from '../../src/runtime/i18n.ts'
import { folderWith } from './folder.ts'

/** mulberry32: the same mutations in every run, so that a failure can be repeated by its seed. */
function randomFrom(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const scraps = ['', ' ', '\n', '\t', '"', "'", '[', ']', '{', '}', ':', ': ', ',', '- ', '#', '&a ', '*a', '<<: *a', '!x ', '|\n', '?', '%YAML 1.1\n', '---\n', '\0', '\u202e', '\ud83d', '𝟗', '+7', '0', '99999999999', '1s', 'null', 'true', '~', '.inf', '__proto__', 'constructor', 'group', 'ring', 'go_to', 'unanswered', 'main', 'operators', '..', '/', '*'] // prettier-ignore

function mutate(text: string, random: (below: number) => number): string {
  let result = text
  for (let n = random(4) + 1; n > 0; n--) {
    const at = random(result.length + 1)
    const length = random(3) === 0 ? random(60) : random(4)
    const lines = result.split('\n')
    const scrap = [scraps[random(scraps.length)]!, lines[random(lines.length)]!, result.slice(at, at + random(30))][
      random(3)
    ]!
    result = result.slice(0, at) + scrap + result.slice(random(2) ? at + length : at)
  }
  return result
}

it.each([
  ['flower-yard', 600],
  ['small-firm', 1_000],
])(
  'a mutated %s is either good or refused at places that exist',
  (name, times) => {
    const folder = folderWith({})
    cpSync(join(import.meta.dirname, '../../examples', name), folder, { recursive: true })
    const file = join(folder, 'perezvon.yaml')
    const sample = readFileSync(file, 'utf8')
    const outcomes = { good: 0, refused: 0 }
    const wrong: string[] = []
    for (let seed = 1; seed <= times; seed++) {
      writeFileSync(file, mutate(sample, randomFrom(seed)))
      const result = loadConfig(file, { now: Date.UTC(2026, 10, 23) })
      outcomes[result.ok ? 'good' : 'refused']++
      wrong.push(...faultsOf(result, seed % 2 ? 'ru' : 'en').map((fault) => `seed ${seed}: ${fault}`))
    }
    expect(wrong).toEqual([])
    expect(outcomes.refused).toBeGreaterThan(300)
    expect(outcomes.good).toBeGreaterThan(30)
  },
  60_000,
)

function faultsOf(result: LoadResult, language: Language): string[] {
  const problems = result.ok ? result.warnings : result.problems
  const faults = problems
    .filter(({ place }) => !isThere(place, result.sources))
    .map(({ code, place }) => `${code} at ${JSON.stringify(place)}`)
  const isRefused = problems.some(({ severity }) => severity === 'error')
  if (result.ok === isRefused) faults.push('errors and outcome do not agree')
  if (result.ok && !Object.isFrozen(result.config)) faults.push('not frozen')
  const printed = printProblems(problems, { language, sources: result.sources })
  if (/[\u0000-\u0008\u000b-\u001f\u202e]/.test(printed)) faults.push('control characters are printed')
  return faults
}

function isThere({ file, line, column, length }: Place, sources: Sources): boolean {
  const text = sources.line(file, line)
  return text !== undefined && column >= 1 && length >= 1 && column <= text.length + 1
}
