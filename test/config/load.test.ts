import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadSettings } from '../../src/config/env.ts'
import { loadConfig } from '../../src/config/load.ts'
import { allSteps } from '../../src/config/walk-steps.ts'
import { folderWith, loadFiles, problemsOf, withSections } from './folder.ts'

const examples = join(import.meta.dirname, '../../examples')

function good(result: ReturnType<typeof loadConfig>) {
  if (!result.ok) throw new Error(problemsOf(result).join('\n'))
  return result
}

describe('the samples', () => {
  it('the settings beside told-in-many-ways are understood, and hold the secrets that it names', () => {
    const env = parseEnv(readFileSync(join(examples, 'told-in-many-ways/env.example'), 'utf8'))
    const { PEREZVON_DKIM_KEY_FILE: file, ...others } = env
    expect(file).toMatch(/pem$/)
    const set = loadSettings({
      ...others,
      PEREZVON_DKIM_KEY: rsaKey(),
      PEREZVON_ARI_PASSWORD: 'x',
    })
    if (!set.ok) throw new Error(JSON.stringify(set.problems))
    expect(set.warnings).toEqual([])
    expect(set.settings.mail.dkim).toEqual({ domain: 'example.com', selector: 'perezvon' })
    const { config } = good(loadConfig(join(examples, 'told-in-many-ways/perezvon.yaml')))
    const { webhook, telegram, sms } = config.channels
    const places = [webhook['crm']?.secret, telegram['shop']?.token, sms?.secret]
    expect(places.map((place) => place && 'env' in place && env[place.env])).not.toContain(undefined)
  })

  it.each(['flower-yard', 'mobiles', 'small-firm', 'told-in-many-ways'])('%s lacks nothing but sounds', (name) => {
    const { warnings } = good(loadConfig(join(examples, name, 'perezvon.yaml')))
    expect(new Set(warnings.map(({ id }) => id).filter((id) => id !== 'music-missing'))).toEqual(
      new Set(['prompt-not-made']),
    )
  })

  it('gives values with their types, numbers in E.164, texts as they stand', () => {
    const { config } = good(loadConfig(join(examples, 'flower-yard/perezvon.yaml'), { now: Date.UTC(2026, 10, 23) }))
    expect(config.people['olga']?.rings).toEqual([
      { kind: 'phone', endpoint: 'PJSIP/100', extension: '100' },
      { kind: 'outside', number: '+79121234567' },
    ])
    expect(config.groups['sales']).toMatchObject({ ring: 'all', each: 20_000, total: 60_000 })
    expect(Object.keys(config.lines)).toEqual(['+73432001122', '+73432001133'])
    expect(config.lines['+73432001133']).toEqual({ name: 'Прямой директора', flow: 'director', mail: ['olga'] })
    expect(config.trunks['city']?.caller_id).toEqual(['+73432001122', '+73432001133'])
    expect(config.missed_calls.callback).toMatchObject({
      after: 180_000,
      every: [300_000, 1_200_000, 3_600_000],
      never: ['+73432000001'],
    })
    expect(config.campaigns['order-ready']).toMatchObject({ line: '+73432001122', lines: 2, opt_out: { key: '9' } })
    expect(config.campaigns['order-ready']?.retry.busy).toEqual({ tries: 3, every: 600_000 })
    expect(config.hours['office']?.closedDays).toEqual(
      expect.arrayContaining(['2026-11-04', '2027-01-08', '2027-06-12']),
    )
    expect(config.dialling).toEqual({ allow: ['+7'], deny: ['+7809', '+7900555'], max_call: 43_200_000 })
    const menu = config.flows['main']?.find((step) => step.kind === 'menu')
    expect(menu?.menu.keys['0']).toEqual([
      { kind: 'ring', ring: { to: 'operators', screen: true }, at: 'perezvon.yaml:52' },
    ])
    expect(menu?.menu).toMatchObject({ wait: 5_000, tries: 2, extension: 'allowed', wrong_prompt: 'prompts/wrong-key' })
  })

  it('says of every step where it stands', () => {
    const { config, sources } = good(loadConfig(join(examples, 'flower-yard/perezvon.yaml')))
    for (const { step } of allSteps(config)) {
      const [file, line] = step.at!.split(':')
      expect(sources.line(file!, Number(line))).toContain(`${step.kind}:`)
    }
  })

  it('cannot be changed, and knows no names that were not written', () => {
    const { config } = good(loadConfig(join(examples, 'small-firm/perezvon.yaml')))
    expect(() => void (config.flows['shop']![0]!.at = 'elsewhere')).toThrow(TypeError)
    expect(() => void (config.people['eve'] = config.people['emma']!)).toThrow(TypeError)
    for (const word of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(config.lines[word]).toBeUndefined()
      expect(config.people[word]).toBeUndefined()
    }
  })
})

describe('texts of the file', () => {
  it('keeps what YAML would take for numbers', () => {
    const { config } = good(
      loadFiles({
        'perezvon.yaml': withSections({
          people: '{ 0101: { name: 007, rings: +79161234567, email: a@example.ru } }',
          groups: '{ operators: { members: [0101] } }',
          lines: '{ 83432001122: { name: 1e3, flow: main } }',
        }),
      }),
    )
    expect(config.people['0101']).toMatchObject({ name: '007', rings: [{ kind: 'outside', number: '+79161234567' }] })
    expect(config.lines['+73432001122']?.name).toBe('1e3')
  })

  it('takes merge keys and anchors', () => {
    const people =
      '\nbase: &base { name: Base, rings: PJSIP/101, email: a@example.ru }\nother: { <<: *base, rings: PJSIP/102 }'
    const { config } = good(
      loadFiles({ 'perezvon.yaml': withSections({ people, groups: '{ operators: { members: [base, other] } }' }) }),
    )
    expect(config.people['other']).toMatchObject({
      name: 'Base',
      rings: [{ endpoint: 'PJSIP/102' }],
      email: 'a@example.ru',
    })
  })

  it('takes a section without entries as missing', () => {
    expect(
      problemsOf(loadFiles({ 'perezvon.yaml': withSections({ campaigns: '', music: '   # nothing yet' }) })),
    ).toEqual([])
  })
})

describe('several files', () => {
  const main = (include: string, more: Record<string, string> = {}) => withSections({ include, ...more })

  it('are one configuration, and steps tell from which file they are', () => {
    const { config } = good(
      loadFiles({
        'perezvon.yaml': main('flows/*.yaml', { flows: '{ main: [{ go_to: night }] }' }),
        'flows/night.yaml': 'version: 1\nflows:\n  night:\n    - voicemail: { to: anna }\n',
        'flows/.hidden.yaml': 'flows: { main: [] }\n',
        'flows/notes.txt': 'not for us',
      }),
    )
    expect(Object.keys(config.flows)).toEqual(['main', 'night'])
    expect(config.flows['night']![0]!.at).toBe('flows/night.yaml:4')
  })

  it('refuses a name that is in two of them, and names both places', () => {
    const result = loadFiles({
      'perezvon.yaml': main('more.yaml'),
      'more.yaml': 'people:\n  anna: { name: Anna, rings: PJSIP/109 }\nmissed_calls: { mail: { to: [group] } }\n',
    })
    const problems = result.ok ? [] : result.problems
    expect(problems).toMatchObject([
      { code: 'E008', place: { file: 'more.yaml', line: 2, column: 3 }, other: { file: 'perezvon.yaml', line: 3 } },
      { code: 'E008', place: { file: 'more.yaml', line: 3, column: 1 }, other: { file: 'perezvon.yaml' } },
    ])
  })

  it.each([
    ['a pattern without files', 'flows/*.yaml', ['E006 include']],
    ['the way up', '../other/*.yaml', ['E006 include', 'E129 include']],
    ['an absolute path', '/etc/passwd', ['E006 include', 'E129 include']],
    ['several patterns of which one is empty', '[more.yaml, none.yaml]', ['E006 include']],
  ])('refuses %s', (_, include, expected) => {
    expect(problemsOf(loadFiles({ 'perezvon.yaml': main(include), 'more.yaml': 'groups: {}\n' }))).toEqual(expected)
  })

  it('refuses includes of includes', () => {
    const files = { 'perezvon.yaml': main('a.yaml'), 'a.yaml': 'include: b.yaml\n', 'b.yaml': 'flows: {}\n' }
    expect(problemsOf(loadFiles(files))).toEqual(['E007'])
  })

  it('does not follow a link out of the folder', () => {
    const outside = folderWith({ 'secret.yaml': 'people: { eve: { name: Eve, rings: PJSIP/1 } }\n' })
    const folder = folderWith({ 'perezvon.yaml': main('flows/*.yaml') })
    mkdirSync(join(folder, 'flows'))
    symlinkSync(join(outside, 'secret.yaml'), join(folder, 'flows/link.yaml'))
    expect(problemsOf(loadConfig(join(folder, 'perezvon.yaml')))).toEqual(['E005'])
  })

  it('does not follow a link to a holiday calendar out of the folder', () => {
    const outside = folderWith({ 'secret.ics': 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' })
    const folder = folderWith({ 'perezvon.yaml': withSections({ hours: '{ office: { holidays: link.ics } }' }) })
    symlinkSync(join(outside, 'secret.ics'), join(folder, 'link.ics'))
    expect(problemsOf(loadConfig(join(folder, 'perezvon.yaml')))).toEqual(['E158 hours.office.holidays[0]'])
  })
})

describe('a file that cannot be read', () => {
  it.each([
    ['is missing', {}, ['E001']],
    ['is a folder', { 'perezvon.yaml/x': '' }, ['E001']],
    ['is empty', { 'perezvon.yaml': '' }, ['E004']],
    ['is only a comment', { 'perezvon.yaml': '# soon\n' }, ['E004']],
    ['is a list', { 'perezvon.yaml': '- a\n' }, ['E004']],
    ['is two documents', { 'perezvon.yaml': 'a: 1\n---\nb: 2\n' }, ['E011']],
    ['is more than a mebibyte', { 'perezvon.yaml': '#'.repeat(1_048_577) }, ['E002']],
    ['has a tag', { 'perezvon.yaml': 'a: !include b\n' }, ['E012']],
    ['is deeper than anyone needs', { 'perezvon.yaml': `a: ${'['.repeat(100)}${']'.repeat(100)}\n` }, ['E016']],
    ['opens half a million brackets', { 'perezvon.yaml': '['.repeat(500_000) }, ['E016']],
    ['closes them again', { 'perezvon.yaml': '['.repeat(500_000) + ']'.repeat(500_000) }, ['E016']],
    ['is a list of lists of lists', { 'perezvon.yaml': '- '.repeat(500_000) }, ['E017']],
    ['is a short list of lists of lists', { 'perezvon.yaml': '- '.repeat(5_000) }, ['E016']],
    ['is nothing but commas', { 'perezvon.yaml': `[${','.repeat(1_000_000)}]` }, ['E017']],
  ])('%s', (_, files, expected) => {
    expect(problemsOf(loadFiles(files as Record<string, string>))).toEqual(expected)
  })

  it('is in another encoding', () => {
    const folder = folderWith({})
    writeFileSync(join(folder, 'perezvon.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xcf, 0xf0, 0xe8]))
    expect(problemsOf(loadConfig(join(folder, 'perezvon.yaml')))).toEqual(['E003'])
  })

  it('multiplies aliases', () => {
    const rows = Array.from({ length: 12 }, (_, i) => `b${i + 1}: &b${i + 1} [${Array(9).fill(`*b${i}`).join(', ')}]`)
    expect(problemsOf(loadFiles({ 'perezvon.yaml': `b0: &b0 [x, x]\n${rows.join('\n')}\n` }))).toEqual(['E017'])
  })

  it('adds up depth by aliases', () => {
    const rows = Array.from({ length: 400 }, (_, i) => `b${i + 1}: &b${i + 1} [[[[[*b${i}]]]]]`)
    expect(problemsOf(loadFiles({ 'perezvon.yaml': `b0: &b0 [x]\n${rows.join('\n')}\n` }))).toEqual(['E016', 'E017'])
  })

  it('goes in a circle', () => {
    expect(problemsOf(loadFiles({ 'perezvon.yaml': 'a: &a [1, *a]\n' }))).toEqual(['E013'])
  })
})

describe('the hash', () => {
  const hashOf = (files: Record<string, string>) => good(loadFiles(files)).hash

  it('is the same for the same files, and another for another text or calendar', () => {
    const hours = '{ office: { week: {}, holidays: h.ics } }'
    const calendar = (day: string) =>
      `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:${day}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`
    const files = { 'perezvon.yaml': withSections({ hours }), 'h.ics': calendar('20261104') }
    expect(hashOf(files)).toMatch(/^[0-9a-f]{12}$/)
    expect(hashOf(files)).toBe(hashOf(files))
    expect(hashOf({ ...files, 'h.ics': calendar('20261105') })).not.toBe(hashOf(files))
    expect(hashOf({ ...files, 'perezvon.yaml': `${files['perezvon.yaml']}# later\n` })).not.toBe(hashOf(files))
  })
})

it('finds errors of the schema and of the whole in one go, also in a flow that is broken itself', () => {
  const flows =
    '{ main: [{ play: prompts/a, loud: very }, { ring: { to: sale, for: 20 } }, { voicemail: { to: anna } }] }'
  expect(
    problemsOf(
      loadFiles({ 'perezvon.yaml': withSections({ flows, company: '{ name: A, timezone: Mars, country: RU }' }) }),
    ),
  ).toEqual([
    'E101 flows.main[0].loud',
    'E104 flows.main[1].ring.to',
    'E122 flows.main[1].ring.for',
    'E136 company.timezone',
  ])
})

function rsaKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}
