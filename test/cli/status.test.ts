import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addStatusCommand } from '../../src/cli/status.ts'
import type { Settings } from '../../src/config/env.ts'

const SINCE = Date.UTC(2026, 10, 24, 9, 5)

/** `perezvon status` against a daemon whose /ready says `state`. */
async function status(state: object, language: 'ru' | 'en', ...args: string[]) {
  const server = createServer((_request, response) => response.end(JSON.stringify(state)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const out: string[] = []
  let code = -1
  const program = new Command().exitOverride()
  addStatusCommand(program, {
    settings: () => ({ http: { host: '127.0.0.1', port, publicUrl: null } }) as Settings,
    language,
    print: (line) => out.push(line),
    exit: (exitCode) => (code = exitCode),
  })
  await program.parseAsync(['status', ...args], { from: 'user' })
  await new Promise((resolve) => server.close(resolve))
  return { out, code }
}

const ill = {
  ready: false,
  reasons: { mail: 'refused since 2026-11-24T09:05:00.000Z: 550 5.4.5 Daily limit', asterisk: 'not connected' },
  warnings: { undeliverable: '2 in the outbox: `perezvon mail outbox`' },
  channels: [{ channel: 'mail', kind: 'refused', why: '550 5.4.5 Daily limit', since: SINCE, stops: true }],
}

test.each([
  ['ru', 'Perezvon работает, но не всё может:', /^ {2}mail: Другая сторона ничего от нас не принимает \(с .*\): 550 5\.4\.5/, 'Обратите внимание:', /недоставленные уведомления: 2/], // prettier-ignore
  ['en', 'Perezvon is running, but cannot do all of its job:', /^ {2}mail: The other side takes nothing from us \(since .*\): 550 5\.4\.5/, 'Please see to it:', /undeliverable notices: 2/], // prettier-ignore
] as const)('a channel that cannot deliver, in words, in %s', async (language, first, mail, warned, dead) => {
  const { out, code } = await status(ill, language)
  expect(out[0]).toBe(first)
  expect(out.find((line) => line.includes('mail:'))).toMatch(mail)
  expect(out).toContain('  asterisk: not connected')
  expect(out).toContain(warned)
  expect(out.at(-1)).toMatch(dead)
  expect(code).toBe(4)
})

test('well is well, also for a daemon of a former version; what is only a warning stands below it', async () => {
  expect(await status({ ready: true, reasons: {} }, 'en')).toEqual({ out: ['Perezvon is running and well.'], code: 0 })
  const warned = await status({ ready: true, reasons: {}, warnings: { unconfirmed: '1' } }, 'en')
  expect(warned.out).toEqual([
    'Perezvon is running and well.',
    'Please see to it:',
    '  notices that may have arrived several times or not at all: 1',
  ])
})

test('as JSON for programs', async () => {
  const { out } = await status(ill, 'en', '--json')
  expect(JSON.parse(out[0]!)).toMatchObject({ running: true, ready: false, channels: ill.channels })
})

test.each([
  ['ru', '  телефонная книга csv contacts.csv: строка 17: кавычка не закрыта'],
  ['en', '  phone book csv contacts.csv: row 17: a quote is not closed'],
] as const)('a phone book that cannot be read, in %s', async (language, line) => {
  const source = 'csv contacts.csv'
  const warnings = { [`phone book ${source}`]: 'row 17: a quote is not closed' }
  const phoneBook = [{ source, fault: 'bad-quotes', line: 17, detail: '' }]
  const { out, code } = await status({ ready: true, reasons: {}, warnings, phoneBook }, language)
  expect(out.at(-1)).toBe(line)
  expect(code).toBe(0)
})
