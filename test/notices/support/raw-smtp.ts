/**
 * An SMTP server written by hand, so that it can do at each verb what no library lets a server do: answer any code,
 * answer one byte at a time, talk nonsense, fall silent, close, reset. It counts what it took for good.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { TEST_CERTIFICATE, TEST_KEY } from './certificate.ts'

/** `greeting`: the connect; `body`: the dot at the end of the mail. */
export const verbs = ['greeting', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'body', 'RSET'] as const
export type Verb = (typeof verbs)[number]
/** `more`: the text has further lines, each with its code. */
export type Fault =
  { code: number; text?: string; more?: boolean } | 'silent' | 'closed' | 'reset' | 'drip' | 'nonsense'

export interface RawSmtp extends AsyncDisposable {
  port: number
  /** What it does instead of the usual at a verb. The text is of the command: `RCPT TO:<…>`. */
  fault: (verb: Verb, text: string) => Fault | null
  /** Mails that it took: the dot was read and nothing but the answer could still go wrong. */
  taken: string[]
  /** Recipients of the mails that it took, in the same order. */
  recipients: string[]
  /** The mail that was read last. */
  body: string
  /** Every connection is gone. */
  hangUp(): void
}

/** So long between two bytes of a drip. */
const DRIP_MS = 200
const USUAL: Record<Verb, string> = {
  greeting: '220 mail.example.ru ESMTP and a good day to everybody who comes in here',
  EHLO: '250-mail.example.ru\r\n250-PIPELINING\r\n250-AUTH PLAIN\r\n250 SIZE 20000000',
  AUTH: '235 2.7.0 you are who you say you are, as far as anybody can tell',
  MAIL: '250 2.1.0 the sender is welcome and may go on with the recipients',
  RCPT: '250 2.1.5 the recipient lives here and will be glad of the mail',
  DATA: '354 go on, and end with a dot on a line of its own, as always',
  body: '250 2.0.0 taken, and on its way to the mailbox it was sent to',
  RSET: '250 2.0.0 as if nothing had been said so far',
}

/** `tls`: from the first byte, with a certificate that nobody trusts. */
export async function startRawSmtp({ tls = false } = {}): Promise<RawSmtp> {
  const sockets = new Set<Socket>()
  const hangUp = () => sockets.forEach((socket) => socket.destroy())
  const state: Omit<RawSmtp, keyof AsyncDisposable> = {
    port: 0,
    fault: () => null,
    taken: [],
    recipients: [],
    body: '',
    hangUp,
  }
  const context = createSecureContext({ key: TEST_KEY, cert: TEST_CERTIFICATE })
  const server: Server = createServer((plain) => {
    sockets.add(plain)
    plain.on('error', () => {}).on('close', () => sockets.delete(plain))
    const socket = tls ? new TLSSocket(plain, { isServer: true, secureContext: context }) : plain
    socket.on('error', () => {})
    converse(state, socket, plain)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(state, {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      hangUp()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  })
}

function converse(state: Omit<RawSmtp, keyof AsyncDisposable>, socket: Socket, plain: Socket): void {
  let body: string | null = null
  let sender = false
  let recipient = ''
  let unread = ''
  let deaf = false

  const answer = (verb: Verb, text: string): boolean => {
    const fault = state.fault(verb, text)
    if (fault === 'nonsense') socket.write('Guten Tag, wer spricht?\r\n')
    else if (fault === 'drip') drip(socket, USUAL[verb])
    else if (fault === 'closed') socket.end()
    else if (fault === 'reset') plain.resetAndDestroy()
    else if (fault === 'silent') deaf = true
    else if (fault) {
      socket.write(`${fault.code}${fault.more ? '-' : ' '}${fault.text ?? 'as the test asked'}\r\n`)
      if (fault.code === 421) socket.end()
      return false
    } else socket.write(`${USUAL[verb]}\r\n`)
    return fault === null
  }
  const take = (mail: string) => {
    state.body = mail
    const fault = state.fault('body', '')
    // a refusal takes nothing; anything else happens to a server that has the mail
    if (!fault || typeof fault === 'string') {
      state.taken.push(mail)
      state.recipients.push(recipient)
    }
    sender = false
    recipient = ''
    answer('body', '')
  }
  const obey = (line: string) => {
    const word = line.slice(0, 4).toUpperCase()
    // who sends several commands at once hears of the first refusal, and the others follow from it
    if (word === 'MAIL') sender = answer('MAIL', line)
    else if (word === 'RCPT' && sender) recipient = answer('RCPT', line) ? (/<([^>]*)>/.exec(line)?.[1] ?? '') : ''
    else if (word === 'DATA' && recipient) body = answer('DATA', line) ? '' : null
    else if (word === 'RCPT' || word === 'DATA') socket.write('503 5.5.1 first things first\r\n')
    else if (word === 'HELO') answer('EHLO', line)
    else if (word === 'QUIT') socket.end('221 good-bye\r\n')
    else if (word === 'EHLO' || word === 'AUTH' || word === 'RSET') answer(word, line)
    else socket.write('500 what?\r\n')
  }

  socket.on('data', (chunk) => {
    if (deaf) return
    unread += chunk.toString('latin1')
    while (!deaf) {
      const end = body === null ? unread.indexOf('\r\n') : `\r\n${unread}`.indexOf('\r\n.\r\n')
      if (end < 0) return
      const text = unread.slice(0, end)
      unread = unread.slice(end + (body === null ? 2 : 3))
      if (body === null) obey(text)
      else {
        body = null
        take(text)
      }
    }
  })
  answer('greeting', '')
}

function drip(socket: Socket, text: string): void {
  let sent = 0
  const timer = setInterval(() => {
    if (socket.destroyed || sent >= text.length) return clearInterval(timer)
    socket.write(text[sent++]!)
  }, DRIP_MS)
  socket.once('close', () => clearInterval(timer))
}
