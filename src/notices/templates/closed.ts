/** The follow-up in the same thread: nobody else needs to call. Pure. */
import type { Language } from '../../runtime/i18n.ts'
import { t } from '../messages.ts'
import type { ClosedPayload } from '../payload.ts'
import { readableSpan, shortTime } from '../wording.ts'
import { briefOf, commonView, type MailView } from './view.ts'

export function closedView(payload: ClosedPayload, language: Language): MailView {
  const common = commonView(payload, language)
  const sentence = closingSentence(payload, language)
  const title = t(language, 'closed.title')
  return {
    ...common,
    title,
    preheader: sentence,
    brief: briefOf(payload, title, sentence, language),
    fields: [...common.fields, { label: t(language, 'field.outcome'), values: [sentence], href: null }],
    note: null,
    // a button to call somebody who has just been spoken with would only invite a second call
    call: null,
    plain: { ...common.plain, closed: sentence },
  }
}

function closingSentence({ closed, company, calledAt }: ClosedPayload, language: Language): string {
  const time = shortTime(closed.at, calledAt, company.zone, language)
  const sentence = closed.by
    ? t(language, `closed.${closed.how}`, { time, by: closed.by })
    : t(language, `closed.${closed.how}-nobody`, { time })
  if (closed.talkMs === null) return sentence
  return t(language, 'closed.talk', { sentence, duration: readableSpan(closed.talkMs, language) })
}
