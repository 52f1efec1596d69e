/** The system gave up: from here on a person must call. Pure. */
import type { Language } from '../../runtime/i18n.ts'
import { t } from '../messages.ts'
import type { CallbackFailedPayload } from '../payload.ts'
import { shortTime } from '../wording.ts'
import { briefOf, commonView, type MailView, type ViewExtras } from './view.ts'

export function callbackFailedView(
  payload: CallbackFailedPayload,
  language: Language,
  { links }: Pick<ViewExtras, 'links'>,
): MailView {
  const common = commonView(payload, language, links)
  const sentence = t(language, 'failed.sentence', { count: payload.tries.length })
  const tries = payload.tries.map(({ at, result }) =>
    t(language, 'try', {
      time: shortTime(at, payload.calledAt, payload.company.zone, language),
      result: t(language, `try.${result}`),
    }),
  )
  const title = t(language, 'failed.title')
  return {
    ...common,
    title,
    preheader: sentence,
    brief: briefOf(payload, title, sentence, language),
    fields: [
      ...common.fields,
      { label: t(language, 'field.outcome'), values: [sentence], href: null },
      ...(tries.length > 0 ? [{ label: t(language, 'field.tries'), values: tries, href: null }] : []),
    ],
    note: null,
    plain: { ...common.plain, outcome: sentence, tries },
  }
}
