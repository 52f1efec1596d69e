/** `perezvon.yaml` and the files that it includes, as one tree. */
import { basename, dirname, resolve } from 'node:path'
import { matchBelow, readBelow, readText, type ReadResult } from './files-below.ts'
import { problem, type Problem, type ProblemId, type Range } from './problem.ts'
import { Sources } from './sources.ts'
import { entryAt, type Entry, type MapTree, type Tree } from './tree.ts'
import { parseYaml } from './yaml-tree.ts'

export interface ConfigFiles {
  /** The folder that holds the main file; every path of the configuration is relative to it. */
  folder: string
  main: string
  /** Null when a file could not be read or parsed: then `problems` say why, and nothing more can be checked. */
  tree: MapTree | null
  sources: Sources
  problems: Problem[]
}

/** Sections whose entries may be spread over several files. */
const spread = new Set(['people', 'groups', 'hours', 'music', 'trunks', 'lines', 'flows', 'campaigns'])
const mostFiles = 200

export function readConfigFiles(path: string): ConfigFiles {
  const folder = dirname(resolve(path))
  const main = basename(path)
  const sources = new Sources()
  const problems: Problem[] = []

  function parse(file: string, read: ReadResult, at: Range): MapTree | null {
    if ('refused' in read) {
      const id = readProblems[read.refused]
      problems.push(problem(id, sources.place(at), { values: { file, why: read.why } }))
      return null
    }
    sources.add(file, read.text)
    const { tree, complaints } = parseYaml(file, read.text)
    for (const { id, range, details, other } of complaints)
      problems.push(
        problem(id, sources.place(range), { ...details, ...(other ? { other: sources.place(other) } : {}) }),
      )
    if (tree?.kind === 'map') return tree
    if (complaints.length === 0)
      problems.push(problem('file-empty', sources.place({ file, start: 0, end: 0 }), { values: { file } }))
    return null
  }

  const root = parse(main, readText(resolve(path)), { file: main, start: 0, end: 0 })
  const trees: (MapTree | null)[] = [root]
  for (const { pattern, range } of root ? includes(root) : []) {
    const files = matchBelow(folder, pattern).filter((file) => file !== main && !sources.files.includes(file))
    if (files.length === 0 && !matchBelow(folder, pattern).length)
      problems.push(problem('include-nothing', sources.place(range), { path: ['include'], values: { pattern } }))
    for (const file of files) {
      if (trees.length > mostFiles) {
        problems.push(
          problem('too-many-files', sources.place(range), { path: ['include'], values: { most: mostFiles } }),
        )
        break
      }
      const tree = parse(file, readBelow(folder, file), range)
      const nested = tree?.entries.get('include')
      if (nested) problems.push(problem('include-nested', sources.place(nested.key), { values: { file } }))
      trees.push(tree)
    }
  }
  const whole = trees.every((tree) => tree !== null) ? merge(trees, sources, problems) : null
  return { folder, main, tree: whole, sources, problems }
}

const readProblems: Record<Extract<ReadResult, { refused: string }>['refused'], ProblemId> = {
  'unreadable': 'file-unreadable',
  'outside': 'include-outside',
  'too-big': 'file-too-big',
  'not-utf8': 'file-not-utf8',
}

/** Only what is a text is followed; the schema complains about the rest. */
function includes(root: MapTree): { pattern: string; range: Range }[] {
  const include = entryAt(root, ['include'])?.value
  const items: Tree[] = include?.kind === 'list' ? include.items : include ? [include] : []
  return items.flatMap((item) =>
    item.kind === 'scalar' && typeof item.value === 'string' ? [{ pattern: item.value, range: item.range }] : [],
  )
}

function merge(trees: MapTree[], sources: Sources, problems: Problem[]): MapTree {
  const entries = new Map<string, Entry>()
  const twice = (name: string, first: Entry, second: Entry) =>
    problems.push(
      problem('defined-twice', sources.place(second.key), { values: { name }, other: sources.place(first.key) }),
    )
  for (const tree of trees) {
    for (const [section, entry] of tree.entries) {
      const known = entries.get(section)
      if (tree !== trees[0] && (section === 'include' || (section === 'version' && known))) continue
      // A section whose entries are all commented out is a section that is not there.
      if (entry.value.kind === 'scalar' && entry.value.value === null) continue
      if (!known) entries.set(section, entry)
      else if (spread.has(section) && known.value.kind === 'map' && entry.value.kind === 'map') {
        const all = new Map(known.value.entries)
        for (const [name, added] of entry.value.entries) {
          const first = all.get(name)
          if (first) twice(name, first, added)
          else all.set(name, added)
        }
        entries.set(section, { key: known.key, value: { ...known.value, entries: all } })
      } else twice(section, known, entry)
    }
  }
  return { ...trees[0]!, entries }
}
