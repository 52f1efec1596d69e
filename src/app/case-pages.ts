/** The pages behind the buttons of the mails: who may act by a link, and what happens then. */
import { DateTime } from 'luxon'
import type { CasePagesParts, ShownCase } from '../http/case-pages.ts'
import type { CallerNames } from '../model/caller-names.ts'
import { type CaseKey, readCaseKey } from '../notices/case-links.ts'
import { shownCaller, shownLine } from '../notices/wording.ts'
import { closeCase, takeCase } from '../store/cases.ts'
import type { Ground } from './ground.ts'
import type { Mail } from './mail.ts'

type CaseGround = Pick<Ground, 'prisma' | 'clock' | 'config'> & { names?: Pick<CallerNames, 'of'> } & {
  settings: { http: { publicUrl: string | null } }
}

/** Null without a public address: there are no links, so there are no pages. */
export function casePagesRoom(ground: CaseGround, mail: Pick<Mail, 'linkSecret'>): CasePagesParts | null {
  const { prisma, clock, config, settings, names } = ground
  if (settings.http.publicUrl === null) return null
  const personOf = (recipient: string) =>
    Object.entries(config().people).find(([, { email }]) => email?.toLowerCase() === recipient.toLowerCase())
  /** The person whose mailbox it is; a common mailbox speaks for itself. */
  const actor = ({ recipient }: CaseKey) => personOf(recipient)?.[0] ?? recipient
  const languageOf = (recipient: string) => personOf(recipient)?.[1].language ?? config().company.language
  const nameOf = (by: string) => config().people[by]?.name ?? by
  return {
    readKey: (token) => readCaseKey(token, mail.linkSecret, clock.now()),
    language: () => config().company.language,
    languageOf,
    async find(key) {
      const row = await prisma.case.findUnique({ where: { id: key.caseId } })
      if (!row) return null
      const call = await prisma.call.findUnique({ where: { id: row.lastCallId } })
      const language = languageOf(key.recipient)
      const number = row.caller || null
      const caller = {
        number,
        shown: call?.callerShown ?? row.caller,
        name: call?.callerName ?? names?.of(number) ?? null,
      }
      const since = DateTime.fromJSDate(row.openedAt, { zone: config().company.timezone }).setLocale(language)
      return {
        who: shownCaller(caller, language),
        call: number && `tel:${number}`,
        line: shownLine({ number: row.line, name: config().lines[row.line]?.name ?? null }),
        since: since.toFormat('d MMM HH:mm'),
        count: row.count,
        state: stateOf(row, key),
      }
    },
    async take(key) {
      const result = await takeCase(prisma, key.caseId, actor(key), clock.now())
      return result.kind === 'taken' ? 'done' : 'already'
    },
    async close(key, note) {
      const closed = await closeCase(prisma, key.caseId, { how: 'by-hand', by: actor(key), note, at: clock.now() })
      return closed ? 'done' : 'already'
    },
  }

  function stateOf(row: { openKey: string | null; takenBy: string | null }, key: CaseKey): ShownCase['state'] {
    if (row.openKey === null) return { kind: 'closed' }
    if (row.takenBy === null) return { kind: 'open' }
    return { kind: 'taken', by: nameOf(row.takenBy), mine: row.takenBy === actor(key) }
  }
}
