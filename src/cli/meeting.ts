/** `perezvon meeting ls | on | until | off`: who may not be disturbed. The daemon sees it within two seconds. */
import type { Command } from 'commander'
import { DateTime } from 'luxon'
import { defineMessages } from '../runtime/i18n.ts'
import { beginMeeting, endMeeting, meetings } from '../store/meetings.ts'
import { type MissedContext, moment } from './missed.ts'

type MeetingContext = Omit<MissedContext, 'user' | 'recordingsFolder'>

const say = defineMessages({
  en: {
    'none': 'Nobody is in a meeting.',
    'on': '{name}: in a meeting.',
    'until': '{name}: in a meeting until {until}.',
    'off': '{name}: can be disturbed again.',
    'was-not': '{name} was in no meeting.',
    'unknown': 'There is nobody called “{name}”; there are: {known}.',
    'no-time': '“{time}” is not a time like 15:30.',
  },
  ru: {
    'none': 'На встрече никого.',
    'on': '{name}: на встрече.',
    'until': '{name}: на встрече до {until}.',
    'off': '{name}: снова можно беспокоить.',
    'was-not': '{name}: на встрече и не было.',
    'unknown': '«{name}»: такого человека нет; есть: {known}.',
    'no-time': '«{time}» — не время вида 15:30.',
  },
})

/** Exit codes: 0 done, 2 not a time, 5 nobody of this name, or not in a meeting. */
export function addMeetingCommands(program: Command, context: MeetingContext): void {
  const meeting = program.command('meeting').description('who is in a meeting and calls back afterwards')
  meeting
    .command('ls')
    .description('who is in a meeting now')
    .action(() => list(context))
  meeting
    .command('on')
    .argument('<person>', 'a key of people')
    .description('from now on, until it is switched off')
    .action((person: string) => begin(context, person, null))
  meeting
    .command('until')
    .argument('<person>', 'a key of people')
    .argument('<time>', '15:30, in the zone of the company')
    .description('from now on until that time; callers can hear it')
    .action((person: string, time: string) => begin(context, person, time))
  meeting
    .command('off')
    .argument('<person>', 'a key of people')
    .description('it is over: whoever asked for a call gets it')
    .action((person: string) => end(context, person))
}

async function list(context: MeetingContext): Promise<void> {
  const on = (await meetings(await context.open())).filter(({ until }) => until === null || until > Date.now())
  if (on.length === 0) context.print(say(context.language, 'none'))
  for (const { person, until } of on) tell(context, person, until)
}

async function begin(context: MeetingContext, person: string, time: string | null): Promise<void> {
  if (!isKnown(context, person)) return
  const until = time === null ? null : nextTime(time, context.config().company.timezone)
  if (time !== null && until === null) {
    context.print(say(context.language, 'no-time', { time }))
    return context.exit(2)
  }
  await beginMeeting(await context.open(), { person, since: Date.now(), until, by: 'command line' })
  tell(context, person, until)
}

async function end(context: MeetingContext, person: string): Promise<void> {
  if (!isKnown(context, person)) return
  const was = await endMeeting(await context.open(), person, Date.now())
  context.print(say(context.language, was ? 'off' : 'was-not', { name: nameOf(context, person) }))
  if (!was) context.exit(5)
}

/** The next time that the clock on the wall shows this. */
export function nextTime(text: string, zone: string, now = Date.now()): number | null {
  const match = /^([01]?\d|2[0-3])[:.]([0-5]\d)$/.exec(text.trim())
  if (!match) return null
  const here = DateTime.fromMillis(now, { zone })
  const at = here.set({ hour: Number(match[1]), minute: Number(match[2]), second: 0, millisecond: 0 })
  return (at.toMillis() > now ? at : at.plus({ days: 1 })).toMillis()
}

function tell(context: MeetingContext, person: string, until: number | null): void {
  const values = { name: nameOf(context, person), until: until === null ? '' : moment(context, until, 'HH:mm') }
  context.print(say(context.language, until === null ? 'on' : 'until', values))
}

function isKnown({ config, language, print, exit }: MeetingContext, person: string): boolean {
  const { people } = config()
  if (Object.hasOwn(people, person)) return true
  print(say(language, 'unknown', { name: person, known: Object.keys(people).join(', ') }))
  exit(5)
  return false
}

function nameOf({ config }: MeetingContext, person: string): string {
  return config().people[person]?.name ?? person
}
