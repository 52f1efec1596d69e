/** From a refusal of the schema to a problem at a place: the words of zod stay here. */
import type { z } from 'zod'
import {
  isProblemId,
  problem,
  type Path,
  type Problem,
  type ProblemDetails,
  type ProblemId,
  type Range,
} from './problem.ts'
import type { Sources } from './sources.ts'
import { entryAt, type Tree } from './tree.ts'

type Issue = z.core.$ZodIssue

/** One issue may be several problems: each key that is not known is one. */
export function schemaProblems(issues: readonly Issue[], tree: Tree, sources: Sources): Problem[] {
  const problems = issues.flatMap((issue) => explain(issue, tree, sources))
  // Two rules may refuse the same value for the same reason.
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}

function explain(issue: Issue, tree: Tree, sources: Sources): Problem[] {
  const entry = entryAt(tree, issue.path)
  const at = (id: ProblemId, details: ProblemDetails = {}, path: Path = issue.path, on: 'key' | 'value' = 'value') =>
    problem(id, sources.place(rangeOf(tree, path, on)), { path, ...details })

  if (!entry) {
    const parent = issue.path.slice(0, -1)
    return [at('missing-key', { path: issue.path, values: { key: String(issue.path.at(-1)) } }, parent, 'key')]
  }
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.startsWith('known:') ? issue.message.slice('known:'.length).split(',') : []
    return issue.keys.map((key) =>
      at('unknown-key', { values: { key }, known, meant: key }, [...issue.path, key], 'key'),
    )
  }
  if (issue.code === 'invalid_key') {
    const inner = issue.issues[0]
    const id = inner && isProblemId(inner.message) ? inner.message : 'bad-name'
    return [at(id, { values: { text: String(issue.path.at(-1)), ...paramsOf(inner) } }, issue.path, 'key')]
  }
  const text = entry.value.kind === 'scalar' ? String(entry.value.value ?? '') : ''
  if (issue.code === 'custom' && issue.params?.['id'] !== undefined) return [badStep(issue.params, issue.path, at)]
  if (isProblemId(issue.message)) {
    return [at(issue.message, { values: { text, ...paramsOf(issue) } })]
  }
  if (issue.code === 'invalid_type')
    return [at('wrong-type', { values: { expected: issue.expected, found: kindOf(entry.value) } })]
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String)
    return [at('bad-choice', { values: { text }, known, meant: text })]
  }
  return [at('bad-value', { values: { text, why: issue.message } })]
}

/** What the sentence of a problem needs besides the text that was refused. */
function paramsOf(issue: Issue | undefined): { min: number; max: number; why: string } {
  const params = issue?.code === 'custom' ? (issue.params ?? {}) : {}
  const { min = 0, max = 0, why = '' } = params as { min?: number; max?: number; why?: string }
  return { min, max, why }
}

/** What keyed-union.ts found where one of several keys must stand. */
function badStep(
  params: Record<string, unknown>,
  path: Path,
  at: (id: ProblemId, details?: ProblemDetails, path?: Path, on?: 'key' | 'value') => Problem,
): Problem {
  const { id, found, kinds, known } = params as { id: ProblemId; found: string[]; kinds: string[]; known: string[] }
  if (id === 'two-steps') return at(id, { values: { kinds: kinds.join(', ') } }, [...path, kinds[1]!], 'key')
  const word = found[0]
  if (id === 'not-a-step' || word === undefined) return at('not-a-step', { known })
  return at(id, { values: { key: word }, known, meant: word }, [...path, word], 'key')
}

/**
 * What to underline: the key, or the value. Where nothing stands at the path (a short form was written, a default was taken) it is the nearest
 * thing around it; of a map or list that is its key, or its beginning.
 */
export function rangeOf(tree: Tree, path: Path, on: 'key' | 'value'): Range {
  for (let length = path.length; length > 0; length--) {
    const entry = entryAt(tree, path.slice(0, length))
    if (!entry) continue
    const { key, value } = entry
    const empty = value.kind === 'scalar' && value.value === null
    if (key && (on === 'key' || value.kind !== 'scalar' || empty)) return key
    return firstLine(value)
  }
  return { ...tree.range, end: tree.range.start }
}

/** Of a step in a list the word that says which step it is. */
function firstLine(tree: Tree): Range {
  if (tree.kind === 'map') for (const { key } of tree.entries.values()) return key
  if (tree.kind === 'list' && tree.items[0]) return firstLine(tree.items[0])
  return tree.range
}

function kindOf(tree: Tree): string {
  if (tree.kind !== 'scalar') return tree.kind
  return tree.value === null ? 'nothing' : typeof tree.value === 'boolean' ? 'boolean' : 'text'
}
