/**
 * What a failed send means for the mail: later, or never. Pure.
 *
 * A mail has one recipient, so the answer is always about the whole mail: a server that takes one address of a list and refuses another
 * judges two mails.
 */

/** A failure as the mail channel reports it. */
export interface SmtpFailure {
  /** nodemailer's code: ECONNECTION, ETIMEDOUT, ETLS, EAUTH, EENVELOPE, EMESSAGE … */
  code: string | null
  /** What had been sent: `CONN`, `EHLO`, `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, `DATA`. */
  command: string | null
  /** Three digits of the server, if it answered. */
  responseCode: number | null
  /** One clean line for people. */
  text: string
  /** The server had let us in, and heard that there is a mail. */
  begun: boolean
  /** The body had been handed over: the mail may have arrived although we heard no answer. */
  bodySent: boolean
}

export type SmtpVerdict =
  /** The server refused this mail for good; a person must look. */
  | { kind: 'dead' }
  /** It would perhaps take it without the attachment. */
  | { kind: 'too-large' }
  | {
      kind: 'retry'
      /**
       * `mail`: the server asked to come again with this one.
       * `mailbox`: it asked so before it saw the mail: greylisting, a full mailbox. Another mail to it would hear the same.
       * `unreachable`: it did not come to a word about the mail, which is not to blame.
       * `server`: it broke off over the mail; perhaps another mail fares better.
       * `fate-unknown`: it fell silent over the finished mail. Trying again may make a duplicate, so it is done slowly.
       */
      blame: Blame
    }
type Blame = 'mail' | 'mailbox' | 'unreachable' | 'server' | 'fate-unknown'

const DEAD: SmtpVerdict = { kind: 'dead' }
const TOO_LARGE: SmtpVerdict = { kind: 'too-large' }
const later = (blame: Blame): SmtpVerdict => ({ kind: 'retry', blame })

/** "Authentication required", "mechanism too weak", "invalid credentials": the admin's to mend, the mail can wait. */
const ABOUT_LOGIN = new Set([530, 534, 535, 538])

export function smtpVerdict(failure: SmtpFailure): SmtpVerdict {
  const { responseCode, command, code } = failure
  const serverFailed = later(failure.begun ? 'server' : 'unreachable')
  if (responseCode === null) {
    // decided on our side without asking: an unusable address, a message above the limit that the server announced
    if (code === 'EENVELOPE' && command === 'API') return DEAD
    if (code === 'EMESSAGE' && command === 'MAIL FROM') return TOO_LARGE
    // nothing came, or something that is no SMTP
    return failure.bodySent ? later('fate-unknown') : serverFailed
  }
  const aboutMail = command === 'MAIL FROM' || command === 'RCPT TO' || command === 'DATA'
  if (!aboutMail || responseCode === 421 || responseCode === 503 || ABOUT_LOGIN.has(responseCode)) return serverFailed
  const comeAgain = later(command === 'RCPT TO' ? 'mailbox' : 'mail')
  if (responseCode >= 400 && responseCode < 500) return comeAgain
  if (responseCode >= 500 && responseCode < 600) {
    if (isMailboxFull(failure)) return comeAgain
    return responseCode === 552 || /\b5\.3\.4\b/.test(failure.text) ? TOO_LARGE : DEAD
  }
  return serverFailed
}

/** RFC 5321 4.5.3.1.10: 552 to RCPT is to be read as 452. With an enhanced code (RFC 3463) a full mailbox is known after DATA too. */
function isMailboxFull({ responseCode, command, text }: SmtpFailure): boolean {
  return responseCode === 552 && (command === 'RCPT TO' || /\b[45]\.2\.2\b/.test(text))
}
