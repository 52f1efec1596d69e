/** A row of the outbox becomes a mail. The same row gives the same bytes every time, apart from the Date. */
import { createHash } from 'node:crypto'
import type { OutboxNotice } from '../store/outbox.ts'
import type { Mail } from './channels/mail.ts'
import { invitation } from './invitation.ts'
import type { MailSettings } from './mail-settings.ts'
import { type NoticeKind, readContent } from './payload.ts'
import type { Templates } from './templates/overrides.ts'
import { subjectOf } from './templates/view.ts'
import { threadPlace } from './thread.ts'
import { languageOf, type WriterParts, writeNotice, type Written } from './write.ts'

export interface Composer extends WriterParts {
  settings: Pick<MailSettings, 'from' | 'idHost' | 'threadSecret'>
  templates: Templates
}

/**
 * `first`: the first mail of the thread to this recipient, the notice itself or an earlier one. `attach` false: say that the recording
 * is too large instead. Null: nothing is left to say. Throws when the row cannot be read.
 */
export async function composeMail(
  notice: OutboxNotice,
  first: OutboxNotice,
  attach: boolean,
  composer: Composer,
): Promise<Mail | null> {
  const { settings, templates } = composer
  const language = languageOf(notice)
  const written = await writeNotice(notice, attach ? 'attach' : 'too-large', composer)
  if (!written) return null
  const { view, company, replyTo, attachment, calls } = written
  const [call] = calls
  const kind = notice.kind === 'digest' || !call ? (notice.kind as NoticeKind) : call.kind
  const { messageId, inReplyTo } = threadPlace(notice, first, { host: settings.idHost, secret: settings.threadSecret })
  return {
    from: { name: company.name, address: settings.from },
    to: notice.recipient,
    replyTo,
    subject: subjectFor(notice, first, written),
    text: await templates.render(kind, 'txt', view, language),
    html: await templates.render(kind, 'html', view, language),
    messageId,
    inReplyTo,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `<missed.${settings.idHost}>`,
      // of a digest: every call that it tells of
      ...(calls.length > 0 && { 'X-Perezvon-Call': calls.map(({ payload }) => payload.callId).join(' ') }),
      'X-Perezvon-Notice': notice.id,
    },
    attachments: attachment ? [attachment] : [],
    invitation: invitation(notice, calls, { from: settings.from, host: settings.idHost }),
    // RFC 2046 allows a boundary of 70 characters: a row's id may be longer
    boundary: createHash('sha256').update(notice.id).digest('hex').slice(0, 16),
  }
}

function subjectFor(notice: OutboxNotice, first: OutboxNotice, { view, ownSubject }: Written): string {
  const begins = first.id === notice.id
  if (notice.kind === 'digest' || notice.kind === 'alarm' || (begins && notice.kind === 'escalation')) return ownSubject
  const subject = begins ? view.subject : threadSubject(first, view.subject)
  return notice.kind === 'missed' ? subject : `Re: ${subject}`
}

/** A later call may come with another name for the same number; the thread keeps the subject it began with. */
function threadSubject(first: OutboxNotice, otherwise: string): string {
  try {
    return subjectOf(readContent(first.kind, first.payload).payload, languageOf(first))
  } catch {
    return otherwise
  }
}
