/** How a try came out, written down together with what follows from it: the next time, the end of the task, of its case, the mails. */
import type { Config } from '../config/schema.ts'
import { openFrom } from '../dialling/open-from.ts'
import type { Clock } from '../runtime/clock.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Logger } from '../runtime/logger.ts'
import type { CallbackTask } from '../store/callbacks.ts'
import { closeCase } from '../store/cases.ts'
import type { Prisma } from '../store/database.ts'
import type { Journal, JournalEntry } from '../store/journal.ts'
import { afterTry, type AfterTry, type TryResult } from './next-try.ts'

export interface EndDeps {
  prisma: Prisma
  journal: Journal
  clock: Clock
  log: Logger
  /** Mails that follow from a task's end; read before its transaction. */
  endNotices: (task: CallbackTask, end: CallbackEnd) => Promise<JournalEntry[]>
  onResult: (result: string, delayMs: number) => void
}
export interface CallbackEnd {
  status: 'done' | 'failed'
  person: string
  talkMs: number | null
  at: number
}

export async function settleTry(
  deps: EndDeps,
  task: CallbackTask,
  person: string,
  config: Config,
  result: TryResult,
  counted: boolean,
): Promise<void> {
  const { clock, journal, log, onResult } = deps
  const rules = config.missed_calls.callback
  crashPoint('callback.before-settle')
  const at = clock.now()
  const tries = task.tries + (counted ? 1 : 0)
  const after: AfterTry = rules
    ? afterTry(rules, result, tries, task.causes)
    : { status: 'cancelled', outcome: 'switched-off' }
  if (after.status === 'waiting') {
    const dueAt = openFrom(config, rules?.only, at + after.inMs) ?? task.expiresAt
    const { outcome, causes } = after
    const counts = after.counted ? tries : task.tries
    await journal.commit([
      { op: 'callback.state', row: { id: task.id, at, status: 'waiting', outcome, tries: counts, dueAt, causes } },
    ])
  } else await endTask(deps, config, task, person, after, result.kind === 'talked' ? result : null, tries)
  crashPoint('callback.after-settle')
  onResult(result.kind, at - task.lostAt)
  log.info('a call-back ended', { callback: task.id, result: result.kind, next: after.status, tries })
}

export async function endTask(
  deps: EndDeps,
  config: Config,
  task: CallbackTask,
  person: string,
  end: Exclude<AfterTry, { status: 'waiting' }>,
  talk: { ms: number; began?: number; talk?: string } | null,
  tries: number,
): Promise<void> {
  const { clock, journal, prisma, endNotices } = deps
  const at = clock.now()
  const { status, outcome } = end
  const talkMs = talk?.ms ?? null
  // the case first: if we die in between, the task is found again and ends the same way
  if (status === 'cancelled' && end.closes)
    await closeCase(prisma, task.caseId, { how: end.closes, by: person, note: noteOf(outcome, config), at })
  const entries: JournalEntry[] = [
    { op: 'callback.state', row: { id: task.id, at, status, outcome, tries, dueAt: null } },
  ]
  if (status === 'done')
    entries.push({
      op: 'case.close',
      row: {
        caller: task.number,
        at,
        how: 'called-back',
        by: person,
        talkMs,
        talk: talk?.talk ?? task.legs?.client,
        began: talk?.began ?? at - (talkMs ?? 0),
      },
    })
  if (status !== 'cancelled') entries.push(...(await endNotices(task, { status, person, talkMs, at })))
  await journal.commit(entries)
}

/** What he pressed, for who reads the case later. */
function noteOf(outcome: string, { company }: Config): string {
  const note = { 'no-need': { ru: 'звонить не нужно', en: 'no call is needed' } }[outcome]
  return note?.[company.language] ?? { ru: 'вопрос решён', en: 'settled' }[company.language]
}
