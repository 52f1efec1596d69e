/**
 * One YAML file as a tree in which every key and value knows where it stands.
 *
 * Scalars keep the text of the file: `+79161234567` and `0101` are names of phones, not numbers. The file is not trusted: keys that stand twice,
 * aliases that multiply, loops and depth are refused here, before anything walks the values.
 */
import {
  Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  Scalar,
  visit,
  type Node as YamlNode,
  type Pair,
} from 'yaml'
import type { ProblemDetails, ProblemId, Range } from './problem.ts'
import type { Entry, ListTree, MapTree, Tree } from './tree.ts'

/** A complaint before lines are counted. */
export interface Complaint {
  id: ProblemId
  range: Range
  details?: ProblemDetails
  /** The first of two that should be one. */
  other?: Range
}

const deepest = 60
const mostValues = 20_000
/** A file within the limits above has far fewer of these. */
const mostMarks = 100_000

/** `tree` is null when the file cannot be read as YAML at all; it stands without the second of two equal keys. */
export function parseYaml(file: string, text: string): { tree: Tree | null; complaints: Complaint[] } {
  const complaints: Complaint[] = []
  const range = (at: readonly number[] | null | undefined): Range => ({ file, start: at?.[0] ?? 0, end: at?.[1] ?? 0 })
  const refused = refusedUnparsed(text)
  if (refused)
    return {
      tree: null,
      complaints: [{ id: refused, range: range(null), details: { values: { deepest, most: mostValues } } }],
    }
  const parsed = tryParse(text)
  if (!parsed)
    return { tree: null, complaints: [{ id: 'too-deep', range: range(null), details: { values: { deepest } } }] }
  const { document, targets } = parsed
  for (const { code, pos, message } of [...document.errors, ...document.warnings]) {
    const id = code === 'MULTIPLE_DOCS' ? 'yaml-documents' : code === 'TAG_RESOLVE_FAILED' ? 'yaml-tag' : 'yaml-syntax'
    // One slip of indentation makes a whole row of errors; the first tells where to look.
    if (id !== 'yaml-syntax' || !complaints.some((known) => known.id === id))
      complaints.push({ id, range: range(pos), details: { values: { code, message } } })
  }
  if (complaints.length > 0) return { tree: null, complaints }

  const built = new Map<YamlNode, Tree | null>()
  const sizes = new Map<Tree, { values: number; depth: number }>()
  const complain = (id: ProblemId, at: Range, details?: ProblemDetails, other?: Range) => {
    complaints.push({ id, range: at, ...(details ? { details } : {}), ...(other ? { other } : {}) })
    return null
  }

  function treeOf(node: unknown, depth: number, at: Range): Tree | null {
    if (!node) return { kind: 'scalar', value: null, range: at }
    const here = range((node as YamlNode).range)
    if (isAlias(node)) {
      const target = targets.get(node)
      const tree = target && (built.has(target) ? built.get(target) : treeOf(target, depth + 1, here))
      return tree ?? complain('yaml-alias', here, { values: { alias: node.source } })
    }
    if (depth > deepest) return complain('too-deep', here, { values: { deepest } })
    if (isScalar(node)) return { kind: 'scalar', value: scalarValue(node), range: here }
    // Not finished yet: an alias that meets it in here leads in a circle.
    built.set(node as YamlNode, null)
    const tree = isMap(node) ? mapOf(node.items, depth, here) : isSeq(node) ? listOf(node.items, depth, here) : null
    if (tree) measure(tree)
    built.set(node as YamlNode, tree)
    return tree
  }

  /** What a collection would be if its aliases were written out: they multiply, and they also add up in depth. */
  function measure(tree: ListTree | MapTree): void {
    const parts = tree.kind === 'list' ? tree.items : [...tree.entries.values()].map((entry) => entry.value)
    const known = parts.map((part) => sizes.get(part) ?? { values: 1, depth: 0 })
    const values = known.reduce((sum, part) => sum + part.values, 1)
    const depth = known.reduce((most, part) => Math.max(most, part.depth + 1), 0)
    sizes.set(tree, { values, depth })
    if (values > mostValues && !complaints.some(({ id }) => id === 'too-many-values'))
      complain('too-many-values', tree.range, { values: { most: mostValues } })
    if (depth > deepest && !complaints.some(({ id }) => id === 'too-deep'))
      complain('too-deep', tree.range, { values: { deepest } })
  }

  function listOf(items: unknown[], depth: number, here: Range): ListTree {
    const trees = items.map((item) => treeOf(item, depth + 1, here)).filter((tree) => tree !== null)
    return { kind: 'list', items: trees, range: here }
  }

  function mapOf(pairs: Pair[], depth: number, here: Range): MapTree {
    const entries = new Map<string, Entry>()
    const merged: Tree[] = []
    for (const { key, value } of pairs) {
      const keyRange = range((key as YamlNode | null)?.range)
      if (!isScalar(key) || String(scalarValue(key)) === '__proto__') {
        complain('yaml-key', keyRange)
        continue
      }
      const word = key.type === Scalar.PLAIN ? (key.source ?? '') : String(key.value)
      const tree = treeOf(value, depth + 1, { ...keyRange, start: keyRange.end })
      if (!tree) continue
      if (word === '<<' && key.type === Scalar.PLAIN) merged.push(...(tree.kind === 'list' ? tree.items : [tree]))
      else if (entries.has(word)) complain('duplicate-key', keyRange, { values: { key: word } }, entries.get(word)!.key)
      else entries.set(word, { key: keyRange, value: tree })
    }
    for (const source of merged) {
      if (source.kind !== 'map') complain('yaml-alias', source.range, { values: { alias: '<<' } })
      else for (const [word, entry] of source.entries) if (!entries.has(word)) entries.set(word, entry)
    }
    return { kind: 'map', entries, range: here }
  }

  const tree = treeOf(document.contents, 0, range([0, 0]))
  // A key that stands twice leaves a tree to go on with; after anything else further complaints would only confuse.
  const usable = complaints.every(({ id }) => id === 'duplicate-key')
  return { tree: usable ? tree : null, complaints }
}

/**
 * What the parser must not even see: a mebibyte of commas keeps it busy for ten seconds, and half a million brackets that are closed again
 * exhaust the stack inside the regular expression engine, which ends the process.
 */
function refusedUnparsed(text: string): 'too-deep' | 'too-many-values' | null {
  let marks = 0
  let open = 0
  for (const [mark] of text.matchAll(/[[\]{},:\n&*!"'?-]/g)) {
    if (++marks > mostMarks) return 'too-many-values'
    if (mark === '[' || mark === '{') open++
    else if ((mark === ']' || mark === '}') && open > 0) open--
    if (open > 8 * deepest) return 'too-deep'
  }
  return new RegExp(`^[ ]*(?:[-?][ \\t]+){${deepest}}`, 'm').test(text) ? 'too-deep' : null
}

/** Null when even the parser's own recursion gave up. */
function tryParse(text: string) {
  try {
    // uniqueKeys compares each key with each other, which a hostile file makes slow; mapOf() does it.
    const document = parseDocument(text, {
      uniqueKeys: false,
      version: '1.2',
      schema: 'core',
      prettyErrors: false,
      logLevel: 'error',
    })
    return { document, targets: aliasTargets(document.contents) }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** What each alias means: the last anchor of that name before it. */
function aliasTargets(contents: YamlNode | null): Map<Alias, YamlNode> {
  const anchors = new Map<string, YamlNode>()
  const targets = new Map<Alias, YamlNode>()
  if (contents)
    visit(contents, {
      Alias(_, alias) {
        const target = anchors.get(alias.source)
        if (target) targets.set(alias, target)
      },
      Value(_, node) {
        if (node.anchor) anchors.set(node.anchor, node)
      },
    })
  return targets
}

function scalarValue(node: Scalar): string | boolean | null {
  if (node.type !== Scalar.PLAIN) return String(node.value)
  if (node.value === null || typeof node.value === 'boolean') return node.value
  return node.source ?? ''
}
