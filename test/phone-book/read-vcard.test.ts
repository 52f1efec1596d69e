/** vCards as phones and programs export them. */
import { describe, expect, it, test } from 'vitest'
import { BookFault } from '../../src/phone-book/book-fault.ts'
import { readVcardBook } from '../../src/phone-book/read-vcard.ts'

const read = (text: string | Uint8Array) => readVcardBook(typeof text === 'string' ? Buffer.from(text) : text, 'RU')
const names = async (text: string | Uint8Array) => Object.fromEntries((await read(text)).names)
const card = (...lines: string[]) => ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n')
const IVAN = { '+79161234567': 'Иван Петров' }
const qp = (text: string, encoding: 'utf8' | 'latin1' = 'utf8') =>
  [...Buffer.from(text, encoding)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

describe('programs', () => {
  test.each<[string, string | Uint8Array, Record<string, string>]>([
    [
      'iPhone',
      card(
        'VERSION:3.0',
        'PRODID:-//Apple Inc.//iPhone OS 18.1//EN',
        'N:Петров;Иван;;;',
        'FN:Иван Петров',
        'ORG:Ромашка;',
        'item1.TEL;type=pref:8 (916) 123-45-67',
        'item1.X-ABLabel:_$!<Mobile>!$_',
        'TEL;type=HOME;type=VOICE:+7 343 200-11-22',
        'PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAASABIAAD/4QBMRXhpZgAATU0AKgAA',
        ' AAgAAYdpAAQAAAABAAAAGgAAAAAAA6ABAAMAAAABAAEAAKACAAQAAAABAAAA4KADAAQAAAABAAAA',
        ' TEL:89990000000=',
      ),
      { ...IVAN, '+73432001122': 'Иван Петров' },
    ],
    [
      'Google',
      card(
        'VERSION:3.0',
        'FN:Иван Петров',
        'N:Петров;Иван;;;',
        'TEL;TYPE=CELL:+79161234567',
        'NOTE:a\\nb',
        'CATEGORIES:myContacts',
      ),
      IVAN,
    ],
    [
      'Android, vCard 2.1 in quoted-printable, folded by =',
      card(
        'VERSION:2.1',
        `N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${qp('Петров')};=`,
        `${qp('Иван')};;;`,
        `FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${qp('Иван')}=20=`,
        qp('Петров'),
        'TEL;CELL;PREF:89161234567',
        'TEL;WORK;VOICE:+7-343-200-11-22',
        'PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD=',
        ' abcdefTEL;CELL:89990000000=',
        '',
      ),
      { ...IVAN, '+73432001122': 'Иван Петров' },
    ],
    [
      'Outlook, vCard 2.1 in windows-1251',
      card(
        'VERSION:2.1',
        'N;LANGUAGE=ru;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=CF=E5=F2=F0=EE=E2;=C8=E2=E0=ED',
        'FN;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=C8=E2=E0=ED=20=CF=E5=F2=F0=EE=E2',
        'TEL;CELL;VOICE:8 916 123 45 67',
        'ADR;WORK;PREF;ENCODING=QUOTED-PRINTABLE:;;a=0D=0A=',
        'b;;;;',
      ),
      IVAN,
    ],
    [
      'Nextcloud, vCard 4.0 with tel: and a group',
      card(
        'VERSION:4.0',
        'UID:5a1d',
        'FN:Иван Петров',
        'TEL;VALUE=uri;TYPE="cell,voice";PREF=1:tel:+7-916-123-45-67',
        'group1.TEL;TYPE=work;VALUE=text:+7 343 200-11-22',
        'ORG:Ромашка',
      ),
      { ...IVAN, '+73432001122': 'Иван Петров' },
    ],
    [
      '1C: no name, an organisation',
      card('VERSION:3.0', 'N:;;;;', 'FN:', 'ORG:ООО «Ромашка»;Склад', 'TEL;TYPE=WORK,VOICE:8(916)1234567'),
      { '+79161234567': 'ООО «Ромашка»' },
    ],
    [
      'no FN: the name of N',
      card('VERSION:2.1', 'N:Петров;Иван;Иванович;;', 'TEL:89161234567'),
      { '+79161234567': 'Иван Иванович Петров' },
    ],
    ['folded within a letter', card('VERSION:3.0', 'FN:Иван Пе', ' тров', 'TEL:+7916123', '\t4567'), IVAN],
    [
      'escapes',
      card('VERSION:3.0', 'FN:Петров\\, Иван\\; ООО \\"Р\\"', 'TEL:89161234567'),
      { '+79161234567': 'Петров, Иван; ООО \\"Р\\"' },
    ],
    [
      'bare line feeds and a mark',
      `\ufeff${card('VERSION:3.0', 'FN:Иван Петров', 'TEL:89161234567').replaceAll('\r\n', '\n')}`,
      IVAN,
    ],
    [
      'small letters',
      card('version:3.0', 'fn:Иван Петров', 'tel;type=cell:89161234567')
        .toLowerCase()
        .replace('иван петров', 'Иван Петров'),
      IVAN,
    ],
    [
      'two numbers in one',
      card('VERSION:3.0', 'FN:Иван Петров', 'TEL:89161234567, 8 343 200-11-22'),
      { ...IVAN, '+73432001122': 'Иван Петров' },
    ],
    [
      'a card within a card',
      card(
        'VERSION:2.1',
        'FN:Директор',
        'TEL:83432001122',
        'AGENT:',
        'BEGIN:VCARD',
        'VERSION:2.1',
        'FN:Иван Петров',
        'TEL:89161234567',
        'END:VCARD',
      ),
      { ...IVAN, '+73432001122': 'Директор' },
    ],
  ])('%s', async (_what, text, expected) => expect(await names(text)).toEqual(expected))
})

it('lines that are none spoil nothing but themselves; numbers that are none are told with the line of their card', async () => {
  const text =
    card('VERSION:3.0', 'GARBAGE', 'FN:Иван Петров', 'TEL;=;:', 'TEL:89161234567') +
    card('VERSION:3.0', 'FN:Такси', 'TEL:112')
  const { names: found, unreadable, examples } = await read(text)
  expect(Object.fromEntries(found)).toEqual(IVAN)
  expect(unreadable).toBe(1)
  expect(examples).toMatchObject([{ line: 8, text: '112', why: { refused: 'unknown' } }])
})

describe('files that are damaged', () => {
  const good = card('VERSION:3.0', 'FN:Иван Петров', 'TEL:89161234567')
  test.each([
    ['nothing', '', 'empty:0'],
    ['no card', 'Имя;Телефон\nИван;89161234567\n', 'no-cards:1'],
    ['half-written', good + good.slice(0, -20), 'cut-off:6'],
    ['an end is missing', good.replace('END:VCARD\r\n', '') + good, 'broken-card:1'],
    ['numbers that are none', card('VERSION:3.0', 'FN:Такси', 'TEL:112'), 'no-numbers:1'],
  ])('%s', async (_what, text, fault) =>
    expect(
      await read(text).then(
        () => 'read',
        (error: unknown) => (error instanceof BookFault ? `${error.fault}:${error.line}` : error),
      ),
    ).toBe(fault),
  )
})

it('a picture of megabytes takes no time', async () => {
  const picture = `PHOTO;ENCODING=b:${'A'.repeat(75)}\r\n${` ${'A'.repeat(74)}\r\n`.repeat(60_000)}`
  const began = performance.now()
  expect(await names(card('VERSION:3.0', 'FN:Иван Петров', picture.trimEnd(), 'TEL:89161234567'))).toEqual(IVAN)
  expect(performance.now() - began).toBeLessThan(2_000)
})

it('no bytes make it throw anything but BookFault', async () => {
  let seed = 7
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648)
  const base = Buffer.from(
    card('VERSION:2.1', `FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${qp('Иван')}=`, 'x', 'TEL;CELL:89161234567'),
  )
  for (let i = 0; i < 500; i++) {
    const bytes = Uint8Array.from(base)
    for (let n = 0; n < 6; n++) bytes[random() % bytes.length] = random() % 256
    const end = await read(bytes).catch((error: unknown) => error)
    expect(end instanceof Error && !(end instanceof BookFault) ? end : null).toBeNull()
  }
})
