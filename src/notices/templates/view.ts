/** What a template gets: the mail's words, already in the reader's language, and the plain values for an admin's own template. */
import type { Language } from '../../runtime/i18n.ts'
import { t } from '../messages.ts'
import type { MissedCallPayload } from '../payload.ts'
import { clock, fullTime, shownCaller, shownLine, shownNumber } from '../wording.ts'

/** One row of the mail's table. Several values are shown below each other; `href` makes the first one a link. */
export interface Field {
  label: string
  values: string[]
  href: string | null
}

export interface Action {
  label: string
  href: string
}

/** What the composer adds to the words. */
export interface ViewExtras {
  attachment: AttachmentState
  /** What the caller said, recognised by a machine. */
  transcript: string | null
  links: { take: string; done: string } | null
}

export interface MailView {
  /** Without `Re:`. The same for every mail of a thread. */
  subject: string
  title: string
  /** The reason in one line: what a mailbox shows beside the subject. */
  preheader: string
  fields: Field[]
  note: string | null
  /** The button; null when there is no number to call. */
  call: Action | null
  /** Pages of ours where a person takes the case or closes it; none without a public address. */
  actions: Action[]
  /** All of it in one line, for an SMS. */
  brief: string
  footer: string
  /** For an admin's own template, next to the rest. */
  plain: Record<string, unknown>
}

/** What became of the recording: it could not be read, is larger than a mail should be, or the channel carries only words. */
export type AttachmentState = 'attached' | 'missing' | 'too-large' | 'words-only'

type Common = Pick<MissedCallPayload, 'callId' | 'caller' | 'line' | 'company' | 'calledAt'>

/** `Пропущен: Иван Петров +7 912 345-67-89 — Продажи`. No time and no counter: Gmail threads by the subject too. */
export function subjectOf(payload: Pick<Common, 'caller' | 'line'>, language: Language): string {
  return t(language, 'subject', { who: shownCaller(payload.caller, language), line: shownLine(payload.line) })
}

/** The parts every mail has: who, when, on which line. */
export function commonView(
  payload: Common,
  language: Language,
  links: ViewExtras['links'] = null,
): Omit<MailView, 'title' | 'preheader' | 'note' | 'brief'> {
  const { caller, line, company, calledAt, callId } = payload
  const href = caller.number && `tel:${caller.number}`
  const number = shownNumber(caller, language)
  const when = fullTime(calledAt, company.zone, language)
  return {
    subject: subjectOf(payload, language),
    fields: [
      { label: t(language, 'field.caller'), values: [shownCaller(caller, language)], href },
      { label: t(language, 'field.when'), values: [when], href: null },
      { label: t(language, 'field.line'), values: [lineWithNumber(payload)], href: null },
    ],
    call: href ? { label: t(language, 'button.call', { number }), href } : null,
    actions: links
      ? [
          { label: t(language, 'button.take'), href: links.take },
          { label: t(language, 'button.done'), href: links.done },
        ]
      : [],
    footer: t(language, 'footer', { company: company.name, callId }),
    plain: {
      language,
      caller: { ...caller, readable: number },
      line,
      company,
      when,
      callId,
      ...voicemailNames(payload, when),
    },
  }
}

/** `Пропущенный звонок: Иван Петров +7 912 345-67-89, Продажи, 14:05. Телефоны звонили…` */
export function briefOf(payload: Common, title: string, reason: string, language: Language): string {
  const { caller, line, calledAt, company } = payload
  return t(language, 'brief', {
    title,
    who: shownCaller(caller, language),
    line: shownLine(line),
    time: clock(calledAt, company.zone),
    reason,
  })
}

function lineWithNumber({ line }: Common): string {
  const shown = shownLine(line)
  return line.name ? `${shown}, ${shownLine({ ...line, name: null })}` : shown
}

/** Asterisk's names in `emailbody` of voicemail.conf, so that an old text can be pasted as it is. */
function voicemailNames({ caller, line }: Common, when: string): Record<string, string> {
  const number = caller.number ?? caller.shown
  return {
    VM_NAME: shownLine(line),
    VM_MAILBOX: line.number,
    VM_MSGNUM: '1',
    VM_DUR: '0:00',
    VM_CIDNUM: number,
    VM_CIDNAME: caller.name ?? '',
    VM_CALLERID: caller.name ? `"${caller.name}" <${number}>` : number,
    VM_DATE: when,
  }
}
