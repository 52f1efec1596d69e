/** The mail about a missed call: everything a person needs to call back without opening anything else. Pure. */
import type { Language } from '../../runtime/i18n.ts'
import { t } from '../messages.ts'
import type { MissedCallPayload } from '../payload.ts'
import { reasonText } from '../reasons.ts'
import { playerTime, readableSpan, shortTime } from '../wording.ts'
import { briefOf, commonView, type AttachmentState, type Field, type MailView, type ViewExtras } from './view.ts'

/** `extras.attachment` says what became of `payload.voicemail`; ignored when there is none. */
export function missedCallView(payload: MissedCallPayload, language: Language, extras: ViewExtras): MailView {
  const { attachment, transcript } = extras
  const common = commonView(payload, language, extras.links)
  const reason = reasonText(language, payload.reason, payload.detail)
  const waited = readableSpan(payload.waitedMs, language)
  const next = nextStep(payload, language)
  const field = (label: Parameters<typeof t>[1], ...values: string[]): Field => ({
    label: t(language, label),
    values,
    href: null,
  })
  const title = t(language, 'missed.title')
  return {
    ...common,
    title,
    preheader: reason,
    brief: briefOf(payload, title, reason, language),
    fields: [
      ...common.fields,
      // of a restored call only its arrival is known: "pressed nothing" would be a guess
      ...(payload.restored
        ? []
        : [
            field('field.pressed', pressed(payload, language)),
            field('field.waited', waited),
            field('field.rung', ...rung(payload, language)),
          ]),
      field('field.outcome', ...outcome(payload, reason, attachment, language)),
      ...(transcript ? [field('field.transcript', t(language, 'transcript', { text: transcript }))] : []),
      field('field.earlier', ...earlier(payload, language)),
      field('field.next', next),
    ],
    note: payload.restored ? t(language, 'restored') : null,
    plain: {
      ...common.plain,
      reason,
      waited,
      next,
      transcript: transcript ?? '',
      ...(payload.voicemail ? { VM_DUR: playerTime(payload.voicemail.ms) } : {}),
    },
  }
}

function outcome(
  { voicemail }: MissedCallPayload,
  reason: string,
  attachment: AttachmentState,
  language: Language,
): string[] {
  if (!voicemail) return [reason]
  return [reason, t(language, `message.${attachment}`, { duration: playerTime(voicemail.ms) })]
}

function pressed(payload: MissedCallPayload, language: Language): string {
  if (payload.pressed.length === 0) return t(language, 'pressed.nothing')
  return payload.pressed.map(({ key, label }) => (label ? `${key} — ${label}` : key)).join(', ')
}

function rung(payload: MissedCallPayload, language: Language): string[] {
  if (payload.rung.length === 0) return [t(language, 'rung.nobody')]
  return payload.rung.map(({ name, result, ms }) =>
    t(language, 'rung.person', {
      name,
      result: t(language, `rung.${result}`, { duration: readableSpan(ms, language) }),
    }),
  )
}

function earlier({ earlier, company, calledAt }: MissedCallPayload, language: Language): string[] {
  const count = earlier.callsToday
  const calls = count > 1 ? t(language, 'earlier.nth', { count }) : t(language, 'earlier.first')
  if (!earlier.lastTalk) return [calls]
  const { at, ms, with: person } = earlier.lastTalk
  const when = shortTime(at, calledAt, company.zone, language)
  const duration = readableSpan(ms, language)
  const talk = person
    ? t(language, 'earlier.talk', { when, duration, with: person })
    : t(language, 'earlier.talk-nobody', { when, duration })
  return [calls, talk]
}

function nextStep({ next, caller, company, calledAt }: MissedCallPayload, language: Language): string {
  if (next.kind === 'none') {
    const why = t(language, `none.${next.why}`)
    return t(language, caller.number ? 'next.yourselves' : 'next.nothing', { why })
  }
  if (next.at === 'when-free') return t(language, 'next.when-free')
  return t(language, 'next.callback', { time: shortTime(next.at, calledAt, company.zone, language) })
}
