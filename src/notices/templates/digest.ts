/** Many calls in one: each is a line with its time, who it was, and what is to be said of him. Pure. */
import type { Language } from '../../runtime/i18n.ts'
import { t } from '../messages.ts'
import type { DigestPayload, NoticeContent } from '../payload.ts'
import { shortTime, shownCaller, shownLine } from '../wording.ts'
import type { Field, MailView } from './view.ts'

/** A call of the digest: its row's content, and the line that stands for it alone. */
export interface DigestEntry {
  content: NoticeContent
  preheader: string
  title: string
}

export function digestView(payload: DigestPayload, entries: DigestEntry[], at: number, language: Language): MailView {
  const { company, why } = payload
  const count = entries.length
  const title = t(language, 'digest.title', { count })
  const note = t(language, `digest.${why}`)
  const fields = entries.map((entry) => fieldOf(entry, at, company.zone, language))
  const list = fields.map(({ values }) => values[0] ?? '')
  return {
    subject: t(language, 'digest.subject', { count, company: company.name }),
    title,
    preheader: t(language, 'digest.brief', { title, list: list.slice(0, 3).join('; ') }),
    brief: t(language, 'digest.brief', { title, list: list.join('; ') }),
    fields,
    note,
    call: null,
    actions: [],
    footer: t(language, 'digest.footer', { company: company.name }),
    plain: { language, company, count },
  }
}

function fieldOf({ content, preheader, title }: DigestEntry, at: number, zone: string, language: Language): Field {
  const { caller, line, calledAt } = content.payload
  const who = t(language, 'digest.call', { who: shownCaller(caller, language), line: shownLine(line) })
  // a missed call is what the digest is about; anything else says what it is
  const said = content.kind === 'missed' ? preheader : `${title}. ${preheader}`
  const when = shortTime(calledAt, at, zone, language)
  return {
    label: when[0]!.toUpperCase() + when.slice(1),
    values: [who, said],
    href: caller.number && `tel:${caller.number}`,
  }
}
