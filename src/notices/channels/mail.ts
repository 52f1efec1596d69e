/**
 * SMTP. The only place that knows nodemailer.
 *
 * Connections are ours, one mail at a time on each: a server that goes silent is cut off at the mail's deadline without touching another
 * mail, which nodemailer's own pool cannot do. A connection that failed in any way is not used again.
 */
import { Readable } from 'node:stream'
import { rootCertificates } from 'node:tls'
import DKIM from 'nodemailer/lib/dkim'
import MailComposer from 'nodemailer/lib/mail-composer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { cleanText } from '../../model/clean-text.ts'
import { childController, TimeoutError } from '../../runtime/abort.ts'
import type { MailSettings } from '../mail-settings.ts'
import type { SmtpFailure } from '../smtp-verdict.ts'

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
export type Health = { ok: true } | { ok: false; why: string }

/** The outbox worker's view of the channel. */
export interface MailSender {
  /** Never rejects. `signal` cuts the connection; the result is then a failure like any other. */
  send(mail: Mail, signal: AbortSignal): Promise<SendResult>
}

/** An unused connection is closed before the usual server does it. */
const IDLE_MS = 15_000
/** Many servers refuse to take more at one go. */
const MAILS_PER_CONNECTION = 50
const HEALTH_MS = 30_000
/** Who waits for the server to be well again does not wait so long. */
const ILLNESS_MS = 3_000

interface Line {
  smtp: SMTPConnection
  mails: number
  idle: NodeJS.Timeout | null
}

export class MailChannel implements MailSender {
  #settings: MailSettings
  #free = new Set<Line>()
  #busy = new Set<Line>()
  #health: { at: number; state: Promise<Health> } | null = null

  constructor(settings: MailSettings) {
    this.#settings = settings
  }

  async send(mail: Mail, signal: AbortSignal): Promise<SendResult> {
    const { sendMs } = this.#settings.deadlines
    const { controller, unlink } = childController(signal)
    const late = () => controller.abort(new TimeoutError(`the mail server took longer than ${sendMs} ms`))
    const deadline = setTimeout(late, sendMs)
    // what cannot be put together is the fault of this mail, and of no server
    let begun = true
    let bodySent = false
    let line: Line | null = null
    try {
      const message = await build(mail, this.#settings.dkim ?? null)
      begun = false
      line = await this.#freeOrNew(controller.signal)
      begun = true
      const body = Readable.from([message]).once('end', () => (bodySent = true))
      const info = await settle<{ response: string }>(line.smtp, controller.signal, (done) =>
        line!.smtp.send({ from: mail.from.address, to: [mail.to], size: message.length }, body, done),
      )
      this.#release(line)
      this.#health = { at: Date.now(), state: Promise.resolve({ ok: true }) }
      return { kind: 'sent', response: cleanText(info?.response ?? '', 200) }
    } catch (error) {
      if (line) this.#drop(line)
      const failure = toFailure(error, { begun, bodySent })
      if (failure.responseCode === null && !signal.aborted)
        this.#health = { at: Date.now(), state: Promise.resolve({ ok: false, why: failure.text }) }
      return { kind: 'failed', failure }
    } finally {
      clearTimeout(deadline)
      unlink()
    }
  }

  /** Can the server be reached, and does it let us in? For /ready: asked now and then, and what a mail found out counts. */
  async verify(): Promise<Health> {
    const known = this.#health
    if (known) {
      const age = Date.now() - known.at
      if (age < ILLNESS_MS) return known.state
      if (age < HEALTH_MS && (await known.state).ok) return known.state
    }
    if (this.#health !== known) return this.verify()
    const state = this.#tryToConnect()
    this.#health = { at: Date.now(), state }
    return state
  }

  /** Ends all connections, also those in the middle of a mail. */
  close(): void {
    for (const line of [...this.#free, ...this.#busy]) this.#drop(line)
  }

  async #tryToConnect(): Promise<Health> {
    const { connectMs, greetingMs } = this.#settings.deadlines
    try {
      const line = await this.#connect(AbortSignal.timeout(connectMs + greetingMs))
      this.#release(line)
      return { ok: true }
    } catch (error) {
      return { ok: false, why: toFailure(error, { begun: false, bodySent: false }).text }
    }
  }

  /** RSET tells whether a kept connection still lives, before the mail depends on it. */
  async #freeOrNew(signal: AbortSignal): Promise<Line> {
    for (const line of this.#free) {
      this.#free.delete(line)
      this.#busy.add(line)
      if (line.idle) clearTimeout(line.idle)
      try {
        await settle(line.smtp, signal, (done) => line.smtp.reset(done))
        return line
      } catch {
        this.#drop(line)
        signal.throwIfAborted()
      }
    }
    return this.#connect(signal)
  }

  async #connect(signal: AbortSignal): Promise<Line> {
    const { host, port, tls, ca, login, deadlines } = this.#settings
    const smtp = new SMTPConnection({
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      connectionTimeout: deadlines.connectMs,
      dnsTimeout: deadlines.connectMs,
      greetingTimeout: deadlines.greetingMs,
      socketTimeout: deadlines.silenceMs,
      socketCloseTimeout: 1_000,
      maxResponseSize: 64 * 1024,
      tls: { minVersion: 'TLSv1.2', ...(ca ? { ca: [...rootCertificates, ca] } : {}) },
    })
    const line: Line = { smtp, mails: 0, idle: null }
    this.#busy.add(line)
    smtp.once('end', () => this.#drop(line))
    // an error with nobody waiting would end the process; who waits has a listener of his own
    smtp.on('error', () => {})
    try {
      await settle(smtp, signal, (done) => smtp.connect(done))
      if (login) {
        await settle(smtp, signal, (done) => smtp.login({ user: login.user, pass: login.password }, done))
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
    if (line.mails >= MAILS_PER_CONNECTION) return line.smtp.quit()
    this.#free.add(line)
    line.idle = setTimeout(() => {
      this.#free.delete(line)
      line.smtp.quit()
    }, IDLE_MS).unref()
  }

  #drop(line: Line): void {
    if (line.idle) clearTimeout(line.idle)
    this.#free.delete(line)
    this.#busy.delete(line)
    line.smtp.close()
  }
}

/** One step of the talk: ends with its callback, with an error of the connection, with its silent end, or with the signal. */
function settle<T>(
  smtp: SMTPConnection,
  signal: AbortSignal,
  step: (done: (error?: Error | null, result?: T) => void) => void,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const finish = (error?: Error | null, result?: T) => {
      smtp.off('error', onError)
      smtp.off('end', onEnd)
      signal.removeEventListener('abort', onAbort)
      if (error) reject(error)
      else resolve(result)
    }
    const onError = (error: Error) => finish(error)
    const onEnd = () => finish(new Error('the mail server closed the connection'))
    const calledOff = () => finish(signal.reason instanceof Error ? signal.reason : new Error('called off'))
    // after a freeze the timer comes first and the server's answer is already in the socket: it is heard before the verdict
    const onAbort = () => setImmediate(calledOff)
    if (signal.aborted) return calledOff()
    smtp.once('error', onError)
    smtp.once('end', onEnd)
    signal.addEventListener('abort', onAbort, { once: true })
    step(finish)
  })
}

async function build(mail: Mail, dkim: MailSettings['dkim']): Promise<Buffer> {
  const message = await new MailComposer({
    from: mail.from,
    // an object, so that a comma or an angle bracket in it does not make two recipients
    to: { name: '', address: mail.to },
    ...(mail.replyTo ? { replyTo: { name: '', address: mail.replyTo } } : {}),
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

function toFailure(error: unknown, reached: Pick<SmtpFailure, 'begun' | 'bodySent'>): SmtpFailure {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  const word = (value: unknown) => (typeof value === 'string' ? value : null)
  return {
    code: word(fields['code']),
    command: word(fields['command']),
    responseCode: typeof fields['responseCode'] === 'number' ? fields['responseCode'] : null,
    text: cleanText(error instanceof Error ? error.message : String(error), 300),
    ...reached,
  }
}
