/**
 * SMTP. The only place that knows nodemailer.
 *
 * Connections are ours, one mail at a time on each: a server that goes silent is cut off at the mail's deadline without
 * touching another mail, which nodemailer's own pool cannot do. A connection that failed in any way is not used again.
 */
import { Readable } from 'node:stream'
import { rootCertificates } from 'node:tls'
import DKIM from 'nodemailer/lib/dkim'
import MailComposer from 'nodemailer/lib/mail-composer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { cleanText } from '../../model/clean-text.ts'
import { needsSmtpUtf8, wireAddress } from '../../model/mail-address.ts'
import { childController, TimeoutError } from '../../runtime/abort.ts'
import type { MailSettings } from '../mail-settings.ts'
import type { SmtpFailure } from '../smtp-verdict.ts'
import { openSocket } from './smtp-socket.ts'
import { SmtpWatch } from './smtp-watch.ts'

/** A mail ready to go, one recipient. Strings may hold anything: header folding and encoding are nodemailer's. */
export interface Mail {
  from: { name: string; address: string }
  to: string
  replyTo: string | null
  subject: string
  text: string
  html: string
  /** With angle brackets. */
  messageId: string
  inReplyTo: string | null
  headers: Record<string, string>
  /** `cid`: a picture inside of the HTML, which names it `cid:…`. */
  attachments: { filename: string; contentType: string; content: Buffer; cid?: string }[]
  /** An event for the calendar, iCalendar with METHOD:REQUEST. */
  invitation?: string | null
  /** Seed of the MIME boundaries, so that the same mail has the same bytes. */
  boundary: string
}

export type SendResult = { kind: 'sent'; response: string } | { kind: 'failed'; failure: SmtpFailure }
/** `refused`: it was reached, and does not let us in. */
export type Health = { ok: true } | { ok: false; why: string; refused?: boolean }

export interface SendOptions {
  /** The server is left when it has not come as far as the mail by then. Missing: it may take its time. */
  beginMs?: number
}

/** The outbox worker's view of the channel. */
export interface MailSender {
  /** Never rejects. `signal` cuts the connection; the result is then a failure like any other. */
  send(mail: Mail, signal: AbortSignal, options?: SendOptions): Promise<SendResult>
}

/** An unused connection is closed before the usual server does it. */
const IDLE_MS = 15_000
const QUIT_MS = 5_000
/** Many servers refuse to take more at one go. */
const MAILS_PER_CONNECTION = 50
/** Our own deadlines come first (smtp-watch.ts); nodemailer's are there in case one of them is missed. */
const NEVER_MS = 3_600_000
/** The body goes in such pieces, so that a slow line is told from a server that has fallen silent. */
const PIECE = 64 * 1024

interface Line {
  smtp: SMTPConnection
  watch: SmtpWatch
  mails: number
  idle: NodeJS.Timeout | null
}

export class MailChannel implements MailSender {
  #settings: MailSettings
  #free = new Set<Line>()
  #busy = new Set<Line>()
  #closing = new AbortController()

  constructor(settings: MailSettings) {
    this.#settings = settings
  }

  async send(mail: Mail, signal: AbortSignal, { beginMs }: SendOptions = {}): Promise<SendResult> {
    // what cannot be put together is the fault of this mail, and of no server
    let begun = true
    let bodySent = false
    let line: Line | null = null
    try {
      const message = await build(mail, this.#settings.dkim ?? null)
      begun = false
      line = await this.#within(beginMs, signal)
      begun = true
      const envelope = { from: wireAddress(mail.from.address), to: [wireAddress(mail.to)], size: message.length }
      mustBeTaken(envelope, line.watch)
      const { smtp, watch } = line
      const body = piecesOf(message, watch).once('end', () => {
        bodySent = true
        watch.dot()
      })
      const info = await settle<{ response: string }>(line, signal, (done) => smtp.send(envelope, body, done))
      this.#release(line)
      return { kind: 'sent', response: cleanText(info?.response ?? '', 200) }
    } catch (error) {
      if (line) this.#drop(line)
      return { kind: 'failed', failure: toFailure(error, { begun, bodySent }) }
    }
  }

  /** Can the server be reached, and does it let us in? Takes as long as the server may. */
  async verify(): Promise<Health> {
    try {
      this.#release(await this.#connect(this.#closing.signal))
      return { ok: true }
    } catch (error) {
      const { text: why, responseCode } = toFailure(error, { begun: false, bodySent: false })
      return { ok: false, why, refused: responseCode !== null }
    }
  }

  /** Ends all connections, also those in the middle of a mail, and those that are being made. */
  close(): void {
    this.#closing.abort(new Error('the mail channel was closed'))
    for (const line of [...this.#free, ...this.#busy]) this.#drop(line)
  }

  /** A connection that is ready for a mail, within `ms` if they are given. */
  async #within(ms: number | undefined, signal: AbortSignal): Promise<Line> {
    const { controller, unlink } = childController(signal, this.#closing.signal)
    const late = () => controller.abort(new TimeoutError(`the mail server took longer than ${ms} ms`))
    const impatience = ms === undefined ? undefined : setTimeout(late, ms)
    try {
      return await this.#freeOrNew(controller.signal)
    } finally {
      clearTimeout(impatience)
      unlink()
    }
  }

  /** RSET tells whether a kept connection still lives, before the mail depends on it. */
  async #freeOrNew(signal: AbortSignal): Promise<Line> {
    for (const line of this.#free) {
      this.#free.delete(line)
      this.#busy.add(line)
      if (line.idle) clearTimeout(line.idle)
      try {
        await settle(line, signal, (done) => line.smtp.reset(done))
        return line
      } catch {
        this.#drop(line)
        signal.throwIfAborted()
      }
    }
    return this.#connect(signal)
  }

  async #connect(signal: AbortSignal): Promise<Line> {
    const { host, port, tls, ca, login, ehlo, deadlines } = this.#settings
    const socket = await openSocket(host, port, deadlines.connectMs, signal)
    const watch = new SmtpWatch(deadlines)
    const smtp = new SMTPConnection({
      connection: socket,
      host,
      port,
      name: ehlo,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      connectionTimeout: NEVER_MS,
      greetingTimeout: NEVER_MS,
      socketTimeout: NEVER_MS,
      socketCloseTimeout: 1_000,
      maxResponseSize: 64 * 1024,
      tls: { minVersion: 'TLSv1.2', ...(ca ? { ca: [...rootCertificates, ca] } : {}) },
      logger: watch.logger,
      transactionLog: true,
    })
    const line: Line = { smtp, watch, mails: 0, idle: null }
    this.#busy.add(line)
    smtp.once('end', () => this.#drop(line))
    // an error with nobody waiting would end the process; who waits has a listener of his own
    smtp.on('error', () => {})
    try {
      watch.connected()
      await settle(line, signal, (done) => smtp.connect(done))
      if (login) {
        await settle(line, signal, (done) => smtp.login({ user: login.user, pass: login.password }, done))
      }
      return line
    } catch (error) {
      this.#drop(line)
      throw error
    }
  }

  #release(line: Line): void {
    this.#busy.delete(line)
    line.mails++
    if (line.smtp.destroyed) return
    if (line.mails >= MAILS_PER_CONNECTION) return this.#quit(line)
    this.#free.add(line)
    line.idle = setTimeout(() => this.#quit(line), IDLE_MS).unref()
  }

  /** A server that does not say good-bye in turn is left. */
  #quit(line: Line): void {
    this.#free.delete(line)
    this.#busy.add(line)
    line.smtp.quit()
    line.idle = setTimeout(() => this.#drop(line), QUIT_MS).unref()
  }

  #drop(line: Line): void {
    if (line.idle) clearTimeout(line.idle)
    line.watch.stop()
    this.#free.delete(line)
    this.#busy.delete(line)
    line.smtp.close()
  }
}

/**
 * One step of the talk: ends with its callback, with an error of the connection, with its silent end, when the server
 * is late, or with the signal.
 */
function settle<T>(
  { smtp, watch: { late } }: Line,
  signal: AbortSignal,
  step: (done: (error?: Error | null, result?: T) => void) => void,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const ends = [signal, late]
    const finish = (error?: Error | null, result?: T) => {
      smtp.off('error', onError)
      smtp.off('end', onEnd)
      for (const end of ends) end.removeEventListener('abort', onAbort)
      if (error) reject(error)
      else resolve(result)
    }
    const onError = (error: Error) => finish(error)
    const onEnd = () => finish(new Error('the mail server closed the connection'))
    const calledOff = () => {
      const reason: unknown = ends.find((end) => end.aborted)?.reason
      finish(reason instanceof Error ? reason : new Error('called off'))
    }
    // after a freeze the timer comes first and the server's answer is already in the socket: it is heard before the
    // verdict
    const onAbort = () => setImmediate(calledOff)
    if (ends.some((end) => end.aborted)) return calledOff()
    smtp.once('error', onError)
    smtp.once('end', onEnd)
    for (const end of ends) end.addEventListener('abort', onAbort, { once: true })
    step(finish)
  })
}

/** The mail piece by piece; the watch hears of each that the server's side has made room for. */
function piecesOf(message: Buffer, watch: SmtpWatch): Readable {
  function* pieces() {
    for (let at = 0; at < message.length; at += PIECE) {
      watch.block()
      yield message.subarray(at, at + PIECE)
    }
  }
  return Readable.from(pieces())
}

/**
 * Letters beyond ASCII before the @ go only to a server that says that it takes them (RFC 6531 3.4).
 * @throws {Error} with the code ESMTPUTF8, and with the verb that cannot be said
 */
function mustBeTaken({ from, to }: { from: string; to: string[] }, watch: SmtpWatch): void {
  if (watch.offers('SMTPUTF8')) return
  const refuse = (command: string, address: string) => {
    const text = `the mail server takes no addresses with letters beyond ASCII before the @ (SMTPUTF8): ${address}`
    return Object.assign(new Error(text), { code: 'ESMTPUTF8', command })
  }
  if (needsSmtpUtf8(from)) throw refuse('MAIL FROM', from)
  for (const address of to) if (needsSmtpUtf8(address)) throw refuse('RCPT TO', address)
}

async function build(mail: Mail, dkim: MailSettings['dkim']): Promise<Buffer> {
  const message = await new MailComposer({
    from: { name: mail.from.name, address: wireAddress(mail.from.address) },
    // an object, so that a comma or an angle bracket in it does not make two recipients
    to: { name: '', address: wireAddress(mail.to) },
    ...(mail.replyTo ? { replyTo: { name: '', address: wireAddress(mail.replyTo) } } : {}),
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: mail.messageId,
    ...(mail.inReplyTo ? { inReplyTo: mail.inReplyTo, references: mail.inReplyTo } : {}),
    headers: mail.headers,
    attachments: mail.attachments.map(({ filename, contentType, content, cid }) => ({
      filename,
      contentType,
      content,
      ...(cid !== undefined && { cid, contentDisposition: 'inline' as const }),
    })),
    ...(mail.invitation ? { icalEvent: { method: 'REQUEST', filename: 'invite.ics', content: mail.invitation } } : {}),
    baseBoundary: mail.boundary,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
  if (!dkim) return message
  const keys = { domainName: dkim.domain, keySelector: dkim.selector, privateKey: dkim.key }
  const signed = new DKIM(keys).sign(message)
  return Buffer.concat(await signed.toArray())
}

/** Some servers say what is wrong in the last of many lines. */
const LONGEST_TEXT = 1_000

function toFailure(error: unknown, reached: Pick<SmtpFailure, 'begun' | 'bodySent'>): SmtpFailure {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  const word = (value: unknown) => (typeof value === 'string' ? value : null)
  return {
    code: error instanceof TimeoutError ? 'ETIMEDOUT' : word(fields['code']),
    command: word(fields['command']),
    responseCode: typeof fields['responseCode'] === 'number' ? fields['responseCode'] : null,
    text: cleanText(wordsOf(error, word(fields['response'])), LONGEST_TEXT),
    ...reached,
  }
}

/**
 * The server's own words, where it has said something: its codes, which an answer of several lines repeats on each,
 * once.
 */
function wordsOf(error: unknown, response: string | null): string {
  if (!response) return error instanceof Error ? error.message : String(error)
  return response.replace(/^(\d{3})-/, '$1 ').replace(/\r?\n\d{3}[ -]([245]\.\d{1,3}\.\d{1,3} )?/g, ' ')
}
