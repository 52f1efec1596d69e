/**
 * The deadlines of one SMTP connection, one for each verb (RFC 5321 4.5.3.2 asks for that): nodemailer knows only how
 * long a socket may be silent, and a byte now and then would keep a talk going for ever. The watch reads nodemailer's
 * log of the talk, in which passwords are masked.
 */
import { TimeoutError } from '../../runtime/abort.ts'
import type { MailDeadlines } from '../mail-settings.ts'

/** RFC 5321 gives RSET no time of its own. */
const STILL_THERE_MS = 10_000

/** As nodemailer calls its logger: what happened, and the line that went over the wire. */
type Log = (entry: { tnx?: string }, line?: string) => void

export class SmtpWatch {
  #deadlines: MailDeadlines
  #late = new AbortController()
  #timer: NodeJS.Timeout | null = null
  /** Commands without an answer yet, oldest first: several may be under way at once (PIPELINING). */
  #unanswered: string[] = []
  #extensions = new Set<string>()

  constructor(deadlines: MailDeadlines) {
    this.#deadlines = deadlines
  }

  /** Aborts with a TimeoutError when the server has taken longer than it may. */
  get late(): AbortSignal {
    return this.#late.signal
  }

  /** Did the server offer it in its last answer to EHLO? */
  offers(extension: string): boolean {
    return this.#extensions.has(extension)
  }

  /** The connection stands, and the server is to speak first. */
  connected(): void {
    this.#wait(this.#deadlines.greetingMs, 'the greeting')
  }

  /** For nodemailer, with `transactionLog`. */
  get logger(): Record<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', Log> {
    const hear: Log = ({ tnx }, line = '') => {
      if (tnx === 'client') this.#asked(line)
      else if (tnx === 'server') this.#answered(line)
    }
    return { trace: hear, debug: hear, info: hear, warn: hear, error: hear, fatal: hear }
  }

  /** The server has taken another piece of the mail. */
  block(): void {
    this.#wait(this.#deadlines.blockMs, 'the mail')
  }

  /** The mail is over, and the server has the last word. */
  dot(): void {
    this.#wait(this.#deadlines.dotMs, 'the end of the mail')
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #asked(line: string): void {
    const [verb = ''] = line.split(' ', 1)
    if (verb === 'QUIT') return
    this.#unanswered.push(/^[A-Z]{4,8}$/.test(verb) ? verb : 'AUTH')
    if (this.#unanswered.length === 1) this.#waitForNext()
  }

  #answered(line: string): void {
    const verb = this.#unanswered.shift()
    if (verb === 'EHLO') this.#extensions = extensionsOf(line)
    this.stop()
    if (verb === 'STARTTLS') this.#wait(this.#deadlines.commandMs, 'the TLS handshake')
    else this.#waitForNext()
  }

  #waitForNext(): void {
    const [verb] = this.#unanswered
    if (verb === undefined) return
    const { dataMs, commandMs } = this.#deadlines
    // a connection that was kept a moment ago: where it hangs, another one is quicker
    const ms = verb === 'DATA' ? dataMs : verb === 'RSET' ? Math.min(commandMs, STILL_THERE_MS) : commandMs
    this.#wait(ms, verb)
  }

  #wait(ms: number, what: string): void {
    this.stop()
    const late = () => this.#late.abort(new TimeoutError(`the mail server took longer than ${ms} ms over ${what}`))
    this.#timer = setTimeout(late, ms)
  }
}

/** `250-mail.example.ru`, `250-SIZE 20000000`, `250 SMTPUTF8`: the first word of each line but the first. */
function extensionsOf(answer: string): Set<string> {
  const lines = answer.split(/\r?\n/).slice(1)
  return new Set(lines.flatMap((line) => /^\d{3}[ -](\S+)/.exec(line)?.[1]?.toUpperCase() ?? []))
}
