/** `perezvon missed ls | show | take | resolve`: the open list, from the database, with or without the daemon. */
import { join } from 'node:path'
import type { Command } from 'commander'
import { DateTime } from 'luxon'
import type { Config } from '../config/schema.ts'
import { cleanText } from '../model/clean-text.ts'
import { ignoreReasons, reasonCodes, type VerdictWord } from '../model/call-outcome.ts'
import { formatPhone, readPhone } from '../model/phone-number.ts'
import { phoneRefusalText } from '../model/phone-refusal.ts'
import { ignoredSentence, reasonSentence } from '../notices/reasons.ts'
import type { Language } from '../runtime/i18n.ts'
import { caseStory, type StoryCall } from '../store/case-story.ts'
import { type CaseChoice, closeCase, type OpenCase, openCases, takeCase } from '../store/cases.ts'
import type { Prisma } from '../store/database.ts'
import { stepInWords } from './journey.ts'
import { say } from './missed-messages.ts'
import { named, numberAndName, type OpenNames } from './who.ts'

export interface MissedContext {
  open: () => Promise<Prisma>
  config: () => Config
  /** Names of callers; missing: there is no phone book. */
  names?: OpenNames
  language: Language
  /** Where recordings of talks lie. */
  recordingsFolder: () => string
  /** Who types. */
  user: string
  print: (line: string) => void
  exit: (code: number) => void
}

const LONGEST_NOTE = 500

/** Exit codes: 0 done, 1 somebody else took it, 2 not a number, 5 nobody with this number, or no such case, waits. */
export function addMissedCommands(program: Command, context: MissedContext): void {
  const missed = program.command('missed').description('who called and was not spoken with yet')
  missed
    .command('ls')
    .option('--json', 'one JSON object a line')
    .description('the open list, who waits longest first')
    .action((options: { json?: boolean }) => list(context, options))
  missed
    .command('show')
    .argument('<number>', 'the caller’s number, in any notation, or the id of a case without one, as `ls` shows it')
    .option('--json', 'one JSON object')
    .description('his calls step by step, and what was done about them')
    .action((number: string, options: { json?: boolean }) => show(context, number, options))
  missed
    .command('take')
    .argument('<number>', 'the caller’s number, in any notation, or the id of a case without one, as `ls` shows it')
    .option('--by <person>', 'who sees to it; who types if missing')
    .description('says that somebody sees to a caller; the system leaves him half an hour')
    .action((number: string, options: { by?: string }) => take(context, number, options))
  missed
    .command('resolve')
    .argument('<number>', 'the caller’s number, in any notation, or the id of a case without one, as `ls` shows it')
    .option('--by <person>', 'who spoke with him')
    .option('--note <text>', 'what became of it')
    .option('--unreachable', 'he cannot be reached; the figures count him as not returned')
    .description('closes what is open about a caller; he is not called back any more')
    .action((number: string, options: ResolveOptions) => resolve(context, number, options))
}

interface ResolveOptions {
  by?: string
  note?: string
  unreachable?: boolean
}

async function list(context: MissedContext, { json }: { json?: boolean }): Promise<void> {
  const cases = await named(context.names, await openCases(await context.open()), callerOf)
  const { groups } = context.config()
  const { language, print } = context
  if (json) return cases.forEach((row) => print(JSON.stringify(row)))
  if (cases.length === 0) return print(say(language, 'none'))
  for (const row of cases) {
    const name = row.group ? (groups[row.group]?.name ?? row.group) : ''
    const since = moment(context, row.openedAt)
    const values = { number: whoIs(context, row), count: row.count, since, group: name }
    print(say(language, 'row', { ...values, state: stateOf(context, row) }))
  }
}

function stateOf(context: MissedContext, { takenBy, takenAt, callback, slaDueAt }: OpenCase): string {
  const { language } = context
  const state = () => {
    if (callback && !['waiting', 'operator'].includes(callback.status)) return say(language, 'state.talking')
    if (takenBy !== null)
      return say(language, 'state.taken', { by: nameOf(context, takenBy), at: moment(context, takenAt!) })
    if (!callback) return say(language, 'state.open')
    return say(language, callback.kind === 'missed' ? 'state.callback' : `state.${callback.kind}`)
  }
  if (slaDueAt === null || slaDueAt > Date.now()) return state()
  return say(language, 'late', { state: state(), due: moment(context, slaDueAt) })
}

async function show(context: MissedContext, text: string, { json }: { json?: boolean }): Promise<void> {
  const { language, print } = context
  const choice = choiceOf(context, text)
  if (!choice) return
  const found = await caseStory(await context.open(), choice)
  const [story] = await named(context.names, found ? [found] : [], callerOf)
  if (!story) return unknown(context, choice)
  if (json) return print(JSON.stringify(story))
  const { line, count, openedAt, takenBy, takenAt, closed, slaDueAt } = story
  const shown = whoIs(context, { ...story, shown: story.caller })
  print(
    say(language, 'case', { number: shown, line: lineName(context, line), count, since: moment(context, openedAt) }),
  )
  if (takenBy !== null)
    print(say(language, 'state.taken', { by: nameOf(context, takenBy), at: moment(context, takenAt ?? openedAt) }))
  if (closed) {
    const by = closed.by === null ? '' : say(language, 'by', { by: nameOf(context, closed.by) })
    print(say(language, 'closed', { at: moment(context, closed.at), how: say(language, `how.${closed.how}`), by }))
    if (closed.note !== null) print(say(language, 'note', { note: closed.note }))
  } else if (slaDueAt !== null && slaDueAt < Date.now()) print(say(language, 'due', { due: moment(context, slaDueAt) }))
  for (const call of story.calls) printCall(context, call)
  for (const { at, status, outcome } of story.callbacks) {
    const state = say(language, `task.${status as 'waiting'}`, { outcome: outcome ?? '' })
    print(say(language, 'task', { at: moment(context, at), state }))
  }
}

function whyInWords(reason: string | null, language: Language): string {
  const missed = reasonCodes.find((known) => known === reason)
  if (missed) return reasonSentence(language, missed).toLowerCase()
  const ignored = ignoreReasons.find((known) => known === reason)
  return ignored ? ignoredSentence(language, ignored).toLowerCase() : (reason ?? '')
}

function printCall(context: MissedContext, call: StoryCall): void {
  const { id, at, line, verdict, reason, steps, recordings } = call
  const { language, print } = context
  const outcome =
    verdict === null
      ? say(language, 'verdict.open')
      : say(language, `verdict.${verdict as VerdictWord}`, { reason: whyInWords(reason, language) })
  print('')
  print(say(language, 'call', { at: moment(context, at), id, line: lineName(context, line), verdict: outcome }))
  for (const step of steps) {
    const words = stepInWords(step, language)
    if (words !== null) print(`  ${moment(context, step.time, 'HH:mm:ss')}  ${words}`)
  }
  for (const { status, file } of recordings)
    if (file !== null) print(`  ${say(language, 'recording.kept', { file: join(context.recordingsFolder(), file) })}`)
    else if (status !== 'lost') print(`  ${say(language, `recording.${status as 'waiting' | 'deleted'}`)}`)
}

async function take(context: MissedContext, text: string, options: { by?: string }): Promise<void> {
  const { language, print, exit } = context
  const choice = choiceOf(context, text)
  if (!choice) return
  const prisma = await context.open()
  const cases = await named(context.names, await openCases(prisma, choice), callerOf)
  if (cases.length === 0) return unknown(context, choice)
  const by = cleanText(options.by ?? context.user, 64)
  const shown = whoIs(context, cases[0]!)
  for (const { id } of cases) {
    const result = await takeCase(prisma, id, by, Date.now())
    if (result.kind === 'taken-by') {
      const values = { number: shown, by: nameOf(context, result.by), at: moment(context, result.at) }
      print(say(language, 'taken-by', values))
      return exit(1)
    }
  }
  print(say(language, 'taken', { number: shown, by: nameOf(context, by) }))
}

async function resolve(context: MissedContext, text: string, options: ResolveOptions): Promise<void> {
  const { language, print } = context
  const choice = choiceOf(context, text)
  if (!choice) return
  const prisma = await context.open()
  const how = options.unreachable ? ('unreachable' as const) : ('by-hand' as const)
  const by = options.by === undefined ? null : cleanText(options.by, 64)
  const note = options.note === undefined ? null : cleanText(options.note, LONGEST_NOTE)
  const cases = await named(context.names, await openCases(prisma, choice), callerOf)
  let closed = 0
  for (const { id } of cases) if (await closeCase(prisma, id, { how, by, note, at: Date.now() })) closed++
  if (closed === 0) return unknown(context, choice)
  print(say(language, options.unreachable ? 'unreachable' : 'resolved', { number: whoIs(context, cases[0]!) }))
}

/** The number that was typed; null when it is none, which has been said then. */
export function numberOf(context: Omit<MissedContext, 'user' | 'recordingsFolder'>, text: string): string | null {
  const reading = readPhone(text, context.config().company.country)
  if ('number' in reading) return reading.number
  const why = phoneRefusalText(reading, context.language)
  context.print(say(context.language, 'not-a-number', { number: cleanText(text, 40), why }))
  context.exit(2)
  return null
}

/** By the number, or by the id of the case; null when it is neither, which has been said then. */
function choiceOf(context: MissedContext, text: string): CaseChoice | null {
  if (/^case-[\w.-]{1,80}$/.test(text)) return { id: text }
  const caller = numberOf(context, text)
  return caller === null ? null : { caller }
}

function callerOf({ caller }: { caller: string }): string | null {
  return caller || null
}

/** The number and the name; of a caller without a number what was shown, and the id, by which the case is called then. */
function whoIs(
  { language }: MissedContext,
  { caller, shown, id, name }: Pick<OpenCase, 'caller' | 'shown' | 'id' | 'name'>,
): string {
  return numberAndName(caller || null, name, `${shown || say(language, 'withheld')} (${id})`)
}

function unknown({ language, print, exit }: MissedContext, choice: CaseChoice): void {
  print(say(language, 'unknown', { number: 'caller' in choice ? formatPhone(choice.caller) : choice.id }))
  exit(5)
}

export function moment(
  { config, language }: Pick<MissedContext, 'config' | 'language'>,
  at: number,
  format = 'd MMM HH:mm',
): string {
  return DateTime.fromMillis(at, { zone: config().company.timezone, locale: language }).toFormat(format)
}

function nameOf({ config }: MissedContext, person: string): string {
  return config().people[person]?.name ?? person
}

function lineName({ config }: MissedContext, line: string): string {
  return config().lines[line]?.name ?? formatPhone(line)
}
