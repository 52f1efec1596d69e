/** `perezvon callback ls | now | cancel`: whom the system is going to call back. */
import type { Command } from 'commander'
import { lineGroupOf } from '../calls/call.ts'
import { owningGroup } from '../config/groups.ts'
import { formatPhone } from '../model/phone-number.ts'
import { ulid } from '../model/ulid.ts'
import { silentLogger } from '../runtime/logger.ts'
import { openCases } from '../store/cases.ts'
import { callBackNow, cancelCallback, openCallbacks } from '../store/callbacks.ts'
import { Journal } from '../store/journal.ts'
import { type MissedContext, moment, numberOf } from './missed.ts'
import { say } from './missed-messages.ts'
import { named, numberAndName } from './who.ts'

type CallbackContext = Omit<MissedContext, 'user' | 'recordingsFolder'>

/** Exit codes: 0 done, 1 cannot be done now, 2 not a number, 5 nobody with this number is to be called. */
export function addCallbackCommands(program: Command, context: CallbackContext): void {
  const callback = program.command('callback').description('whom the system calls back by itself')
  callback
    .command('ls')
    .option('--json', 'one JSON object a line')
    .description('the tasks in the order in which they are called')
    .action((options: { json?: boolean }) => list(context, options))
  callback
    .command('now')
    .argument('<number>', 'the caller’s number, in any notation')
    .description('calls back as soon as somebody is free, before all others, also whom the rules had given up')
    .action((number: string) => now(context, number))
  callback
    .command('cancel')
    .argument('<number>', 'the caller’s number, in any notation')
    .description('the system does not call back; the case stays in the open list')
    .action((number: string) => cancel(context, number))
}

async function list(context: CallbackContext, { json }: { json?: boolean }): Promise<void> {
  const { language, print } = context
  const tasks = await named(context.names, await openCallbacks(await context.open()), ({ number }) => number)
  if (json) return tasks.forEach((task) => print(JSON.stringify(task)))
  if (tasks.length === 0) return print(say(language, 'tasks.none'))
  const { groups, people } = context.config()
  for (const { number, name: client, status, tries, dueAt, group } of tasks) {
    const later = status === 'waiting' && dueAt > Date.now()
    const due = status !== 'waiting' ? '' : say(language, later ? 'due.at' : 'due.now', { at: moment(context, dueAt) })
    const state = say(language, `task.${status as 'waiting'}`)
    const name = groups[group]?.name ?? people[group]?.name ?? group
    print(say(language, 'task.row', { number: numberAndName(number, client), state, tries, due, group: name }))
  }
}

/** In front of what callers asked for: a person of the house says so. */
const BY_HAND = 100

async function now(context: CallbackContext, text: string): Promise<void> {
  const { language, print, exit } = context
  const number = numberOf(context, text)
  if (!number) return
  const shown = { number: formatPhone(number) }
  const prisma = await context.open()
  const at = Date.now()
  if (await callBackNow(prisma, number, BY_HAND, at)) return print(say(language, 'now', shown))
  const config = context.config()
  const found = (await openCases(prisma, { caller: number }))[0]
  if (!found) {
    print(say(language, 'no-task', shown))
    return exit(5)
  }
  if (found.callback) {
    print(say(language, 'busy', shown))
    return exit(1)
  }
  if (Object.keys(config.trunks).length === 0) {
    print(say(language, 'no-trunk'))
    return exit(1)
  }
  const row = {
    id: `cb-${ulid()}`,
    callId: found.lastCallId,
    number,
    line: found.line,
    group: owningGroup(config, found.line, found.group),
    at,
    dueAt: at,
    expiresAt: at + (config.missed_calls.callback?.expires ?? 86_400_000),
    priority: BY_HAND,
    caseKey: `${number} ${lineGroupOf(config, found.line)}`,
  }
  await new Journal(prisma, silentLogger).commit([{ op: 'callback.new', row }])
  print(say(language, 'now', shown))
}

async function cancel(context: CallbackContext, text: string): Promise<void> {
  const { language, print, exit } = context
  const number = numberOf(context, text)
  if (!number) return
  const shown = { number: formatPhone(number) }
  const result = await cancelCallback(await context.open(), number, Date.now())
  if (result === 'cancelled') return print(say(language, 'cancelled', shown))
  print(say(language, result === 'running' ? 'busy' : 'no-task', shown))
  exit(result === 'running' ? 1 : 5)
}
