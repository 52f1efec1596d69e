import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { claimPorts } from '../../scripts/rig/free-ports.ts'
import { ASTERISK_CONFIG, startAsterisk } from '../../scripts/rig/local-asterisk.ts'
import { siteFiles } from '../../scripts/rig/site-files.ts'
import { eventually } from './stand-in.ts'

const RIG = resolve(import.meta.dirname, '../../scripts/rig')
let dir: string
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'rig-'))))
afterEach(() => rm(dir, { recursive: true, force: true }))

it('dies with the process that started it, even when that is killed', async () => {
  const program = join(dir, 'parent.mts')
  await writeFile(
    program,
    `import { startAsterisk } from '${RIG}/local-asterisk.ts'
    const ari = { url: 'http://127.0.0.1:1/ari', user: 'x', password: 'x' }
    const asterisk = await startAsterisk({ name: 'orphan', dir: '${dir}/asterisk', files: { 'modules.conf': '[modules]' }, ari })
    console.log(asterisk.pid)
    setInterval(() => {}, 1000)`,
  )
  const parent = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = await new Promise<number>((resolve, reject) => {
    parent.stdout.once('data', (line: Buffer) => resolve(Number(line)))
    parent.once('exit', () => reject(new Error('the parent ended')))
  })
  expect(existsSync(`/proc/${pid}`)).toBe(true)
  parent.kill('SIGKILL')
  await eventually(async () => !existsSync(`/proc/${pid}`), 'the death of Asterisk')
})

it('starts with asterisk-config as it is shipped, without a complaint', async () => {
  const ports = await claimPorts()
  const files: Record<string, string> = {}
  for (const file of await readdir(join(ASTERISK_CONFIG, 'local'))) {
    const text = await readFile(join(ASTERISK_CONFIG, 'local', file), 'utf8')
    files[`local/${file}`] = text
      .replace('8088', String(ports.http))
      .replace('0.0.0.0:5060', `127.0.0.1:${ports.sip}`)
      .replace(/sip\.example\.ru|192\.168\.0\.20:5060/g, '127.0.0.9:9') // nobody is to be called
      .replace('match = 127.0.0.9:9', 'match = 127.0.0.9')
  }
  const ari = { url: `http://127.0.0.1:${ports.http}/ari`, user: 'perezvon', password: 'change-me' }
  const asterisk = await startAsterisk({ name: 'shipped', dir, configDir: ASTERISK_CONFIG, files, ari })
  try {
    const endpoints = await asterisk.request<{ resource: string }[]>('GET', '/endpoints')
    expect(endpoints.map((endpoint) => endpoint.resource).toSorted()).toEqual(['101', '102', 'gsm-gateway', 'provider'])
    expect(await asterisk.cli('dialplan show s@perezvon-inbound')).toContain('Stasis(')
    const log = await readFile(join(dir, 'log/full'), 'utf8')
    expect(log.split('\n').filter((line) => / (WARNING|ERROR)\[/.test(line))).toEqual([])
  } finally {
    await asterisk.stop()
    await ports.release()
  }
})

it('gives each claimant ports of his own', async () => {
  const blocks = await Promise.all([claimPorts(), claimPorts(), claimPorts()])
  const ports = blocks.flatMap((block) => [block.http, block.sip, ...block.others, ...block.rtp])
  expect(new Set(ports).size).toBe(ports.length)
  await Promise.all(blocks.map((block) => block.release()))
})

it.each([
  ['a phone', { phones: [{ name: '101](x)', password: 'p' }] }],
  ['a password', { ariPassword: 'a\nread_only=no' }],
  ['a dial string', { operators: ['PJSIP/101&Local/x@y'] }],
  ['a path', { music: [{ name: 'm', directory: '/a;b', order: 'random' as const }] }],
])('refuses %s that would be configuration of its own', (_, change) => {
  const site = {
    app: 'perezvon-main',
    language: 'ru' as const,
    operators: ['PJSIP/101'],
    defaultDid: '+73432001122',
    ariPassword: 'secret',
    bind: '127.0.0.1',
    ports: { http: 8088, sip: 5060, rtp: [10_000, 10_998] as [number, number] },
    phones: [{ name: '101', password: 'p', callerName: 'Анна "<script>" ; x' }],
    trunks: [],
    music: [],
  }
  expect(siteFiles(site)['phones.conf']).toContain('callerid = Анна   script     x <101>')
  expect(() => siteFiles({ ...site, ...change })).toThrow(/not usable/)
})
