import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { perezvon } from '../../src/cli/program.ts'
import { loadConfig } from '../../src/config/load.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perezvon-cli-book-'))
  await config('[{ csv: contacts.csv }, { vcard: director.vcf }]')
  await write(
    'contacts.csv',
    'Имя;Телефон\nИван Петров;8 916 123-45-67\nТакси;112\nДвое;4951234567\n;8 343 200-11-33\n',
  )
  await write('director.vcf', 'BEGIN:VCARD\nVERSION:3.0\nFN:Ваня\nTEL:+79161234567\nEND:VCARD\n')
})
afterEach(() => rm(folder, { recursive: true }))

const write = (file: string, text: string) => writeFile(join(folder, file), text)
const config = (book: string) =>
  write(
    'perezvon.yaml',
    `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru } }
groups: { operators: { members: [anna] } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [group] } }
${book && `phone_book: ${book}`}`,
  )

async function run(...words: string[]) {
  let out = ''
  const write = (text: string) => void (out += text)
  const env = { PEREZVON_CONFIG: folder, PEREZVON_DATA: join(folder, 'data') }
  const code = await perezvon(['node', 'perezvon', ...words], env, { write, writeError: write })
  return { code, out }
}

it('check: what each source holds, and what of it cannot be used, with its line', async () => {
  const { code, out } = await run('phone-book', 'check')
  expect(code).toBe(6)
  const lines = out.split('\n')
  expect(lines[0]).toMatch(/^csv contacts\.csv: 1 name, read \d/)
  expect(lines.slice(1, 5)).toEqual([
    '  2 numbers cannot be read:',
    '    3: “112”: no numbering plan has it; digits are missing, or there are too many',
    expect.stringMatching(/^ {4}4: “4951234567”: it can be .* or .*; write it with \+/),
    '  1 number has no name',
  ])
  expect(lines[5]).toMatch(/^vcard director\.vcf: 1 name/)
})

it('check in Russian: a damaged file, with its line', async () => {
  await write('director.vcf', 'BEGIN:VCARD\nVERSION:3.0\nFN:Ваня\nTEL:+7916')
  await rm(join(folder, 'contacts.csv'))
  const { code, out } = await run('--lang', 'ru', 'phone-book', 'check')
  expect(code).toBe(1)
  expect(out.split('\n')).toEqual([
    'csv contacts.csv: 0 имён',
    '  файла нет',
    'vcard director.vcf: 0 имён',
    '  он обрывается на записи 1; возможно, его ещё пишут',
    '',
  ])
})

it('find: in any notation, and who else knows the number', async () => {
  expect(await run('phone-book', 'find', '8 (916) 123-45-67')).toEqual({
    code: 0,
    out: '+7 916 123-45-67: Иван Петров (csv contacts.csv)\n  vcard director.vcf: Ваня\n',
  })
  expect(await run('phone-book', 'find', '+79990000000')).toEqual({
    code: 5,
    out: '+7 999 000-00-00: no source knows a name.\n',
  })
  expect((await run('--lang', 'ru', 'phone-book', 'find', '112')).code).toBe(2)
})

it('no phone book', async () => {
  await config('')
  expect(await run('phone-book', 'check')).toEqual({ code: 0, out: 'The configuration has no `phone_book`.\n' })
  expect((await run('phone-book', 'find', '+79161234567')).code).toBe(5)
})

it('the configuration names a file that is not there, and an address without the number', async () => {
  const problems = () => {
    const loaded = loadConfig(join(folder, 'perezvon.yaml'))
    return (loaded.ok ? loaded.warnings : loaded.problems).map(({ code, place, path }) => [code, place.line, path])
  }
  await config('[{ csv: nowhere.csv }]')
  expect(problems()).toEqual([['W212', 9, 'phone_book[0].csv']])
  await config('[{ http: { url: "https://crm.example.ru/find" } }]')
  expect(problems()).toEqual([['E186', 9, 'phone_book[0].http.url']])
})
