import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { missedCallView } from '../../src/notices/templates/missed-call.ts'
import { Templates } from '../../src/notices/templates/overrides.ts'
import type { Logger } from '../../src/runtime/logger.ts'
import { missedCall } from './support/samples.ts'

let folder: string
let complaints: unknown[]
let templates: Templates
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perezvon-templates-'))
  complaints = []
  const log: Logger = {
    debug() {},
    info() {},
    warn() {},
    error: (_, fields) => complaints.push(fields),
    child: () => log,
  }
  templates = new Templates(folder, log)
})
afterEach(() => rm(folder, { recursive: true }))

const hostile = missedCall({ caller: { number: '+79123456789', shown: '+79123456789', name: '<b>Иван</b>' } })
const view = missedCallView(hostile, 'ru', { attachment: 'missing', transcript: null, links: null })
const render = async (format: 'txt' | 'html', source: string, language: 'ru' | 'en' = 'ru') => {
  await writeFile(join(folder, `missed-call.ru.${format}`), source)
  return templates.render('missed', format, view, language)
}

test('an admin’s own text', async () => {
  const own = '{{ caller.name }}, {{ caller.readable }}, {{ line.name }}: {{ reason }}; {{ waited }}; {{ next }}'
  expect(await render('txt', own)).toBe(
    '<b>Иван</b>, +7 912 345-67-89, Продажи: Телефоны звонили, но никто не взял трубку; 1 мин 12 с; Перезвоним сами в 14:10',
  )
  expect(complaints).toEqual([])
})

test('only the language and the kind it is written for', async () => {
  expect(await render('txt', 'mine', 'en')).toContain('Когда')
  await writeFile(join(folder, 'closed.ru.txt'), 'closed')
  expect(await templates.render('closed', 'txt', view, 'ru')).toBe('closed')
})

test('in HTML every value is escaped, `raw` or not', async () => {
  expect(await render('html', '<p>{{ caller.name }}|{{ caller.name | raw }}|{{ caller.name | upcase }}</p>')).toBe(
    '<p>&lt;b&gt;Иван&lt;/b&gt;|&lt;b&gt;Иван&lt;/b&gt;|&lt;B&gt;ИВАН&lt;/B&gt;</p>',
  )
})

test('an emailbody of voicemail.conf is taken as it is', async () => {
  const body =
    'Dear ${VM_NAME}:\\n\\n\\tmessage ${VM_DUR} from ${VM_CALLERID} (${VM_CIDNUM}) in ${VM_MAILBOX} on ${VM_DATE}\\n'
  expect(await render('txt', body)).toBe(
    'Dear Продажи:\n\n\tmessage 0:00 from "<b>Иван</b>" <+79123456789> (+79123456789) in +73432001122 on Вт 24.11.2026, 14:05 (Asia/Yekaterinburg, UTC+5)\n',
  )
})

test.each([
  ['a misspelt name', '{{ calller.name }}'],
  ['a name that liquid would find on every object', '{{ caller.constructor.name }}'],
  ['an unknown filter', '{{ reason | shout }}'],
  ['an unclosed tag', '{% if note %}'],
  ['a file of the disk', "{% include '/etc/passwd' %}"],
  ['an endless template', '{% for a in (1..100000) %}{% for b in (1..100000) %}x{% endfor %}{% endfor %}'],
])('%s is told once, and the built-in is sent', async (_what, source) => {
  expect(await render('txt', source)).toContain('Пропущенный звонок')
  expect(await render('txt', source)).toContain('+7 912 345-67-89')
  expect(complaints).toHaveLength(1)
  expect(complaints[0]).toMatchObject({ file: join(folder, 'missed-call.ru.txt') })
  expect(await render('txt', 'mended')).toBe('mended')
})
