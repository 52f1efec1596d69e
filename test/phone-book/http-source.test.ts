/** A CRM that is asked who calls: right, slow, dead, hostile. */
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import type { HttpSource } from '../../src/config/sections/phone-book.ts'
import { HttpNames, nameIn } from '../../src/phone-book/http-source.ts'
import { bookFaultText } from '../../src/phone-book/messages.ts'
import { SecretMissing } from '../../src/outgoing/named-secret.ts'
import { type Logger, silentLogger } from '../../src/runtime/logger.ts'
import { BookAnswers } from '../../src/store/book-answers.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const IVAN = '+79161234567'
const PETR = '+79161234568'
const TOKEN = 'very-secret-token'

let asked: { url: string; headers: IncomingHttpHeaders }[] = []
let answer: RequestListener
let database: ThrowAwayDatabase
let answers: BookAnswers
let now = Date.parse('2026-12-01T10:00:00Z')
let said: string[] = []
let sources: HttpNames[] = []
const server = createServer((request, response) => {
  asked.push({ url: request.url ?? '', headers: request.headers })
  answer(request, response)
})
let base = ''
beforeAll(async () => {
  database = await throwAwayDatabase()
  answers = new BookAnswers(database.prisma)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await database.close()
})
beforeEach(() => {
  asked = []
  said = []
  sources = []
  answer = says({ name: 'Иван Петров' })
})
afterEach(async () => {
  await Promise.all(sources.map((source) => source.stop()))
  await database.prisma.bookAnswer.deleteMany()
})

const says =
  (body: unknown, status = 200): RequestListener =>
  (_request, response) =>
    void response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))

function crm(changes: Partial<HttpSource['http']> = {}, secretOf: (place: object) => string = () => TOKEN): HttpNames {
  const note = (text: string, data = {}) => void said.push(`${text} ${JSON.stringify(data)}`)
  const log: Logger = { ...silentLogger, info: note, warn: note }
  const http = {
    url: `${base}/find?phone={number}`,
    path: 'name',
    headers: {},
    timeout: 1_000,
    cache: 86_400_000,
    private: true,
    ...changes,
  }
  const source = new HttpNames({ kind: 'http', http }, { answers, secretOf, clock: { now: () => now }, log })
  sources.push(source)
  return source
}
const fault = (source: HttpNames) => {
  const found = source.state().fault
  return found && bookFaultText('en', found)
}

it('asks once for a number, with the number encoded and the secrets in headers', async () => {
  const source = crm({
    url: `${base}/c/{digits}?phone={number}&x=1`,
    token: { env: 'CRM_TOKEN' },
    headers: { 'X-Lang': 'ru', 'X-Api-Key': { env: 'CRM_KEY' } },
  })
  expect(source.of(IVAN)).toBeNull()
  expect(await Promise.all([source.find(IVAN), source.find(IVAN)])).toEqual(['Иван Петров', 'Иван Петров'])
  expect(await source.find(IVAN)).toBe('Иван Петров')
  expect(source.of(IVAN)).toBe('Иван Петров')
  expect(asked).toHaveLength(1)
  expect(asked[0]!.url).toBe('/c/79161234567?phone=%2B79161234567&x=1')
  expect(asked[0]!.headers).toMatchObject({ 'authorization': `Bearer ${TOKEN}`, 'x-lang': 'ru', 'x-api-key': TOKEN })
})

it('remembers over a restart, also that nobody is known, and asks anew when the answer is old', async () => {
  const first = crm()
  await first.find(IVAN)
  answer = says('', 404)
  await first.find(PETR)
  await expect.poll(() => database.prisma.bookAnswer.count()).toBe(2)
  const second = crm()
  await second.start()
  expect([await second.find(IVAN), await second.find(PETR)]).toEqual(['Иван Петров', null])
  expect(asked).toHaveLength(2)
  now += 86_400_000
  answer = says({ name: 'Иван Новый' })
  expect(second.of(IVAN)).toBe('Иван Петров')
  expect(await second.find(IVAN)).toBe('Иван Новый')
})

it('silence ends at its time; the name of before stays, the number is left alone for a while, others wait no longer for it', async () => {
  const source = crm({ cache: 60_000 })
  await source.find(IVAN)
  now += 120_000
  answer = () => {}
  const began = performance.now()
  expect(await source.find(IVAN)).toBe('Иван Петров')
  expect(performance.now() - began).toBeLessThan(1_500)
  expect(fault(source)).toBe('the server does not answer: no answer within 1000 ms')
  const again = performance.now()
  expect(await source.find(IVAN)).toBe('Иван Петров')
  expect(performance.now() - again).toBeLessThan(200)
  expect(asked).toHaveLength(2)
  now += 30_000
  answer = says({ name: 'Иван' })
  expect(await source.find(IVAN)).toBe('Иван')
  expect(fault(source)).toBeNull()
  // told once when it fell ill, once when it was well
  expect(said).toHaveLength(2)
})

it('a storm of callers asks eight questions at once, and whoever comes beyond has no name', async () => {
  answer = () => {}
  const source = crm()
  const numbers = Array.from({ length: 50 }, (_, i) => `+7916${String(2_000_000 + i)}`)
  await Promise.all(numbers.map((number) => source.find(number)))
  expect(asked).toHaveLength(8)
})

it('a CRM that is silent three times is given up for a while: a hundred calls from our absence wait no minute', async () => {
  answer = () => {}
  const source = crm()
  const began = performance.now()
  for (let i = 0; i < 100; i++) await source.find(`+7916${String(3_000_000 + i)}`)
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(asked).toHaveLength(3)
  now += 10_000
  answer = says({ name: 'Иван' })
  expect(await source.find(IVAN)).toBe('Иван')
  expect(await source.find(PETR)).toBe('Иван')
})

describe('answers that are none', () => {
  test.each<[string, RequestListener, RegExp]>([
    ['no such client', says('', 404), /^well$/],
    ['no content', says('', 204), /^well$/],
    ['nothing', says(''), /^well$/],
    ['no name', says({ id: 1 }), /^well$/],
    ['an empty name', says({ name: '  \u202e ' }), /^well$/],
    ['null', says({ name: null }), /^well$/],
    ['a number', says({ name: 12 }), /no text at name/],
    ['a list', says([{ name: 'x' }]), /^well$/],
    ['no JSON', says('<html>'), /no JSON/],
    ['not allowed', says('', 401), /HTTP 401/],
    ['an error', says({ name: 'Stack trace' }, 500), /HTTP 500/],
    ['a redirect', (_request, response) => void response.writeHead(302, { location: '/other' }).end(), /HTTP 302/],
    ['too much', says({ name: 'x'.repeat(100_000) }), /too long/],
    [
      'half',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': '99' }).write('{"na', () => response.destroy()),
      /./,
    ],
  ])('%s', async (_what, listener, why) => {
    answer = listener
    const source = crm()
    expect(await source.find(IVAN)).toBeNull()
    expect(fault(source) ?? 'well').toMatch(why)
    expect(asked).toHaveLength(1)
  })
})

describe('names', () => {
  const at = (body: unknown, path: string) =>
    nameIn({ kind: 'answer', status: 200, body: JSON.stringify(body), headers: {}, cut: false, retryAfterMs: 0 }, path)
  test.each<[unknown, string, string | null]>([
    [{ data: [{ title: 'Иван' }] }, 'data.0.title', 'Иван'],
    [[{ name: 'Иван' }], '0.name', 'Иван'],
    [{ data: [] }, 'data.0.title', null],
    [{}, '__proto__.name', null],
    [{}, 'constructor.name', null],
    [{ name: 'a\r\nX-Evil: 1\u001b[31m\u202e' }, 'name', 'a X-Evil: 1 [31m'],
    [{ name: 'я'.repeat(500) }, 'name', 'я'.repeat(64)],
  ])('%j at %s', (body, path, name) => expect(at(body, path)).toBe(name))
})

describe('what is not asked', () => {
  it('a private network without the word', async () => {
    const source = crm({ private: false })
    expect(await source.find(IVAN)).toBeNull()
    expect(fault(source)).toMatch('private:')
    expect(asked).toEqual([])
  })

  it('without its secret', async () => {
    const source = crm({ token: { env: 'CRM_TOKEN' } }, () => {
      throw new SecretMissing('the variable CRM_TOKEN with the secret is not set')
    })
    expect(await source.find(IVAN)).toBeNull()
    expect(fault(source)).toBe('the variable CRM_TOKEN with the secret is not set')
  })

  it('after the end', async () => {
    answer = () => {}
    const source = crm()
    const asking = source.find(IVAN)
    await source.stop()
    expect(await asking).toBeNull()
    expect(await source.find(PETR)).toBeNull()
    expect(said).toEqual([])
  })
})

it('says neither secret nor number in the log', async () => {
  answer = says('', 500)
  const source = crm({ token: { env: 'CRM_TOKEN' } })
  await source.find(IVAN)
  expect(said.join()).not.toMatch(/very-secret-token|9161234567/)
  expect(said).toHaveLength(1)
})
