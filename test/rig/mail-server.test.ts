import { connect } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type MailServer, startMailServer, type SmtpVerb } from '../../scripts/rig/mail-server.ts'

const MAIL = 'From: <a@example.ru>\r\nTo: <b@example.ru>\r\nSubject: =?utf-8?b?0J/RgNC40LLQtdGC?=\r\n\r\nТекст'
let server: MailServer
beforeEach(async () => void (server = await startMailServer()))
afterEach(() => server.close())

/** Sends one mail by hand. The last reply's status, or `dropped`. */
function send(port: number, silentMs = 300): Promise<number | 'dropped' | 'silence' | 'refused'> {
  const lines = ['EHLO test', 'MAIL FROM:<a@example.ru>', 'RCPT TO:<b@example.ru>', 'DATA', `${MAIL}\r\n.`, 'QUIT']
  return new Promise((resolve) => {
    let status = 0
    const socket = connect(port, '127.0.0.1')
    const done = (result: number | 'dropped' | 'silence' | 'refused') => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(silentMs, () => done('silence'))
    socket.on('error', () => done('refused'))
    socket.on('close', () => done('dropped'))
    socket.on('data', (data: Buffer) => {
      const reply = /^(\d{3}) /m.exec(data.toString())
      if (!reply) return
      status = Number(reply[1])
      if (status >= 400 || status === 221) return done(status)
      socket.write(`${lines.shift()}\r\n`)
    })
  })
}

it('keeps what it is sent', async () => {
  expect(await send(server.port)).toBe(221)
  const mail = await server.mail((m) => m.parsed.subject === 'Привет')
  expect(mail).toMatchObject({ from: 'a@example.ru', to: ['b@example.ru'], confirmed: true })
  expect(mail.parsed.text?.trim()).toBe('Текст')
})

const VERBS: SmtpVerb[] = ['connect', 'mail-from', 'rcpt-to', 'data-begin', 'data-end']
it.each(VERBS)('is bad at %s in every way, and then well again', async (verb) => {
  server.fail(verb, 451, 1)
  expect(await send(server.port)).toBe(451)
  server.fail(verb, 550, 1)
  expect(await send(server.port)).toBe(550)
  server.fail(verb, 'drop', 1)
  expect(await send(server.port)).toBe('dropped')
  server.fail(verb, 'hang', 1)
  expect(await send(server.port)).toBe('silence')
  expect(server.tries(verb)).toBe(4)
  // a mail that was whole is the server's, whether or not the sender heard of it
  expect(server.mails.map((mail) => mail.confirmed)).toEqual(verb === 'data-end' ? [false, false] : [])
  expect(await send(server.port)).toBe(221)
})

it('refuses connections while it is closed, and comes back on its port', async () => {
  const { port } = server
  await server.close()
  expect(await send(port)).toBe('refused')
  await server.listen()
  expect(server.port).toBe(port)
  expect(await send(port)).toBe(221)
})
