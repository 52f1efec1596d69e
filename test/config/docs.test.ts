import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { problemText } from '../../src/config/messages.ts'
import { problemCodes, type ProblemId } from '../../src/config/problem.ts'
import { schema } from '../../src/config/schema.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8')
const ids = Object.keys(problemCodes) as ProblemId[]

it('docs/configuration.md explains every code, and no other', () => {
  const explained = [...page.matchAll(/^\| ([EW]\d{3}) \| \S/gm)].map(([, code]) => code)
  expect(explained).toEqual(Object.values(problemCodes))
  expect(new Set(explained).size).toBe(explained.length)
})

it('docs/configuration.md names every section and every variable of the environment', () => {
  const sections = Object.keys(schema.shape).filter((section) => section !== 'include')
  expect(sections.filter((section) => !page.includes(`| \`${section}\` |`))).toEqual([])
  const env = readFileSync(join(import.meta.dirname, '../../src/config/env-values.ts'), 'utf8')
  const variables = [...env.matchAll(/^ {2}(PEREZVON_[A-Z_]+):/gm)].map(([, name]) => name!)
  expect(variables.length).toBeGreaterThan(15)
  const named = (name: string) =>
    page.includes(`\`${name}\``) || page.includes(`\`_${name.replace('PEREZVON_SMTP_', '')}\``)
  expect(variables.filter((name) => !named(name))).toEqual([])
})

it('every problem can be said in both languages with the same values', () => {
  const values = { file: 'F', why: 'W', pattern: 'P', name: 'N', most: 1, code: 'BAD_INDENT', message: 'M', alias: 'A', key: 'K', deepest: 60, expected: 'string', found: 'list', text: 'T', min: 1, max: 9, kinds: 'a, b', day: 'mon', number: '+7', operator: 'O', before: 'B', flow: 'L', circle: 'C', sound: 'S', step: 'step', reserve: 1, lines: 1, phone: 'H', first: '1', second: '2', folder: 'D', free: 5, allow: '+7', deny: '+79', group: 'G', pause: '*91', resume: '*92', mobiles: 3, seconds: 20 } // prettier-ignore
  const said = ids.flatMap((id) => (['en', 'ru'] as const).map((language) => problemText(language, id, values)))
  expect(
    said.filter(
      (text) =>
        text.includes('{') && !text.includes('voicemail') && !text.includes('{number}') && !text.includes('ring:'),
    ),
  ).toEqual([])
  expect(said.filter((text) => text.trim() === '')).toEqual([])
  expect(ids.filter((id) => problemText('en', id, values) === problemText('ru', id, values))).toEqual([])
})
