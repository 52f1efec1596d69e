/**
 * What a failed send means for the mail: later, or never. Pure.
 *
 * Only what is about this mailbox or this mail may end one notice. Whatever would hit every notice (the sender, the
 * login, the quota, the reputation, the name that we say) is the channel's illness, at whichever verb it is said: the
 * notices wait and the admin is told. What the words are about stands in smtp-refusals.ts. A mail has one recipient, so
 * the answer is always about the whole mail.
 */
import { type About, aboutByCode, inDoubtUs, WORD_RULES } from './smtp-refusals.ts'

/** A failure as the mail channel reports it. */
export interface SmtpFailure {
  /** nodemailer's code: ECONNECTION, ETIMEDOUT, ETLS, EAUTH, EENVELOPE, EMESSAGE …; ESMTPUTF8 is ours. */
  code: string | null
  /** What had been sent: `CONN`, `EHLO`, `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, `DATA`. */
  command: string | null
  /** Three digits of the server, if it answered. */
  responseCode: number | null
  /** One clean line for people, with all that the server said. */
  text: string
  /** The server had let us in, and heard that there is a mail. */
  begun: boolean
  /** The body had been handed over: the mail may have arrived although we heard no answer. */
  bodySent: boolean
}

export type SmtpVerdict =
  /** `refused`: by the server, for good; a person must look. Otherwise nothing of it can be sent at all. */
  | { kind: 'dead'; refused: boolean }
  /** It would perhaps take it without the attachment. */
  | { kind: 'too-large' }
  | {
      kind: 'retry'
      /**
       * `mail`: the server asked to come again with this one.
       * `mailbox`: it asked so because of the recipient: greylisting, a full mailbox. Another mail to it would hear the
       * same.
       * `us`: it takes nothing from us; another mail would hear the same.
       * `unreachable`: it did not come to a word about the mail, which is not to blame.
       * `server`: it broke off over the mail; perhaps another mail fares better.
       * `fate-unknown`: it fell silent over the finished mail. Trying again may make a duplicate, so it is done slowly.
       */
      blame: Blame
      /** Of `us`: waiting mends nothing, a person must. */
      lasting: boolean
      /** Its code or its words name the mailbox; otherwise it is only where the answer was given. */
      sure: boolean
    }
type Blame = 'mail' | 'mailbox' | 'us' | 'unreachable' | 'server' | 'fate-unknown'

type Verb = 'before' | 'MAIL' | 'RCPT' | 'DATA' | 'dot'

const TOO_LARGE: SmtpVerdict = { kind: 'too-large' }
const later = (blame: Blame, more: { lasting?: boolean; sure?: boolean } = {}): SmtpVerdict => ({
  kind: 'retry',
  blame,
  lasting: more.lasting ?? false,
  sure: more.sure ?? false,
})
const dead = (refused: boolean): SmtpVerdict => ({ kind: 'dead', refused })

export function smtpVerdict(failure: SmtpFailure): SmtpVerdict {
  const { responseCode: code } = failure
  if (code === null) return withoutAnswer(failure)
  const verb = verbOf(failure)
  const refusal = read(failure.text)
  // a server that says good-bye over a mail may do so because of it; one that counts what we send does so because of us
  if ((code === 421 || code === 503) && refusal?.about !== 'us') return later(failure.begun ? 'server' : 'unreachable')
  if (code < 400 || code > 599) return later(failure.begun ? 'server' : 'unreachable')
  const { about, sure } = judge(verb, code, refusal)
  const forGood = code >= 500
  switch (about) {
    case 'us':
      return later('us', { lasting: forGood || refusal?.lasting === true })
    case 'full':
      return later('mailbox', { sure })
    case 'recipient':
      return forGood ? dead(true) : later('mailbox', { sure })
    case 'size':
      return forGood ? TOO_LARGE : later('mail')
    case 'message':
      return forGood ? dead(true) : later('mail')
  }
}

function withoutAnswer({ code, command, begun, bodySent }: SmtpFailure): SmtpVerdict {
  if (code === 'ESMTPUTF8') return command === 'RCPT TO' ? dead(false) : later('us', { lasting: true })
  // decided on our side without asking: an unusable address, a message above the limit that the server announced
  if (code === 'EENVELOPE' && command === 'API') return dead(false)
  if (code === 'EMESSAGE' && command === 'MAIL FROM') return TOO_LARGE
  // a login that the server does not offer, or that is incomplete
  if (code === 'EAUTH') return later('us', { lasting: true })
  // nothing came, or something that is no SMTP
  return later(bodySent ? 'fate-unknown' : begun ? 'server' : 'unreachable')
}

function verbOf({ command, code }: SmtpFailure): Verb {
  if (command === 'MAIL FROM') return 'MAIL'
  if (command === 'RCPT TO') return 'RCPT'
  if (command !== 'DATA') return 'before'
  return code === 'EMESSAGE' ? 'dot' : 'DATA'
}

/** What the text says by itself, wherever it was said. `sure`: by its code, or in words that stand above every code. */
interface Refusal {
  about: About
  sure: boolean
  lasting: boolean
}

function read(text: string): Refusal | null {
  // the words of somebody's name are not the server's
  const said = text.replace(/<[^>]*>|\S+@\S+/g, '<>')
  const first = WORD_RULES.find(({ certain, words }) => certain === true && words.test(said))
  if (first) return { about: first.about, sure: true, lasting: first.lasting === true }
  const [, subject, detail] = /\b[45]\.(\d{1,3})\.(\d{1,3})\b/.exec(said)?.map(Number) ?? []
  const hasCode = subject !== undefined && detail !== undefined
  const byCode = hasCode ? aboutByCode(subject, detail) : null
  if (byCode) return { about: byCode, sure: true, lasting: false }
  const rule = WORD_RULES.find(({ words }) => words.test(said))
  if (rule) return { about: rule.about, sure: rule.about !== 'message', lasting: rule.lasting === true }
  return hasCode && inDoubtUs(subject, detail) ? { about: 'us', sure: false, lasting: false } : null
}

/**
 * What the refusal is about at this verb: before the mail has been seen it cannot be about the mail, before the
 * recipient not about him.
 */
function judge(verb: Verb, code: number, refusal: Refusal | null): { about: About; sure: boolean } {
  const size = refusal?.about === 'size' || (refusal === null && code === 552)
  if (verb === 'before') return { about: 'us', sure: true }
  if (verb === 'MAIL') return { about: size ? 'size' : 'us', sure: true }
  // a login is missing, or not enough
  if (code >= 530 && code <= 538) return { about: 'us', sure: true }
  if (verb === 'dot') return refusal ?? { about: size ? 'size' : code === 452 ? 'us' : 'message', sure: false }
  // RFC 5321 4.5.3.1.10: 552 to RCPT is to be read as 452
  if (code === 552 && refusal === null) return { about: 'full', sure: true }
  if (refusal?.about === 'message') return { about: 'us', sure: false }
  if (refusal) return refusal
  // our form, or a system without room
  const form = code === 452 || (code >= 500 && code <= 504) || code === 555
  return { about: form ? 'us' : 'recipient', sure: false }
}
