/** The sources together: their order, files that change, restarts. */
import { mkdtemp, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { sourceMaker } from '../../src/phone-book/make-source.ts'
import { PhoneBook } from '../../src/phone-book/phone-book.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { type Logger, silentLogger } from '../../src/runtime/logger.ts'
import { configOf } from '../support/config-of.ts'

const IVAN = '+79161234567'
const PETR = '+79161234568'
const TABLE = 'Имя;Телефон\nИван Петров;8 916 123-45-67\n'
const card = (name: string, number: string) => `BEGIN:VCARD\nVERSION:3.0\nFN:${name}\nTEL:${number}\nEND:VCARD\n`

let folder: string
let dataFolder: string
let warnings: { text: string; data: object }[]
let books: PhoneBook[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perezvon-book-'))
  dataFolder = await mkdtemp(join(tmpdir(), 'perezvon-book-data-'))
  warnings = []
  books = []
})
afterEach(async () => {
  await Promise.all(books.map((book) => book.stop()))
  await rm(folder, { recursive: true })
  await rm(dataFolder, { recursive: true })
})

const write = (file: string, text: string) => writeFile(join(folder, file), text)
function settings(sources: string): Pick<Config, 'phone_book' | 'company'> {
  return configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru } }
groups: { operators: { members: [anna] } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [group] } }
phone_book: ${sources}`)
}
function bookOf(sources: string): PhoneBook {
  const log: Logger = { ...silentLogger, warn: (text: string, data = {}) => void warnings.push({ text, data }) }
  const answers = { load: async () => [], save: async () => {}, forget: async () => {} }
  const parts = { folder, dataFolder, answers, secretOf: () => '', clock: systemClock, log, settleMs: 50 }
  const book = new PhoneBook(sourceMaker(parts), settings(sources))
  books.push(book)
  return book
}
const started = async (sources: string) => {
  const book = bookOf(sources)
  await book.start(5_000)
  return book
}
const expectName = (book: PhoneBook, number: string, name: string | null) =>
  vi.waitFor(() => expect(book.of(number)).toBe(name), { timeout: 10_000, interval: 20 })

it('the first source that knows the number gives the name', async () => {
  await write('a.csv', TABLE)
  await write('b.vcf', card('Другой', IVAN) + card('Пётр', PETR))
  const book = await started('[{ csv: a.csv }, { vcard: b.vcf }]')
  expect([book.of(IVAN), book.of(PETR), book.of('+79990000000'), book.of(null)]).toEqual([
    'Иван Петров',
    'Пётр',
    null,
    null,
  ])
  expect(await book.find(PETR)).toBe('Пётр')
})

it('a file that changes is read again: written over, and renamed over', async () => {
  await write('a.csv', TABLE)
  const book = await started('[{ csv: a.csv }]')
  await write('a.csv', TABLE.replace('Иван', 'Ivan'))
  await expectName(book, IVAN, 'Ivan Петров')
  await write('new.tmp', TABLE.replace('Иван', 'Ваня'))
  await rename(join(folder, 'new.tmp'), join(folder, 'a.csv'))
  await expectName(book, IVAN, 'Ваня Петров')
  expect(book.states()[0]).toMatchObject({ names: 1, fault: null })
})

it('a damaged file changes nothing and is told of with its line, once; so does one that is gone; a good one comes back', async () => {
  await write('a.vcf', card('Иван', IVAN))
  const book = await started('[{ vcard: a.vcf }]')
  await write('a.vcf', card('Ivan', IVAN) + card('Пётр', PETR).replace('END:VCARD\n', ''))
  await vi.waitFor(() => expect(book.states()[0]!.fault).toMatchObject({ fault: 'cut-off', line: 6 }), 10_000)
  expect(book.of(IVAN)).toBe('Иван')
  expect(warnings.map(({ data }) => data)).toMatchObject([{ file: 'a.vcf:6', why: 'cut-off, line 6', names: 1 }])
  await unlink(join(folder, 'a.vcf'))
  await vi.waitFor(() => expect(book.states()[0]!.fault?.fault).toBe('missing'), 10_000)
  expect(book.of(IVAN)).toBe('Иван')
  await write('a.vcf', card('Ivan', IVAN))
  await expectName(book, IVAN, 'Ivan')
  expect(book.states()[0]!.fault).toBeNull()
})

it('the names of before are there after a restart, too; nobody else may read them', async () => {
  await write('a.csv', TABLE)
  await (await started('[{ csv: a.csv }]')).stop()
  await write('a.csv', '')
  const book = await started('[{ csv: a.csv }]')
  expect(book.of(IVAN)).toBe('Иван Петров')
  expect(book.states()[0]).toMatchObject({ names: 1, fault: { fault: 'empty' } })
  const kept = join(dataFolder, 'phone-book')
  const [file] = await readdir(kept)
  expect((await stat(join(kept, file!))).mode & 0o077).toBe(0)
  expect((await stat(kept)).mode & 0o077).toBe(0)
})

it('what was kept and is damaged itself is as good as nothing', async () => {
  await write('a.csv', TABLE)
  await (await started('[{ csv: a.csv }]')).stop()
  const kept = join(dataFolder, 'phone-book')
  const [file] = await readdir(kept)
  await writeFile(join(kept, file!), (await readFile(join(kept, file!), 'utf8')).slice(0, 20))
  await write('a.csv', '')
  expect((await started('[{ csv: a.csv }]')).of(IVAN)).toBeNull()
})

it('a file that comes later is read when it comes', async () => {
  const book = await started('[{ csv: a.csv }]')
  expect(book.states()[0]!.fault?.fault).toBe('missing')
  await write('a.csv', TABLE)
  await expectName(book, IVAN, 'Иван Петров')
})

it('another configuration: what is named as before goes on, the rest begins or ends', async () => {
  await write('a.csv', TABLE)
  await write('b.vcf', card('Пётр', PETR))
  const book = await started('[{ csv: a.csv }]')
  await book.change(settings('[{ vcard: b.vcf }, { csv: a.csv }]'))
  expect([book.of(IVAN), book.of(PETR)]).toEqual(['Иван Петров', 'Пётр'])
  await book.change(settings('[{ vcard: b.vcf }]'))
  expect([book.of(IVAN), book.of(PETR)]).toEqual([null, 'Пётр'])
})

it('a command reads the file, or what the daemon has read of it and kept', async () => {
  await write('a.csv', TABLE)
  const book = bookOf('[{ csv: a.csv }]')
  await book.readOnce(false)
  expect(book.of(IVAN)).toBe('Иван Петров')
  await expect(readdir(join(dataFolder, 'phone-book'))).rejects.toThrow('ENOENT')
})
