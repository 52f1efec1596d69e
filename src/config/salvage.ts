/**
 * Reading on after an error: what the schema refused is taken out until the rest is valid, so that the checks of the whole can speak too and
 * the admin sees all errors at once.
 */
import type { z } from 'zod'
import type { Path } from './problem.ts'
import { schema, type Config } from './schema.ts'
import { entryAt, plain, without, type MapTree, type Tree } from './tree.ts'
import { parseYaml } from './yaml-tree.ts'

export interface Salvage {
  /** Null when too much is missing to make a whole of it. */
  config: Config | null
  /** The tree that `config` was made of. */
  tree: Tree
  /** What the schema said of the tree as it was; empty when it was good. */
  issues: z.core.$ZodIssue[]
  /** `flows.main`, `campaigns.spring`, `company`: where something was taken out. */
  incomplete: Set<string>
}

const mostRounds = 12

export function parseWithSalvage(whole: MapTree): Salvage {
  let tree: Tree = whole
  let issues: Salvage['issues'] | undefined
  const incomplete = new Set<string>()
  for (let round = 0; round < mostRounds; round++) {
    const parsed = schema.safeParse(plain(tree))
    issues ??= parsed.success ? [] : parsed.error.issues
    if (parsed.success) return { config: parsed.data, tree, issues, incomplete }
    const refused = culprits(parsed.error.issues, tree)
    for (const path of refused) {
      incomplete.add(path.slice(0, path[0] === 'company' ? 1 : 2).join('.'))
      tree = without(tree, path)
    }
    tree = withStandIns(tree as MapTree)
  }
  return { config: null, tree, issues: issues ?? [], incomplete }
}

/** Empty ones for sections that must be there: the rest can then be read. */
function withStandIns(tree: MapTree): MapTree {
  const entries = new Map(tree.entries)
  for (const [section, text] of Object.entries(standIns)) {
    const value = parseYaml('', text).tree
    if (value && !entries.has(section)) entries.set(section, { key: value.range, value })
  }
  return { ...tree, entries }
}
const standIns = {
  version: '1',
  company: '{ name: "-", timezone: UTC, country: RU }',
  people: '{}',
  lines: '{}',
  flows: '{}',
  missed_calls: '{ mail: { to: ["-@example.com"] } }',
}

/** What to take out, each once, later list items first so that the indexes of the earlier ones stay true. */
function culprits(issues: readonly z.core.$ZodIssue[], tree: Tree): Path[] {
  const paths = issues.flatMap((issue): Path[] => {
    if (!entryAt(tree, issue.path)) return [issue.path.slice(0, -1)]
    return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
  })
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()].sort(backwards)
}

function backwards(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i]!, b[i]!]
    if (x === y) continue
    return typeof x === 'number' && typeof y === 'number' ? y - x : String(x) < String(y) ? 1 : -1
  }
  return b.length - a.length
}
