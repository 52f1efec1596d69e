/** The configuration as it was written: values that know where they stand. */
import type { Path, Range } from './problem.ts'

export type Tree = ScalarTree | ListTree | MapTree
interface ScalarTree {
  kind: 'scalar'
  value: string | boolean | null
  range: Range
}
export interface ListTree {
  kind: 'list'
  items: Tree[]
  range: Range
}
export interface MapTree {
  kind: 'map'
  entries: Map<string, Entry>
  range: Range
}
export interface Entry {
  key: Range
  value: Tree
}

/** Plain values for the schema. */
export function plain(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return tree.items.map(plain)
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plain(value)]))
}

/** What stands at `path`, or undefined. The first of a list of one may be written without the list. */
export function entryAt(tree: Tree, path: Path): { key?: Range; value: Tree } | undefined {
  let entry: { key?: Range; value: Tree } | undefined = { value: tree }
  for (const part of path) {
    const within: Tree | undefined = entry?.value
    if (!within) return undefined
    if (within.kind === 'list') entry = listItem(within, part)
    else if (part !== 0) entry = within.kind === 'map' ? within.entries.get(String(part)) : undefined
  }
  return entry
}

function listItem(list: ListTree, index: PropertyKey): { value: Tree } | undefined {
  const value = list.items[Number(index)]
  return value && { value }
}

/** A copy without what stands at `path`; the root itself stays. */
export function without(tree: Tree, path: Path): Tree {
  const [part, ...rest] = path
  if (part === undefined || tree.kind === 'scalar') return tree
  if (tree.kind === 'list') {
    const index = Number(part)
    const items = rest.length
      ? tree.items.map((item, i) => (i === index ? without(item, rest) : item))
      : tree.items.filter((_, i) => i !== index)
    return { ...tree, items }
  }
  const entries = new Map(tree.entries)
  const entry = entries.get(String(part))
  if (entry && rest.length) entries.set(String(part), { ...entry, value: without(entry.value, rest) })
  else entries.delete(String(part))
  return { ...tree, entries }
}
