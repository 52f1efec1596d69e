/** Nobody has taken the case: told to whoever sees to it that somebody does. Pure. */
import type { Language } from '../../runtime/i18n.ts'
import { t } from '../messages.ts'
import type { EscalationPayload } from '../payload.ts'
import { reasonSentence } from '../reasons.ts'
import { readableSpan, shownCaller, shownLine } from '../wording.ts'
import { briefOf, commonView, type MailView, type ViewExtras } from './view.ts'

export function escalationView(
  payload: EscalationPayload,
  language: Language,
  { links }: Pick<ViewExtras, 'links'>,
): MailView {
  const common = commonView(payload, language, links)
  const sentence = t(language, 'escalation.sentence', { duration: readableSpan(payload.afterMs, language) })
  const title = t(language, 'escalation.title')
  const reason = reasonSentence(language, payload.reason)
  return {
    ...common,
    title,
    preheader: sentence,
    brief: briefOf(payload, title, sentence, language),
    fields: [
      ...common.fields,
      { label: t(language, 'field.outcome'), values: [reason], href: null },
      { label: t(language, 'field.next'), values: [sentence], href: null },
    ],
    note: null,
    plain: { ...common.plain, reason, outcome: sentence },
  }
}

/** The subject where this is the first that the recipient hears of the call. */
export function escalationSubject(payload: EscalationPayload, language: Language): string {
  const { caller, line } = payload
  return t(language, 'escalation.subject', { who: shownCaller(caller, language), line: shownLine(line) })
}
