/** A real SMTP server whose answers a test chooses, behind a front that can go silent or hang up at any verb. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { TEST_CERTIFICATE, TEST_KEY } from './certificate.ts'

export interface ReceivedMail {
  /** Envelope. */
  from: string
  to: string[]
  raw: string
  parsed: ParsedMail
  at: number
}

/** What a test may put in the way; each may be changed at any time. */
export interface Faults {
  /** Reply code for the sender, a recipient, the finished mail; null: all is well. */
  mail: number | null
  rcpt: ((address: string) => number | null) | null
  data: number | null
  /**
   * From the first client line that matches, or from the connect, or from the end of the body, the server is not heard
   * any more.
   */
  silentFrom: RegExp | 'connect' | 'body' | null
  /** The connection breaks at the next client line that matches; once. */
  breakAt: RegExp | null
  /** What the server says to the verb, or each piece of what it reads, comes so much later. */
  slow: { verb: 'connect' | 'EHLO' | 'MAIL' | 'body' | 'bytes'; ms: number } | null
  /** The connection breaks when the server has accepted the mail, before the client hears of it. */
  breakAfterBody: boolean
}

export interface TestMailServer extends AsyncDisposable {
  port: number
  mails: ReceivedMail[]
  faults: Faults
  /** Bodies that were received to their end, whatever was answered. */
  bodies: number
  connections: number
  /** The names that clients have given. */
  greetedBy: string[]
  /** Resolves when `count` mails have arrived in all. */
  arrived(count: number): Promise<ReceivedMail[]>
  /** Nobody listens any more; the port stays ours to open again. */
  stop(): Promise<void>
  start(): Promise<void>
}

const noFaults = (): Faults => ({
  mail: null,
  rcpt: null,
  data: null,
  silentFrom: null,
  breakAt: null,
  slow: null,
  breakAfterBody: false,
})

export async function startMailServer(
  options: {
    tls?: 'implicit' | 'starttls'
    login?: { user: string; password: string }
    sizeLimit?: number
    smtpUtf8?: boolean
  } = {},
): Promise<TestMailServer> {
  const waiting: { count: number; resolve: () => void }[] = []
  const fronts = new Set<Socket>()
  const state = {
    faults: noFaults(),
    mails: [] as ReceivedMail[],
    bodies: 0,
    connections: 0,
    greetedBy: [] as string[],
  }
  const refuse = (code: number) => Object.assign(new Error('as the test asked'), { responseCode: code })

  const smtp = new SMTPServer({
    secure: options.tls === 'implicit',
    key: TEST_KEY,
    cert: TEST_CERTIFICATE,
    authOptional: !options.login,
    disabledCommands: [...(options.tls === 'starttls' ? [] : ['STARTTLS']), ...(options.login ? [] : ['AUTH'])],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    hideSMTPUTF8: options.smtpUtf8 === false,
    closeTimeout: 100,
    ...(options.sizeLimit ? { size: options.sizeLimit } : {}),
    onAuth: (auth, _session, done) =>
      auth.username === options.login?.user && auth.password === options.login?.password
        ? done(null, { user: auth.username })
        : done(refuse(535)),
    onMailFrom: (_address, { hostNameAppearsAs }, done) => {
      state.greetedBy.push(hostNameAppearsAs || '')
      done(state.faults.mail ? refuse(state.faults.mail) : null)
    },
    onRcptTo: ({ address }, _session, done) => {
      const code = state.faults.rcpt?.(address)
      done(code ? refuse(code) : null)
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        state.bodies++
        if (state.faults.data) return done(refuse(state.faults.data))
        const raw = Buffer.concat(chunks)
        const { mailFrom, rcptTo } = session.envelope
        void simpleParser(raw).then((parsed) => {
          const from = mailFrom ? mailFrom.address : ''
          state.mails.push({ from, to: rcptTo.map((to) => to.address), raw: raw.toString(), parsed, at: Date.now() })
          if (state.faults.breakAfterBody) for (const front of fronts) front.resetAndDestroy()
          for (const wait of waiting) if (state.mails.length >= wait.count) wait.resolve()
          done()
        })
      })
    },
  })
  smtp.on('error', () => {})
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  const inner = (smtp.server.address() as AddressInfo).port

  const front = createServer((client) => {
    state.connections++
    fronts.add(client)
    const server = connect(inner, '127.0.0.1')
    let heard = state.faults.silentFrom !== 'connect'
    const end = () => {
      fronts.delete(client)
      client.destroy()
      server.destroy()
    }
    let lateBy = state.faults.slow?.verb === 'connect' ? state.faults.slow.ms : 0
    client.on('data', (chunk) => {
      const { silentFrom, breakAt, slow } = state.faults
      const text = chunk.toString('latin1')
      const isEnd = text.endsWith('\r\n.\r\n')
      if (silentFrom instanceof RegExp && silentFrom.test(text)) heard = false
      if (silentFrom === 'body' && isEnd) heard = false
      if (breakAt?.test(text)) {
        state.faults.breakAt = null
        return end()
      }
      if (slow && (slow.verb === 'body' ? isEnd : text.startsWith(slow.verb))) lateBy = slow.ms
      server.write(chunk)
      if (slow?.verb !== 'bytes') return
      client.pause()
      setTimeout(() => client.resume(), slow.ms)
    })
    server.on('data', (chunk) => {
      if (!heard) return
      if (lateBy === 0) return void client.write(chunk)
      setTimeout(() => client.write(chunk), lateBy)
      lateBy = 0
    })
    for (const socket of [client, server]) socket.on('error', end).on('close', end)
  })
  const listen = (port: number) => new Promise<void>((resolve) => front.listen(port, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      front.close(() => resolve())
      for (const socket of fronts) socket.destroy()
    })
  await listen(0)
  const { port } = front.address() as AddressInfo

  return Object.assign(state, {
    port,
    arrived: async (count: number) => {
      if (state.mails.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }))
      return state.mails
    },
    stop: close,
    start: () => listen(port),
    async [Symbol.asyncDispose]() {
      if (front.listening) await close()
      await new Promise<void>((resolve) => smtp.close(resolve))
    },
  })
}
