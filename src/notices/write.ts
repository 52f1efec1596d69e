/**
 * A row of the outbox in words: what every channel says, each in its own form. The same row gives the same words every
 * time.
 */
import type { Language } from '../runtime/i18n.ts'
import type { OutboxNotice } from '../store/outbox.ts'
import type { Mail } from './channels/mail.ts'
import { alarm, digest, readContent, type NoticeContent } from './payload.ts'
import { alarmView } from './templates/alarm.ts'
import { callbackFailedView } from './templates/callback-failed.ts'
import { closedView } from './templates/closed.ts'
import { digestView } from './templates/digest.ts'
import { escalationSubject, escalationView } from './templates/escalation.ts'
import { missedCallView } from './templates/missed-call.ts'
import type { MailView, ViewExtras } from './templates/view.ts'
import { voiceMessage, type VoiceParts } from './voice-message.ts'

export interface WriterParts {
  voice: VoiceParts
  /** Pages where the recipient takes the case or closes it; null without a public address. */
  links: (notice: OutboxNotice) => ViewExtras['links']
  /** The notices that a digest tells of. */
  membersOf: (digestId: string) => Promise<OutboxNotice[]>
}

export interface Written {
  view: MailView
  /** The subject where this notice begins its thread. */
  ownSubject: string
  company: { name: string; zone: string }
  replyTo: string | null
  /** The calls that are told: one, all of a digest, none of an alarm. */
  calls: NoticeContent[]
  attachment: Mail['attachments'][number] | null
}

/** Null: every call of a digest was answered meanwhile. Throws when the row cannot be read. */
export async function writeNotice(
  notice: OutboxNotice,
  recording: 'attach' | 'too-large' | 'words-only',
  parts: WriterParts,
): Promise<Written | null> {
  const language = languageOf(notice)
  if (notice.kind === 'digest') return writeDigest(notice, language, parts)
  if (notice.kind === 'alarm') return writeAlarm(notice, language)
  const content = readContent(notice.kind, notice.payload)
  const { company, replyTo } = content.payload
  const { state, attachment, transcript } =
    content.kind === 'missed'
      ? await voiceMessage(content.payload, recording, parts.voice)
      : { state: 'missing' as const, attachment: null, transcript: null }
  const view = viewOf(content, language, { attachment: state, transcript, links: parts.links(notice) })
  const ownSubject = content.kind === 'escalation' ? escalationSubject(content.payload, language) : view.subject
  return { view, ownSubject, company, replyTo, calls: [content], attachment }
}

function writeAlarm(notice: OutboxNotice, language: Language): Written {
  const payload = alarm.parse(JSON.parse(notice.payload))
  const view = alarmView(payload, language)
  return { view, ownSubject: view.subject, company: payload.company, replyTo: null, calls: [], attachment: null }
}

async function writeDigest(notice: OutboxNotice, language: Language, parts: WriterParts): Promise<Written | null> {
  const payload = digest.parse(JSON.parse(notice.payload))
  const members = await parts.membersOf(notice.id)
  const calls = members.map(({ kind, payload: json }) => readContent(kind, json))
  if (calls.length === 0) return null
  const entries = calls.map((content) => {
    const { title, preheader } = viewOf(content, language, { attachment: 'words-only', transcript: null, links: null })
    return { content, title, preheader }
  })
  const view = digestView(payload, entries, notice.createdAt, language)
  const { company, replyTo } = payload
  return { view, ownSubject: view.subject, company, replyTo, calls, attachment: null }
}

function viewOf(content: NoticeContent, language: Language, extras: ViewExtras): MailView {
  switch (content.kind) {
    case 'missed':
      return missedCallView(content.payload, language, extras)
    case 'closed':
      return closedView(content.payload, language)
    case 'callback-failed':
      return callbackFailedView(content.payload, language, extras)
    case 'escalation':
      return escalationView(content.payload, language, extras)
  }
}

export function languageOf(notice: Pick<OutboxNotice, 'language'>): Language {
  return notice.language === 'ru' ? 'ru' : 'en'
}
