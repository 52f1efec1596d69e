import { describe, expect, test } from 'vitest'
import { decodeList, guessEncoding, type ListEncoding } from '../../src/lists/decode-list.ts'
import { LIST_LIMITS, ListError, type ListRow, readList } from '../../src/lists/read-list.ts'

/** Encodes as the old systems do; the platform only decodes. */
function encode(text: string, encoding: ListEncoding): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(text)
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le')
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16()
  const byteOf = new Map<string, number>()
  const decoder = new TextDecoder(encoding)
  for (let byte = 255; byte >= 0; byte--) byteOf.set(decoder.decode(Uint8Array.of(byte)), byte)
  return Uint8Array.from(text, (char) => byteOf.get(char) ?? 0x3f)
}
const utf8 = (text: string) => new TextEncoder().encode(text)

async function read(bytes: Uint8Array) {
  const list = await readList(bytes, 'RU')
  const rows: ListRow[] = []
  for await (const row of list.rows) rows.push(row)
  return { ...list, rows }
}
async function faultOf(bytes: Uint8Array): Promise<[string, number]> {
  try {
    await read(bytes)
  } catch (error) {
    if (error instanceof ListError) return [error.fault, error.row]
    throw error
  }
  return ['none', 0]
}

const encodings: ListEncoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1251', 'ibm866', 'koi8-r']
const texts = {
  'an ordinary list': 'Телефон;ФИО\r\n89161234567;Иванов Пётр\r\n89161234568;Смирнова Анна Ильинична\r\n',
  'one short row': 'Тел;Имя\r\n89161234567;Анна\r\n',
  'all capitals': 'ТЕЛЕФОН;ФИО\r\n89161234567;КУЗНЕЦОВ СЕРГЕЙ\r\n',
  'a firm with its signs': '№;Клиент;Телефон\r\n1;ООО Рога и копыта;+79161234567\r\n',
}
describe.each(Object.entries(texts))('%s', (_what, text) => {
  test.each(encodings)('is read from %s', (encoding) => {
    const expected = encoding === 'koi8-r' ? text.replaceAll('№', '?') : text
    expect(decodeList(encode(expected, encoding))).toEqual({ text: expected, encoding })
  })
})

test('marks of byte order are obeyed and dropped', () => {
  expect(decodeList(utf8('\uFEFFТелефон'))).toEqual({ text: 'Телефон', encoding: 'utf-8' })
  expect(decodeList(encode('\uFEFFТелефон', 'utf-16le'))).toEqual({ text: 'Телефон', encoding: 'utf-16le' })
  expect(decodeList(encode('\uFEFFТелефон', 'utf-16be'))).toEqual({ text: 'Телефон', encoding: 'utf-16be' })
})

test('plain ASCII is UTF-8', () => {
  expect(guessEncoding(utf8('phone,name\n+79161234567,Anna\n'))).toBe('utf-8')
})

test.each([
  ['semicolons', 'Телефон;ФИО\n89161234567;Анна', ';'],
  ['commas', 'phone,name\n+79161234567,Anna', ','],
  ['tabs', 'phone\tname\n+79161234567\tAnna, Bob', '\t'],
  ['semicolons among commas of prose', 'Телефон;Адрес\n89161234567;Екатеринбург, Ленина, 5\n89161234568;Пермь', ';'],
  ['what Excel says itself', 'sep=,\r\nphone,name;nick\n+79161234567,a;b', ','],
  ['a single column', 'Телефон\n89161234567', ';'],
  ['commas inside quotes', 'phone;note\n+79161234567;"a,b,c,d"\n+79161234568;"e,f,g,h"', ';'],
])('delimiter: %s', async (_what, text, delimiter) => {
  expect((await read(utf8(text))).delimiter).toBe(delimiter)
})

test('rows are counted as Excel counts, empty ones included', async () => {
  const { columns, rows } = await read(utf8('Телефон;ФИО\n\n89161234567; Анна \n;\n89161234568;"Иван\nПётр"\n'))
  expect(columns).toEqual(['Телефон', 'ФИО'])
  expect(rows.map(({ row, cells }) => [row, ...cells])).toEqual([
    [3, '89161234567', 'Анна'],
    [5, '89161234568', 'Иван\nПётр'],
  ])
})

test('a list without headings gets names for its columns', async () => {
  const { columns, headings, rows } = await read(utf8('89161234567;Анна\n89161234568;Иван'))
  expect(headings).toBe(false)
  expect(columns).toEqual(['column 1', 'column 2'])
  expect(rows).toHaveLength(2)
})

test('headings that repeat or are missing become names', async () => {
  expect((await read(utf8('Телефон;;Телефон;Дата\n1;2;3;4'))).columns).toEqual([
    'Телефон',
    'column 2',
    'Телефон 2',
    'Дата',
  ])
})

test('a quote in the middle of a cell is a quote', async () => {
  const { rows } = await read(utf8('Телефон;Клиент\n89161234567;ООО "Ромашка"\n'))
  expect(rows[0]?.cells).toEqual(['89161234567', 'ООО "Ромашка"'])
})

test('a bad row is marked and the others are read', async () => {
  const { rows } = await read(
    utf8(`phone;name\n+79161234567;An\u0000na\n+79161234568;${'x'.repeat(5_000)}\n+79161234569;Bob\n`),
  )
  expect(rows.map(({ row, fault }) => [row, fault])).toEqual([
    [2, 'control-characters'],
    [3, 'cell-too-long'],
    [4, null],
  ])
})

test.each<[string, () => Uint8Array, [string, number]]>([
  ['a workbook', () => Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), ['spreadsheet', 0]],
  ['an old workbook', () => Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0), ['spreadsheet', 0]],
  ['nothing', () => utf8(''), ['empty', 0]],
  ['blank lines', () => utf8('\n\n;;\n'), ['empty', 0]],
  ['a quote that never ends', () => utf8('phone;name\n+79161234567;Anna\n+79161234568;"Bob\n'), ['bad-quotes', 3]],
  ['a quote that swallows the file', () => utf8(`phone;name\n1;"${'a\n'.repeat(100_000)}`), ['bad-quotes', 2]],
  ['more than 50 MB', () => new Uint8Array(LIST_LIMITS.bytes + 1), ['too-big', 0]],
  ['too many columns', () => utf8(`${'a;'.repeat(300)}\n`), ['too-many-columns', 1]],
  ['too many rows', () => utf8(`phone\n${'1\n'.repeat(LIST_LIMITS.rows)}`), ['too-many-rows', 500_001]],
])('refused as a whole: %s', async (_what, bytes, fault) => {
  expect(await faultOf(bytes())).toEqual(fault)
})

test('no bytes make it throw anything but ListError', async () => {
  let seed = 42
  const random = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n
  const bits = ['"', ';', ',', '\n', '\r', '\t', '\u0000', '=', '+7', '916', 'ё', '\u202e', '""', 'sep=;\n', ' ']
  for (let run = 0; run < 300; run++) {
    const text = Array.from({ length: random(60) }, () => bits[random(bits.length)]!).join('')
    const bytes = run % 3 === 0 ? Uint8Array.from({ length: random(200) }, () => random(256)) : utf8(text)
    const [fault] = await faultOf(bytes)
    expect(['none', 'empty', 'bad-quotes', 'spreadsheet', 'too-many-columns']).toContain(fault)
  }
})
