/**
 * A real SMTP server that keeps every mail it accepts, and that can be as bad as servers are: at any verb it refuses for now or for good,
 * hangs, or drops the connection, also after it has taken the whole mail.
 */
import type { Socket } from 'node:net'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { TimeoutError } from '../../src/runtime/abort.ts'

export interface ReceivedMail {
  at: Date
  from: string
  to: string[]
  /** The message as it came over the wire. */
  raw: string
  parsed: ParsedMail
  /** False: the sender never heard that it was accepted. */
  confirmed: boolean
}

/** `data-begin`: in the middle of the message; `data-end`: after its last dot, when the mail is already ours. */
export type SmtpVerb = 'connect' | 'mail-from' | 'rcpt-to' | 'data-begin' | 'data-end'
/** A number is an SMTP status: 451 later, 550 never. `slowMs`: all is well, only so much later. */
export type SmtpFault = number | 'hang' | 'drop' | { slowMs: number }

export interface MailServerOptions {
  /** Any free one if missing. */
  port?: number
}

export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const server = new MailServer()
  await server.listen(options.port ?? 0)
  return server
}

export class MailServer {
  /** Oldest first. */
  readonly mails: ReceivedMail[] = []
  port = 0
  readonly #faults = new Map<SmtpVerb, { fault: SmtpFault; times: number }>()
  readonly #tries = new Map<SmtpVerb, number>()
  readonly #sockets = new Map<number, Socket>()
  readonly #listeners = new Set<() => void>()
  #smtp: SMTPServer | null = null

  /** Also after close(): the same port again. */
  async listen(port = this.port): Promise<void> {
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 50,
      onAuth: (auth, _session, done) => done(null, { user: auth.username ?? '' }),
      onConnect: (session, done) => this.#pass('connect', session, done),
      onMailFrom: (_address, session, done) => this.#pass('mail-from', session, done),
      onRcptTo: (_address, session, done) => this.#pass('rcpt-to', session, done),
      onData: (stream, session, done) => {
        const parts: Buffer[] = []
        const fault = this.#next('data-begin')
        if (fault === 'drop') stream.once('data', () => this.#drop(session))
        stream.on('data', (part: Buffer) => parts.push(part))
        stream.once('end', () => {
          if (fault !== null && fault !== 'drop') return void this.#suffer(fault, session, done)
          if (fault === 'drop') return
          void this.#received(Buffer.concat(parts), session, done)
        })
      },
    })
    smtp.on('error', () => {}) // a client that drops the line; whoever cares sees no mail
    smtp.server.on('connection', (socket: Socket) => {
      const { remotePort = 0 } = socket
      this.#sockets.set(remotePort, socket)
      socket.once('close', () => this.#sockets.delete(remotePort))
    })
    await new Promise<void>((resolve, reject) => {
      smtp.server.once('error', reject)
      smtp.listen(port, '127.0.0.1', resolve)
    })
    this.port = (smtp.server.address() as { port: number }).port
    this.#smtp = smtp
  }

  /** Nothing listens there any more: connections are refused. */
  async close(): Promise<void> {
    const smtp = this.#smtp
    if (!smtp) return
    this.#smtp = null
    const closed = new Promise<void>((resolve) => smtp.close(() => resolve()))
    for (const socket of this.#sockets.values()) socket.destroy()
    await closed
  }

  /** From now on `verb` goes wrong, `times` times. */
  fail(verb: SmtpVerb, fault: SmtpFault, times = Infinity): void {
    this.#faults.set(verb, { fault, times })
  }

  /** Well again. Connections that hang are dropped. */
  heal(): void {
    this.#faults.clear()
    for (const socket of this.#sockets.values()) socket.destroy()
  }

  /** How often a client has come as far as `verb`. */
  tries(verb: SmtpVerb): number {
    return this.#tries.get(verb) ?? 0
  }

  /** The first mail that fits, also one that is here already. */
  mail(fits: (mail: ReceivedMail) => boolean, ms = 15_000, what = 'a mail'): Promise<ReceivedMail> {
    return this.until(() => this.mails.find(fits), ms, what)
  }

  /** Waits until clients have come `count` times as far as `verb`. */
  async tried(verb: SmtpVerb, count: number, ms = 15_000): Promise<void> {
    await this.until(() => this.tries(verb) >= count || undefined, ms, `${count} times ${verb}`)
  }

  async until<T>(look: () => T | undefined, ms: number, what: string): Promise<T> {
    const deadline = Date.now() + ms
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      const left = deadline - Date.now()
      if (left <= 0)
        throw new TimeoutError(
          `${what}: not within ${ms} ms; here are ${this.mails.map((m) => m.parsed.subject).join(' | ') || 'no mails'}`,
        )
      await new Promise<void>((resolve) => {
        const timer = setTimeout(go, left)
        const listeners = this.#listeners
        listeners.add(go)
        function go() {
          clearTimeout(timer)
          listeners.delete(go)
          resolve()
        }
      })
    }
  }

  #pass(verb: SmtpVerb, session: SMTPServerSession, done: (error?: Error) => void): void {
    const fault = this.#next(verb)
    if (fault === null) done()
    else this.#suffer(fault, session, done)
  }

  #next(verb: SmtpVerb): SmtpFault | null {
    this.#tries.set(verb, this.tries(verb) + 1)
    this.#tell()
    const planned = this.#faults.get(verb)
    if (!planned || planned.times <= 0) return null
    planned.times--
    return planned.fault
  }

  #suffer(fault: SmtpFault, session: SMTPServerSession, done: (error?: Error) => void): void {
    if (fault === 'drop') this.#drop(session)
    else if (typeof fault === 'object') setTimeout(done, fault.slowMs)
    else if (fault !== 'hang') done(Object.assign(new Error(`${fault} as the test wants it`), { responseCode: fault }))
  }

  #drop(session: SMTPServerSession): void {
    this.#sockets.get(session.remotePort)?.destroy()
  }

  async #received(raw: Buffer, session: SMTPServerSession, done: (error?: Error) => void): Promise<void> {
    const fault = this.#next('data-end')
    if (typeof fault === 'number') return this.#suffer(fault, session, done)
    const { mailFrom, rcptTo } = session.envelope
    this.mails.push({
      at: new Date(),
      from: mailFrom ? mailFrom.address : '',
      to: rcptTo.map((recipient) => recipient.address),
      raw: raw.toString(),
      parsed: await simpleParser(raw),
      confirmed: fault === null || typeof fault === 'object',
    })
    if (fault === null) done()
    else this.#suffer(fault, session, done)
    this.#tell()
  }

  #tell(): void {
    for (const go of this.#listeners) go()
  }
}
