/** All crash points of this version: the moments, and those of the walls, read from the source. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { moments } from '../../../src/runtime/crash-point.ts'
import { ariOperations } from '../../../src/telephony/ari-operations.ts'
import { REPO } from '../planted/workshop.ts'

/** Names of the points; a moment is one, an effect has two. */
export function allPoints(): string[] {
  const source = readSource()
  const used = Object.entries(ariOperations).filter(
    ([name, [method]]) => method !== 'GET' && source.includes(`'${name}'`),
  )
  const ops = new Set([...source.matchAll(/\bop: '([a-z.-]+)'/g)].map(([, op]) => op))
  const writes = new Set(
    [...source.matchAll(/\b(INSERT INTO|UPDATE|DELETE FROM) "([A-Z]\w+)"/g)].map(
      ([, verb = '', table]) => `${verb.split(' ')[0]!.toLowerCase()}-${table}`,
    ),
  )
  const walls = [
    ...used.map(([name]) => `ari.${name}`),
    ...[...ops].map((op) => `journal.${op}`),
    ...[...writes].map((write) => `store.${write}`),
  ]
  return [...moments, ...walls.flatMap((wall) => [`${wall}.before`, `${wall}.after`])]
}

function readSource(): string {
  const files = readdirSync(join(REPO, 'src'), { recursive: true, encoding: 'utf8' })
  const ours = files.filter((file) => file.endsWith('.ts') && !file.startsWith('store/generated'))
  return ours.map((file) => readFileSync(join(REPO, 'src', file), 'utf8')).join('\n')
}
