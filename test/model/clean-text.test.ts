import { expect, test } from 'vitest'
import { cleanText } from '../../src/model/clean-text.ts'

test.each([
  ['Иван Петров', 'Иван Петров'],
  ['  Ivan \t Petrov\n', 'Ivan Petrov'],
  ['1\r\nBcc: v@example.org', '1 Bcc: v@example.org'],
  ['1\u0085Bcc:\u2028x\u2029y', '1 Bcc: x y'],
  ['a\u0000b\u007fc', 'a b c'],
  ['\u001b[31mred\u001b[0m', '[31mred [0m'],
  ['\u202egnp.exe\u202c', 'gnp.exe'],
  ['\u2066x\u2069 \u061cy\u200f', 'x y'],
  ['zero\u200bwidth\ufeff so\u00adft', 'zerowidth soft'],
  ['e\u0301', 'é'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['=cmd|x', '=cmd|x'],
  ['\ud800lone\udc00', 'lone'],
  ['\ufffd\ufffd', '\ufffd\ufffd'],
  ['\u00a0 \u3000', ''],
  ['', ''],
])('cleans %j', (dirty, clean) => {
  expect(cleanText(dirty, 64)).toBe(clean)
})

test('cuts by code points, never inside one, and leaves no space at the end', () => {
  expect(cleanText('🙂'.repeat(70), 64)).toBe('🙂'.repeat(64))
  expect(cleanText('ab cd', 3)).toBe('ab')
  expect(Array.from(cleanText('x'.repeat(1_000_000), 64))).toHaveLength(64)
})

test('any mixture comes out as one visible line, and stays so', () => {
  const alphabet = [
    'a',
    'Ж',
    ' ',
    '\r',
    '\n',
    '\0',
    '\x1b',
    '\x9b',
    '\u0301',
    '\u200d',
    '\u202e',
    '\u2028',
    '\ud83d',
    '\ude42',
    '%0d',
  ]
  let seed = 7
  const next = (n: number) => (seed = (seed * 48271) % 2147483647) % n
  for (let round = 0; round < 5000; round++) {
    const dirty = Array.from({ length: next(90) }, () => alphabet[next(alphabet.length)]!).join('')
    const clean = cleanText(dirty, 64)
    expect(clean).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/)
    expect(clean).not.toMatch(/^\s|\s$| {2}/)
    expect(Array.from(clean).length).toBeLessThanOrEqual(64)
    expect(cleanText(clean, 64)).toBe(clean)
  }
})
