/** What the documentation says must stay true: excerpts, links, settings, the two languages, the container files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadSettings } from '../src/config/env.ts'
import { loadConfig } from '../src/config/load.ts'
import { createMetrics } from '../src/http/metrics.ts'

const REPO = resolve(import.meta.dirname, '..')
const PAGES = [
  'README.md',
  'README.ru.md',
  ...readdirSync(join(REPO, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]
const read = (path: string) => readFileSync(join(REPO, path), 'utf8')
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) => block ?? '')

describe.each([
  ['README.md', 'examples/small-firm/perezvon.yaml'],
  ['README.ru.md', 'examples/flower-yard/perezvon.yaml'],
])('%s', (page, sample) => {
  it('quotes the sample configuration as it is', () => {
    const [excerpt = ''] = blocks(read(page), 'yaml')
    expect(excerpt).not.toBe('')
    expect(read(sample)).toContain(excerpt)
  })

  it('quotes one that loads', () => {
    const loaded = loadConfig(join(REPO, sample))
    expect(loaded.ok ? [] : loaded.problems).toEqual([])
  })
})

it('shows the same commands in both languages', () => {
  const commands = (page: string) =>
    blocks(read(page), 'sh')
      .flatMap((block) => block.split('\n'))
      .map((line) =>
        line
          .replace(/#.*/, '')
          .replaceAll(/example\.(ru|com)/g, 'example')
          .trim(),
      )
  expect(commands('README.ru.md')).toEqual(commands('README.md'))
})

it('has the same chapters in both languages', () => {
  const chapters = (page: string) =>
    read(page)
      .split('\n')
      .filter((line) => line.startsWith('## ')).length
  expect(chapters('README.ru.md')).toBe(chapters('README.md'))
})

it.each(PAGES)('%s: links lead somewhere', (page) => expect(deadLinks(page)).toEqual([]))

it('names no setting that the daemon does not know', () => {
  const globals = read('asterisk-config/perezvon.conf') + read('asterisk-config/local/globals.conf')
  const files = [...PAGES, 'docker-compose.yml', 'docker-compose.host.yml', 'Dockerfile', 'docs/perezvon.service']
  const named = files.flatMap((file) => read(file).match(/\bPEREZVON_[A-Z_]*[A-Z]/g) ?? [])
  const settings = Object.fromEntries(named.filter((name) => !globals.includes(name)).map((name) => [name, '']))
  const result = loadSettings(settings, 'cli')
  expect(result.ok ? result.warnings.map(({ name }) => name) : result.problems).toEqual([])
})

it('names every figure of /metrics with its labels, and no other', () => {
  const figures = createMetrics('1').registry.getMetricsAsArray()
  const known = figures.map((figure) => {
    const { labelNames = [] } = figure as unknown as { labelNames?: string[] }
    return `${figure.name}${labelNames.length > 0 ? `{${labelNames.join(',')}}` : ''}`
  })
  const table = read('docs/running.md').match(/^\| `perezvon_.*\|$/gm) ?? []
  const named = table.flatMap((row) => [...row.matchAll(/`(perezvon_[^`]*)`/g)].map(([, name]) => name!))
  expect(named.toSorted()).toEqual(known.toSorted())
})

describe('docker compose', () => {
  const compose = parse(read('docker-compose.yml')) as Compose
  // !reset is Compose's own tag
  const host = parse(read('docker-compose.host.yml').replaceAll('!reset ', '')) as Compose

  it('mounts the folder of the configuration into both, under one path', () => {
    for (const service of Object.values(compose.services))
      expect(service.volumes).toContain('./config:/etc/perezvon:ro')
  })

  it('holds no secrets: they are files outside', () => {
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//)
    expect(read('.gitignore').split('\n')).toContain('/secrets/')
    const given = Object.values(compose.services).flatMap(({ environment }) => Object.entries(environment))
    const secret = given.filter(([name]) => /PASSWORD|SMTP_URL/.test(name))
    expect(secret.filter(([, value]) => !value.startsWith('/run/secrets/'))).toEqual([])
  })

  it('shows ARI and the health pages to nobody outside', () => {
    expect(compose.services['asterisk']?.ports?.filter((port) => !port.endsWith('/udp'))).toEqual([])
    expect(compose.services['perezvon']?.ports).toEqual(['127.0.0.1:8080:8080'])
    expect(host.services['asterisk']?.environment['ARI_BIND']).toBe('127.0.0.1')
    expect(host.services['perezvon']?.environment['PEREZVON_HTTP']).toBe('127.0.0.1:8080')
  })

  it('asks /ready, and builds what the Dockerfile has', () => {
    expect(compose.services['perezvon']?.healthcheck?.test.join(' ')).toContain('/ready')
    const targets = [...read('Dockerfile').matchAll(/^FROM .* AS (\w+)$/gm)].map(([, name]) => name)
    for (const { build } of Object.values(compose.services)) expect(targets).toContain(build?.target)
  })
})

interface Compose {
  services: Record<string, Service>
  secrets: Record<string, { file: string }>
}
interface Service {
  build?: { target: string }
  environment: Record<string, string>
  ports?: string[]
  volumes?: string[]
  healthcheck?: { test: string[] }
}

function deadLinks(page: string): string[] {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
  const isDead = ([, path = '', anchor]: RegExpMatchArray) => {
    const target = path === '' ? page : join(dirname(page), path)
    return !existsSync(join(REPO, target)) || (anchor !== undefined && !anchors(read(target)).includes(anchor))
  }
  return links.filter(isDead).map(([link]) => link)
}

/** As GitHub makes them of headings. */
function anchors(text: string): string[] {
  const headings = text.split('\n').filter((line) => /^#+ /.test(line))
  return headings.map((line) =>
    line
      .replace(/^#+ /, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
