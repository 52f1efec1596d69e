/** A notice as a mail: written, sent, and the server's answer read. */
import { cleanText } from '../model/clean-text.ts'
import type { Outbox, OutboxNotice } from '../store/outbox.ts'
import type { Health, Mail, MailSender } from './channels/mail.ts'
import type { Deliver, Delivery } from './delivery.ts'
import { smtpVerdict } from './smtp-verdict.ts'

export interface MailDeliveryParts {
  outbox: Pick<Outbox, 'firstOfThread'>
  sender: MailSender
  /**
   * Reads a row into a mail, with or without its attachment; a row that cannot be read is dead, one that has nothing to
   * say is null.
   */
  compose: (notice: OutboxNotice, first: OutboxNotice, attach: boolean) => Promise<Mail | null>
  /** What the mail has found out about the server. */
  onHealth?: (health: Health) => void
}

/** The words of SMTP in those of the outbox. */
const blames = {
  'mail': 'notice',
  'mailbox': 'recipient',
  'us': 'us',
  'unreachable': 'unreachable',
  'server': 'server',
  'fate-unknown': 'fate-unknown',
} as const

export function mailDelivery(parts: MailDeliveryParts): Deliver {
  const deliver = async (notice: OutboxNotice, attach: boolean, signal: AbortSignal): Promise<Delivery> => {
    const first = await parts.outbox.firstOfThread(notice)
    let mail: Mail | null
    try {
      mail = await parts.compose(notice, first, attach)
    } catch (error) {
      return { kind: 'dead', why: `the mail could not be written: ${reasonOf(error)}`, refused: false }
    }
    if (!mail) return { kind: 'needless', why: 'every call of it was answered meanwhile' }
    const result = await parts.sender.send(mail, signal)
    if (result.kind === 'sent') {
      parts.onHealth?.({ ok: true })
      return { kind: 'sent' }
    }
    const verdict = smtpVerdict(result.failure)
    const { text: why, responseCode } = result.failure
    const isServers = verdict.kind === 'retry' && (verdict.blame === 'us' || verdict.blame === 'unreachable')
    if (isServers && !signal.aborted) parts.onHealth?.({ ok: false, why, refused: responseCode !== null })
    if (verdict.kind === 'too-large' && mail.attachments.length > 0) return deliver(notice, false, signal)
    if (verdict.kind !== 'retry') return { kind: 'dead', why, refused: verdict.kind === 'too-large' || verdict.refused }
    const { blame, lasting, sure } = verdict
    return { kind: 'retry', blame: blames[blame], why, lasting, sure }
  }
  return (notice, signal) => deliver(notice, true, signal)
}

export function reasonOf(error: unknown): string {
  return cleanText(error instanceof Error ? error.message : String(error), 300)
}
