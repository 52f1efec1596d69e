import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configJsonSchema } from '../../src/config/json-schema.ts'
import { withSections } from './folder.ts'

const schema = configJsonSchema()
const validate = new Ajv2020({
  strict: true,
  allowUnionTypes: true,
  allErrors: true,
  formats: { 'idn-email': /@/ },
}).compile(schema)
const isValid = (text: string) => validate(parse(text, { merge: true }))
const faults = (text: string) => (isValid(text) ? [] : validate.errors)

describe('an editor', () => {
  const examples = join(import.meta.dirname, '../../examples')

  it.each(readdirSync(examples))('accepts the sample %s as YAML gives it', (name) => {
    expect(faults(readFileSync(join(examples, name, 'perezvon.yaml'), 'utf8'))).toEqual([])
  })

  it.each([
    [
      'bare numbers',
      { people: '{ 101: { name: 5, rings: 79161234567 } }', groups: '{ operators: { members: [101], total: 1m } }' },
    ],
    [
      'a short and a long form',
      {
        flows:
          '{ main: [{ ring: sales }, { ring: { to: sales, for: 20s } }, { say: [p, { number: 5 }, { digits: "{{ n }}" }] }] }',
      },
    ],
    [
      'a sound, several, and one that no key ends',
      { flows: '{ main: [{ play: p }, { play: [p, q] }, { play: { sound: [p, q], skip: false } }] }' },
    ],
    [
      'a step and a list of steps',
      { flows: '{ main: [{ menu: { play: p, keys: { 1: { ring: a }, "*": [{ play: p }, { hangup: busy }] } } }] }' },
    ],
    [
      'true where a sound may stand',
      {
        campaigns:
          '{ c: { name: C, kind: survey, line: "+7 343 200-11-22", trunk: city, hours: office, script: [{ opt_out: true }] } }',
      },
    ],
  ])('accepts %s', (_, changed) => {
    expect(faults(withSections(changed as Record<string, string>))).toEqual([])
  })

  it.each([
    ['an unknown key', { company: '{ name: A, timezone: UTC, country: RU, phone: 1 }' }],
    ['a missing key', { company: '{ name: A, country: RU }' }],
    ['a wrong choice', { groups: '{ operators: { members: [anna], ring: every } }' }],
    ['a time without its unit', { groups: '{ operators: { members: [anna], each: 20 } }' }],
    ['a number out of range', { flows: '{ main: [{ menu: { play: p, tries: 12 } }] }' }],
    ['a way to play that there is none', { flows: '{ main: [{ play: { sound: p, loop: true } }] }' }],
    ['an unknown step', { flows: '{ main: [{ rign: a }] }' }],
    ['two steps in one', { flows: '{ main: [{ play: p, hangup: busy }] }' }],
    [
      'an unknown key deep inside',
      {
        flows:
          '{ main: [{ when: { open: office }, do: [{ menu: { play: p, keys: { 1: { ring: { to: a, fro: 1s } } } } }] }] }',
      },
    ],
    ['a key that no telephone has', { flows: '{ main: [{ menu: { play: p, keys: { 12: { ring: a } } } }] }' }],
  ])('underlines %s', (_, changed) => {
    expect(isValid(withSections(changed as Record<string, string>))).toBe(false)
  })
})

it('describes every section and every setting that is not plain by its name', () => {
  const sections = schema['properties'] as Record<string, { description?: string }>
  expect(Object.entries(sections).filter(([, { description }]) => !description)).toEqual([])
  expect(JSON.stringify(schema)).toContain('how long the caller may think after the prompt')
  expect(Object.keys(schema['$defs'] as object)).toEqual(['name-source', 'step'])
})
