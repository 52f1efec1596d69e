/**
 * Message-IDs. A mail has the same one however often it is sent, so that a mailbox can drop the second copy.
 *
 * The first mail of a thread bears the thread's own id, the later ones refer to it. The id is a keyed hash: it is the same on every
 * start, and nobody reads the caller's number from it. The recipient is part of it, because two mails must not share a Message-ID.
 */
import { createHmac } from 'node:crypto'

export interface ThreadPlace {
  messageId: string
  /** The thread's first mail, when this is a later one. */
  inReplyTo: string | null
}

/**
 * `first`: the first mail to this recipient under this key that was not cancelled; the row itself or an earlier one.
 * Angle brackets included. `host` is the right side, `secret` must stay the same between starts.
 */
export function threadPlace(
  notice: { id: string; threadKey: string | null; recipient: string },
  first: { id: string },
  { host, secret }: { host: string; secret: string },
): ThreadPlace {
  const own = `<mc.${notice.id}@${host}>`
  if (notice.threadKey === null) return { messageId: own, inReplyTo: null }
  const key = JSON.stringify([notice.threadKey, notice.recipient])
  const thread = `<thread.${createHmac('sha256', secret).update(key).digest('hex').slice(0, 32)}@${host}>`
  return first.id === notice.id ? { messageId: thread, inReplyTo: null } : { messageId: own, inReplyTo: thread }
}
