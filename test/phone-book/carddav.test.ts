/** An address book on a server: what is fetched, what is kept, and a server that is slow, broken, away or leads astray. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import type { CarddavSource } from '../../src/config/sections/phone-book.ts'
import { CarddavNames } from '../../src/phone-book/carddav-source.ts'
import { bookFaultText } from '../../src/phone-book/messages.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { type Logger, silentLogger } from '../../src/runtime/logger.ts'
import { Nextcloud } from './nextcloud.ts'

const IVAN = '+79161234567'
const PETR = '+79161234568'
const PASSWORD = 'app-password'
const card = (name: string, number: string) =>
  `BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Sabre//Sabre VObject 4.5.4//EN\r\nFN:${name}\r\nTEL;TYPE=CELL:${number}\r\nEND:VCARD\r\n`

let dataFolder: string
let cloud: Nextcloud
let sources: CarddavNames[]
let said: string[]
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'perezvon-dav-'))
  cloud = new Nextcloud()
  await cloud.start()
  sources = []
  said = []
})
afterEach(async () => {
  await Promise.all(sources.map((source) => source.stop()))
  await cloud.stop()
  await rm(dataFolder, { recursive: true })
})

function namesOf(changes: Partial<CarddavSource['carddav']> = {}, password = PASSWORD): CarddavNames {
  const note = (text: string, data = {}) => void said.push(`${text} ${JSON.stringify(data)}`)
  const log: Logger = { ...silentLogger, info: note, warn: note }
  const carddav = {
    url: cloud.url,
    user: 'office',
    password: { env: 'CARDDAV_PASSWORD' },
    refresh: 60_000,
    timeout: 1_000,
    private: true,
    number_format: 'auto' as const,
    ...changes,
  }
  const parts = { dataFolder, country: 'RU', secretOf: () => password, clock: systemClock, log }
  const source = new CarddavNames({ kind: 'carddav', carddav }, parts)
  sources.push(source)
  return source
}
const fault = (source: CarddavNames) => {
  const found = source.state().fault
  return found && bookFaultText('en', found)
}

test.each([
  ['the server', () => cloud.url],
  ['the address book itself', () => cloud.bookUrl],
])('%s: its cards are names; then only what has changed is fetched', async (_what, url) => {
  cloud.put('a.vcf', card('Иван & «Ромашка» <b>', '8 916 123-45-67'))
  cloud.put('b c.vcf', card('Пётр', PETR))
  const source = namesOf({ url: url() })
  await source.start()
  expect([source.of(IVAN), source.of(PETR)]).toEqual(['Иван & «Ромашка» <b>', 'Пётр'])
  const reports = () => cloud.asked.filter(({ method }) => method === 'REPORT').map(({ body }) => body)
  expect(reports()).toHaveLength(1)
  await source.pass(true)
  expect(reports()).toHaveLength(1)
  cloud.put('b c.vcf', card('Пётр Первый', PETR))
  cloud.remove('a.vcf')
  await source.pass(true)
  expect([source.of(IVAN), source.of(PETR)]).toEqual([null, 'Пётр Первый'])
  expect(reports()).toHaveLength(2)
  expect(reports()[1]).not.toContain('a.vcf')
})

it('several hundred cards come in parts', async () => {
  for (let i = 0; i < 105; i++) cloud.put(`${i}.vcf`, card(`Клиент ${i}`, `+7916${String(1_000_000 + i)}`))
  const source = namesOf()
  await source.start()
  expect(source.state().names).toBe(105)
  expect(cloud.asked.filter(({ method }) => method === 'REPORT')).toHaveLength(6)
})

it('a restart with the server away: the names are there at once, and new ones when it is back', async () => {
  cloud.put('a.vcf', card('Иван', IVAN))
  const first = namesOf()
  await first.start()
  await first.stop()
  await cloud.stop()
  const second = namesOf()
  await second.start()
  expect(second.of(IVAN)).toBe('Иван')
  await vi.waitFor(() => expect(fault(second)).toMatch(/the server does not answer/), 5_000)
  cloud.put('a.vcf', card('Ваня', IVAN))
  await cloud.start()
  await second.pass(true)
  expect([second.of(IVAN), fault(second)]).toEqual(['Ваня', null])
})

it('neither the password nor the names are where others read them', async () => {
  cloud.put('a.vcf', card('Иван', IVAN))
  await namesOf().start()
  await namesOf({ url: `${cloud.url}/nowhere` }, 'wrong-password').pass(true)
  const [file] = await readdir(join(dataFolder, 'phone-book'))
  const kept = await readFile(join(dataFolder, 'phone-book', file!), 'utf8')
  const told = `${said.join('\n')}\n${kept}`
  for (const secret of [PASSWORD, 'wrong-password', Buffer.from(`office:${PASSWORD}`).toString('base64')])
    expect(told).not.toContain(secret)
  expect(said.join('\n')).not.toContain('Иван')
})

describe('servers that have no names', () => {
  const start = async (source: CarddavNames) => {
    cloud.put('a.vcf', card('Иван', IVAN))
    const before = namesOf()
    await before.start()
    await before.stop()
    await source.readOnce(true)
    expect(source.of(IVAN)).toBe('Иван') // of before
    return fault(source)
  }
  it('a wrong password', async () => expect(await start(namesOf({}, 'wrong'))).toMatch('HTTP 401'))
  it('an error', async () => {
    const source = namesOf()
    cloud.put('x.vcf', card('x', PETR))
    const text = start(source)
    await vi.waitFor(() => expect(sources.length).toBeGreaterThan(1))
    cloud.broken = null
    await text
    cloud.broken = (_request, response) => void response.writeHead(503).end()
    await source.pass(true)
    expect(fault(source)).toMatch('HTTP 503')
    expect(source.of(IVAN)).toBe('Иван')
  })
  it.each<[string, Nextcloud['broken'], RegExp]>([
    ['silence', () => {}, /no answer within 1000 ms/],
    [
      'a page for people',
      (_, response) => void response.setHeader('content-type', 'text/html').end('<html>'),
      /address book/,
    ],
    [
      'XML without end',
      (_, response) => void response.writeHead(207, { 'content-type': 'text/xml' }).end('<d:multi'),
      /address book/,
    ],
    [
      'too much',
      (_, response) => void response.writeHead(207, { 'content-type': 'text/xml' }).end('x'.repeat(17 << 20)),
      /too long/,
    ],
    [
      'a redirect in a circle',
      (_, response) => void response.writeHead(302, { location: '/again' }).end(),
      /address book/,
    ],
  ])('%s', async (_what, broken, why) => {
    const source = namesOf()
    await start(source)
    cloud.broken = broken
    await source.pass(true)
    expect(fault(source)).toMatch(why)
    expect(source.of(IVAN)).toBe('Иван')
  })

  it('a redirect, or a home, on another server does not get the password', async () => {
    const asked: string[] = []
    const thief = createServer((request, response) => {
      asked.push(request.headers.authorization ?? '')
      response.end()
    })
    await new Promise<void>((done) => thief.listen(0, '127.0.0.1', done))
    const { port } = thief.address() as AddressInfo
    const there = `http://127.0.0.1:${port}/`
    for (const broken of [
      (_: unknown, response: import('node:http').ServerResponse) =>
        void response.writeHead(302, { location: there }).end(),
      (_: unknown, response: import('node:http').ServerResponse) =>
        void response
          .writeHead(207, { 'content-type': 'text/xml' })
          .end(
            `<d:multistatus xmlns:d="DAV:"><d:response><d:href>/</d:href><d:propstat><d:prop><d:current-user-principal><d:href>${there}</d:href></d:current-user-principal></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>`,
          ),
    ]) {
      cloud.broken = broken
      const source = namesOf()
      await source.pass(true)
      expect(fault(source)).toMatch(/leads to http:\/\/127\.0\.0\.1:\d+|address book/)
    }
    expect(asked).toEqual([])
    thief.closeAllConnections()
    thief.close()
  })

  it('a private network without the word', async () => {
    const source = namesOf({ private: false })
    await source.pass(true)
    expect(fault(source)).toMatch('private:')
    expect(cloud.asked).toEqual([])
  })
})
