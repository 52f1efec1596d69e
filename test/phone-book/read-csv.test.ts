/** Tables as real programs write them. */
import { describe, expect, it, test } from 'vitest'
import { BookFault } from '../../src/phone-book/book-fault.ts'
import { type CsvRules, readCsvBook } from '../../src/phone-book/read-csv.ts'

const RULES: CsvRules = { country: 'RU', form: 'auto', number: null, name: null }
const read = (text: string | Uint8Array, rules: Partial<CsvRules> = {}) =>
  readCsvBook(typeof text === 'string' ? Buffer.from(text) : text, { ...RULES, ...rules })
const names = async (text: string | Uint8Array, rules: Partial<CsvRules> = {}) =>
  Object.fromEntries((await read(text, rules)).names)
const faultOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'read',
    (error: unknown) => (error instanceof BookFault ? `${error.fault}:${error.line}` : error),
  )

const IVAN = { '+79161234567': 'Иван Петров' }

/** The bytes of windows-1251. */
function cp1251(text: string): Uint8Array {
  const code = (char: string) => {
    const point = char.codePointAt(0)!
    if (point < 128) return point
    if (char === 'ё') return 0xb8
    if (char === '«') return 0xab
    if (char === '»') return 0xbb
    return point - 0x410 + 0xc0
  }
  return Uint8Array.from(text, code)
}

const TEXT = 'Наименование;Телефон\r\nИван Петров;8 (916) 123-45-67\r\n'
describe('encodings and delimiters', () => {
  test.each<[string, string | Uint8Array]>([
    ['UTF-8', TEXT],
    ['UTF-8 with a mark', `\ufeff${TEXT}`],
    ['UTF-16 little-endian', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['UTF-16 big-endian', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
    ['windows-1251', cp1251(TEXT)],
    ['commas', TEXT.replaceAll(';', ',')],
    ['tabs', TEXT.replaceAll(';', '\t')],
    ['Excel says how', `sep=;\r\n${TEXT}`],
    ['old line ends', TEXT.replaceAll('\r\n', '\r')],
    ['quotes', '"Наименование";"Телефон"\n"Иван Петров";"8 (916) 123-45-67"\n'],
    ['no headings', 'Иван Петров;8 (916) 123-45-67\n'],
    ['no headings, number first', '8 (916) 123-45-67,Иван Петров\n'],
  ])('%s', async (_what, text) => expect(await names(text)).toEqual(IVAN))
})

describe('programs', () => {
  it('Google, today', async () =>
    expect(
      await names(
        'First Name,Middle Name,Last Name,Organization Name,Labels,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\n' +
          'Иван,,Петров,Ромашка,* myContacts,Mobile,+7 916 123-45-67 ::: 8 343 200-11-33,Work,+7 343 200-11-22\n' +
          ',,,ООО «Ромашка»,,Work,+7 495 123-45-67,,\n',
      ),
    ).toEqual({
      ...IVAN,
      '+73432001133': 'Иван Петров',
      '+73432001122': 'Иван Петров',
      '+74951234567': 'ООО «Ромашка»',
    }))

  it('Google, formerly', async () =>
    expect(
      await names(
        'Name,Given Name,Family Name,Phone 1 - Type,Phone 1 - Value\nИван Петров,Иван,Петров,Mobile,89161234567\n',
      ),
    ).toEqual(IVAN))

  it('Outlook in Russian', async () =>
    expect(
      await names(
        cp1251(
          'Обращение,Имя,Отчество,Фамилия,Организация,Рабочий факс,Рабочий телефон,Домашний телефон,Телефон переносной\r\n' +
            ',Иван,,Петров,Ромашка,,8 343 200-11-22,,8-916-123-45-67\r\n',
        ),
      ),
    ).toEqual({ ...IVAN, '+73432001122': 'Иван Петров' }))

  it('Outlook in English', async () =>
    expect(
      await names(
        '"First Name","Last Name","Company","Business Fax","Business Phone","Mobile Phone"\r\n"Ivan","Petrov","","+7 343 200-11-99","","+79161234567"\r\n',
      ),
    ).toEqual({ '+79161234567': 'Ivan Petrov' }))

  it('1C: a counterparty and its numbers in one cell', async () =>
    expect(
      await names(
        'Код;Контрагент;Контактное лицо;Телефоны\n000012;ООО «Ромашка»;;"8 916 123-45-67, 8 343 200-11-22"\n',
        {
          number: 'телефоны',
        },
      ),
    ).toEqual({ '+79161234567': 'ООО «Ромашка»', '+73432001122': 'ООО «Ромашка»' }))

  it('columns that the configuration names', async () =>
    expect(
      await names('id;Договор;Абонент;Связь\n1;17/2;Иван Петров;8 916 123-45-67\n', {
        number: 'Связь',
        name: 'абонент',
      }),
    ).toEqual(IVAN))
})

describe('rows that are no use', () => {
  it('are counted, and told with their row', async () => {
    const {
      names: found,
      unreadable,
      examples,
      nameless,
    } = await read(
      'Имя;Телефон\nИван Петров;8 916 123-45-67\nКороткий;112\nДвое;4951234567\n;8 343 200-11-22\nExcel;7,91612E+10\nПусто;\n',
    )
    expect(Object.fromEntries(found)).toEqual(IVAN)
    expect({ unreadable, nameless }).toEqual({ unreadable: 3, nameless: 1 })
    expect(examples.map(({ line, text, why }) => [line, text, why.refused])).toEqual([
      [3, '112', 'unknown'],
      [4, '4951234567', 'ambiguous'],
      [6, '7,91612E+10', 'characters'],
    ])
  })

  it('who stands first has the number', async () =>
    expect(await names('Имя;Телефон\nИван Петров;89161234567\nДругой;+7 916 123-45-67\n')).toEqual(IVAN))

  it('names are cleaned and short; what they say changes nothing', async () => {
    const hostile = [
      'a\u202eb\u0007\u001b[31m',
      `"=cmd|'/C calc'!A0"`,
      '<img src=x onerror=alert(1)>',
      '+7 912 000-00-00',
      'x'.repeat(3_000),
      '{{ company }} ${7*7} `id`',
    ]
    const rows = hostile.map((name, i) => `${name};+7916123450${i}`)
    // a control character spoils the row
    const book = await names(`Имя;Телефон\n${rows.join('\n')}\n`)
    expect(Object.values(book)).toEqual([
      "=cmd|'/C calc'!A0",
      '<img src=x onerror=alert(1)>',
      '+7 912 000-00-00',
      'x'.repeat(64),
      '{{ company }} ${7*7} `id`',
    ])
  })
})

describe('files that are none', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'empty:0'],
    ['headings alone', 'Имя;Телефон\n', 'empty:0'],
    ['a workbook', Buffer.from('PK\u0003\u0004xl/workbook.xml'), 'spreadsheet:0'],
    ['an open quote', 'Имя;Телефон\nИван;89161234567\n"Пётр;89161234568\n', 'bad-quotes:3'],
    ['half a row', 'Имя;Отдел;Телефон\nИван;Продажи;89161234567\nПётр;Про', 'cut-off:3'],
    ['no numbers', 'Имя;Город\nИван;Пермь\n', 'no-columns:1'],
    ['no name', 'Телефон;Сумма;Дата\n89161234567;12;1.12\n', 'no-columns:1'],
    ['numbers that are none', 'Имя;Телефон\nИван;12\nПётр;13\n', 'no-numbers:2'],
  ])('%s', async (_what, text, fault) => expect(await faultOf(read(text))).toBe(fault))

  it('a heading that is not there', async () =>
    expect(await faultOf(read(TEXT, { number: 'Мобильный' }))).toBe('no-columns:1'))
})

it('a large table leaves turns to others', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `Клиент ${i};+7916${String(1_000_000 + i)}`)
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  const { names: found } = await read(`Имя;Телефон\n${rows.join('\n')}\n`)
  clearInterval(timer)
  expect(found.size).toBe(20_000)
  expect(longest).toBeLessThan(500)
})
