/**
 * From files to a checked configuration: read, parse, schema, numbers and calendars, the checks of the whole. Every problem is found in one
 * go, each with its place. `perezvon config check`, the start and the reload all come here.
 */
import { createHash } from 'node:crypto'
import { parsePhone } from '../model/phone-number.ts'
import type { Language } from '../runtime/i18n.ts'
import { checkAnnouncements } from './checks/announcements.ts'
import { checkFlowEnds } from './checks/flow-ends.ts'
import { checkFlowShape } from './checks/flow-shape.ts'
import { checkGoToLoops } from './checks/go-to-loops.ts'
import { checkOverflow, checkRecording } from './checks/groups.ts'
import { checkMobiles } from './checks/mobiles.ts'
import { checkNames } from './checks/names.ts'
import { checkOpeningHours } from './checks/opening-hours.ts'
import { checkOperator } from './checks/operator.ts'
import { checkOutgoing } from './checks/outgoing.ts'
import { checkPhoneBook } from './checks/phone-book.ts'
import { checkPhones } from './checks/phones.ts'
import { checkRecipients } from './checks/recipients.ts'
import type { Check, CheckInput, NamedSection, Report, SoundsElsewhere } from './checks/report.ts'
import { checkSounds } from './checks/sounds.ts'
import { checkTalkCodes } from './checks/talk-codes.ts'
import { readConfigFiles } from './config-files.ts'
import { checkWaitingOffers } from './checks/waiting-offers.ts'
import { freeze } from './freeze.ts'
import { withClosedDays } from './holidays.ts'
import { normaliseNumbers } from './numbers.ts'
import { problem, type Problem, type ProblemId } from './problem.ts'
import { promptIndex, readPromptTexts } from './prompt-texts.ts'
import { parseWithSalvage } from './salvage.ts'
import type { Config } from './schema.ts'
import { rangeOf, schemaProblems } from './schema-problems.ts'
import type { Sources } from './sources.ts'
import { entryAt, type Tree } from './tree.ts'
import { allSteps } from './walk-steps.ts'

interface Loaded {
  /** The files that were read, for quoting their lines. */
  sources: Sources
  /** The folder that every path is relative to, absolute. */
  folder: string
  /** What the file says of its language, even when it is broken elsewhere. */
  language: Language | null
}
export type LoadResult =
  /** `hash`: 12 hex digits over all that the configuration was made of; equal hashes mean the same configuration. */
  | ({ ok: true; config: Config; warnings: Problem[]; hash: string } & Loaded)
  /** `problems`: at least one error, and the warnings. */
  | ({ ok: false; problems: Problem[] } & Loaded)

const checks: Check[] = [
  checkNames,
  checkPhones,
  checkOperator,
  checkFlowShape,
  checkFlowEnds,
  checkGoToLoops,
  checkOpeningHours,
  checkRecipients,
  checkOutgoing,
  checkMobiles,
  checkAnnouncements,
  checkOverflow,
  checkRecording,
  checkTalkCodes,
  checkWaitingOffers,
  checkPhoneBook,
  checkSounds,
]

export interface LoadOptions {
  /** Milliseconds since 1970: decides which years of the holiday calendars are read. The present if missing. */
  now?: number
  sounds?: SoundsElsewhere
}

/** Never throws. */
export function loadConfig(file: string, options: LoadOptions = {}): LoadResult {
  const files = readConfigFiles(file)
  const { folder, sources } = files
  const problems = [...files.problems]
  const loaded = { sources, folder, language: languageOf(files.tree, sources, files.main) }
  if (!files.tree) return { ok: false, problems, ...loaded }

  const salvage = parseWithSalvage(files.tree)
  problems.push(...schemaProblems(salvage.issues, files.tree, sources))
  // Without its country no number can be judged.
  const muted = new Set<ProblemId>(salvage.incomplete.has('company') ? ['bad-phone', 'line-twice', 'unknown-line'] : [])
  let tree = salvage.tree
  const report: Report = (id, path, { otherPath, ...details } = {}, on = 'value') => {
    if (muted.has(id)) return
    const other = otherPath && { other: sources.place(rangeOf(tree, otherPath, 'key')) }
    problems.push(problem(id, sources.place(rangeOf(tree, path, on)), { path, ...details, ...other }))
  }
  if (!salvage.config) return { ok: false, problems, ...loaded }

  const { country } = salvage.config.company
  const normalised = normaliseNumbers(salvage.config, report)
  const config = withClosedDays(normalised, folder, options.now ?? Date.now(), report)
  tree = withLinesAsNumbers(tree, country)
  const { texts: promptTexts, why } = readPromptTexts(folder)
  if (why)
    problems.push(
      problem('prompt-texts-broken', { file: promptIndex, line: 1, column: 1, length: 1 }, { values: { why } }),
    )
  const names = namesOf(withLinesAsNumbers(files.tree, country))
  const { incomplete } = salvage
  const elsewhere = options.sounds ?? {}
  const input: CheckInput = { config, folder, promptTexts, elsewhere, names, incomplete, report }
  for (const check of checks) check(input)
  if (problems.some(({ severity }) => severity === 'error')) return { ok: false, problems, ...loaded }

  for (const { step, path } of allSteps(config)) {
    const { file: at, line } = sources.place(rangeOf(tree, [...path, step.kind], 'key'))
    step.at = `${at}:${line}`
  }
  return { ok: true, config: freeze(config), warnings: problems, hash: hashOf(sources, config), ...loaded }
}

/** The keys of `lines` as the checks know them, in E.164. */
function withLinesAsNumbers(tree: Tree, country: string): Tree {
  const lines = tree.kind === 'map' ? tree.entries.get('lines') : undefined
  if (tree.kind !== 'map' || lines?.value.kind !== 'map') return tree
  const renamed = [...lines.value.entries].map(([text, entry]) => [parsePhone(text, country) ?? text, entry] as const)
  // Of a line that is written twice the first place counts.
  const value = { ...lines.value, entries: new Map([...renamed].reverse()) }
  return { ...tree, entries: new Map(tree.entries).set('lines', { ...lines, value }) }
}

function namesOf(tree: Tree): CheckInput['names'] {
  const of = (section: NamedSection) => {
    const value = entryAt(tree, [section])?.value
    return value?.kind === 'map' ? [...value.entries.keys()] : []
  }
  return {
    people: of('people'),
    groups: of('groups'),
    hours: of('hours'),
    music: of('music'),
    trunks: of('trunks'),
    lines: of('lines'),
    flows: of('flows'),
    campaigns: of('campaigns'),
  }
}

function languageOf(tree: Tree | null, sources: Sources, main: string): Language | null {
  const value = tree ? entryAt(tree, ['company', 'language'])?.value : undefined
  // A file that is no YAML at the moment still shows in which language its owner reads.
  const word =
    value?.kind === 'scalar' ? value.value : /\blanguage:\s*["']?(ru|en)\b/.exec(sources.text(main) ?? '')?.[1]
  return word === 'ru' || word === 'en' ? word : null
}

function hashOf(sources: Sources, config: Config): string {
  const hash = createHash('sha256')
  for (const file of sources.files) hash.update(`${file}\0${sources.text(file)}\0`)
  for (const [name, { closedDays }] of Object.entries(config.hours)) hash.update(`${name}\0${closedDays.join()}\0`)
  return hash.digest('hex').slice(0, 12)
}
