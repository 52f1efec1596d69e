/** A notice as a mail: written, sent, and the server's answer read. */
import { cleanText } from '../model/clean-text.ts'
import type { Outbox, OutboxNotice } from '../store/outbox.ts'
import type { Mail, MailSender } from './channels/mail.ts'
import type { Deliver, Delivery } from './delivery.ts'
import { smtpVerdict } from './smtp-verdict.ts'

export interface MailDeliveryParts {
  outbox: Pick<Outbox, 'firstOfThread'>
  sender: MailSender
  /** Reads a row into a mail, with or without its attachment; a row that cannot be read is dead, one that has nothing to say is null. */
  compose: (notice: OutboxNotice, first: OutboxNotice, attach: boolean) => Promise<Mail | null>
}

/** The words of SMTP in those of the outbox. */
const blames = {
  'mail': 'notice',
  'mailbox': 'recipient',
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
      return { kind: 'dead', why: `the mail could not be written: ${reasonOf(error)}` }
    }
    if (!mail) return { kind: 'needless', why: 'every call of it was answered meanwhile' }
    const result = await parts.sender.send(mail, signal)
    if (result.kind === 'sent') return { kind: 'sent' }
    const verdict = smtpVerdict(result.failure)
    const why = result.failure.text
    if (verdict.kind === 'too-large' && mail.attachments.length > 0) return deliver(notice, false, signal)
    if (verdict.kind !== 'retry') return { kind: 'dead', why }
    return { kind: 'retry', blame: blames[verdict.blame], why }
  }
  return (notice, signal) => deliver(notice, true, signal)
}

export function reasonOf(error: unknown): string {
  return cleanText(error instanceof Error ? error.message : String(error), 300)
}
