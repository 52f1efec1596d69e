/** The pure parts of `scripts/up`. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { demoCompany } from '../../scripts/demo/company.ts'
import { daytimeZone } from '../../scripts/demo/daytime.ts'
import { textTable } from '../../scripts/demo/text-table.ts'
import { siteFiles } from '../../scripts/rig/site-files.ts'
import { findAsterisk, NoAsterisk } from '../../scripts/start/asterisk-program.ts'
import { phonesOf, siteOf } from '../../scripts/start/asterisk-site.ts'
import { keptPasswords } from '../../scripts/start/kept.ts'
import { readOptions, UsageError } from '../../scripts/start/options.ts'
import { isConfigured, writeSampleConfig } from '../../scripts/start/own-config.ts'
import { Restarts } from '../../scripts/start/restarts.ts'
import { settingsEnv } from '../../scripts/start/settings-file.ts'
import { Started } from '../../scripts/start/started.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'up-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the command line', () => {
  it('takes the language of the terminal until it is told another', () => {
    expect(readOptions([], { LANG: 'ru_RU.UTF-8' }).language).toBe('ru')
    expect(readOptions(['--lang', 'en'], { LANG: 'ru_RU.UTF-8' }).language).toBe('en')
  })

  it.each([
    [['--demo', '--once'], { demo: true, once: true }],
    [['--once'], { demo: true, once: true }],
    [['--ari', 'http://pbx:8088/ari/'], { ari: 'http://pbx:8088' }],
    [['--listen', '0.0.0.0'], { listen: '0.0.0.0' }],
    [
      [],
      { demo: false, ari: null, asterisk: null, listen: '127.0.0.1', configFolder: 'config', dataFolder: '.perezvon' },
    ],
  ])('%j', (words, expected) => expect(readOptions(words, {})).toMatchObject(expected))

  it.each([
    [['--nonsense']],
    [['--lang', 'fr']],
    [['--ari', 'pbx']],
    [['--ari', 'http://me:secret@pbx:8088']],
    [['--ari', 'http://pbx:8088', '--asterisk', '/usr/sbin/asterisk']],
  ])('refuses %j', (words) => expect(() => readOptions(words, {})).toThrow(UsageError))
})

describe('something that ends by itself', () => {
  it('is started three times in ten minutes, each time later, and then given up', () => {
    const restarts = new Restarts()
    expect([0, 10, 20, 30].map((second) => restarts.next(1, second * 1000))).toEqual([1_000, 5_000, 15_000, null])
  })

  it('has a clean slate after ten quiet minutes', () => {
    const restarts = new Restarts()
    for (const at of [0, 1, 2]) restarts.next(1, at)
    expect(restarts.next(1, 11 * 60_000)).toBe(1_000)
  })

  it.each([3, 75])('is not started again when that is no use (exit code %i)', (code) =>
    expect(new Restarts().next(code, 0)).toBeNull(),
  )
})

describe('passwords', () => {
  it('stay the same, and new phones get their own', async () => {
    const first = await keptPasswords(folder, ['101'])
    const second = await keptPasswords(folder, ['101', '102'])
    expect(second.ariPassword).toBe(first.ariPassword)
    expect(second.phones['101']).toBe(first.phones['101'])
    expect(new Set([...Object.values(second.phones), second.ariPassword]).size).toBe(3)
    expect((await stat(join(folder, 'up.json'))).mode & 0o077).toBe(0)
  })
})

describe('settings', () => {
  it('come from the file, and the environment wins', async () => {
    const file = join(folder, 'settings')
    await writeFile(file, 'PEREZVON_LOG=warn\nPEREZVON_STRICT=1\n')
    expect(await settingsEnv(file, folder, { PEREZVON_LOG: 'debug' })).toEqual({
      PEREZVON_LOG: 'debug',
      PEREZVON_STRICT: '1',
    })
    expect(await settingsEnv(null, folder, {})).toEqual({})
    await expect(settingsEnv(join(folder, 'absent'), folder, {})).rejects.toThrow('absent')
  })
})

describe('an Asterisk that is installed', () => {
  const install = async (version: string) => {
    await mkdir(join(folder, 'usr/sbin'), { recursive: true })
    await mkdir(join(folder, 'usr/lib/x86_64-linux-gnu/asterisk/modules'), { recursive: true })
    await mkdir(join(folder, 'usr/share/asterisk/sounds'), { recursive: true })
    await writeFile(join(folder, 'usr/lib/x86_64-linux-gnu/asterisk/modules/res_ari.so'), '')
    await writeFile(join(folder, 'usr/sbin/asterisk'), `#!/bin/sh\necho "Asterisk ${version}"\n`, { mode: 0o755 })
    return join(folder, 'usr/sbin/asterisk')
  }

  it('is shown to the rig in the shape of the cache, also when links of a former one are there', async () => {
    const program = await install('22.10.1~dfsg+~cs6.17')
    for (let round = 0; round < 2; round++) {
      const found = await findAsterisk(program, join(folder, 'links'))
      expect(found.version).toBe('22.10.1')
      expect(await readdir(join(found.cache, 'root/usr/lib/installed-linux-gnu/asterisk/modules'))).toEqual([
        'res_ari.so',
      ])
      expect(await readdir(join(found.cache, 'root/usr/share/asterisk'))).toEqual(['sounds'])
    }
  })

  it('must be there, and with its modules', async () => {
    await expect(findAsterisk(join(folder, 'nowhere'), join(folder, 'links'))).rejects.toThrow(NoAsterisk)
    await mkdir(join(folder, 'bin'))
    await writeFile(join(folder, 'bin/asterisk'), '')
    await expect(findAsterisk(join(folder, 'bin/asterisk'), join(folder, 'links'))).rejects.toThrow('res_ari.so')
  })
})

describe('the sample configuration', () => {
  it.each(['ru', 'en'] as const)(
    '%s: loads without a warning of its own, and Asterisk can be set up from it',
    async (language) => {
      const file = join(folder, 'config/perezvon.yaml')
      expect(isConfigured(file)).toBe(false)
      await writeSampleConfig(file, language, join(folder, 'no-cache'))
      expect(isConfigured(file)).toBe(true)
      const loaded = loadConfig(file)
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
      const kept = await keptPasswords(
        folder,
        phonesOf(loaded.config).map(({ extension }) => extension),
      )
      const ports = { http: 8088, sip: 5060, rtp: [10_000, 10_998] as [number, number] }
      const files = siteFiles(siteOf(loaded.config, { app: 'perezvon', bind: '127.0.0.1', ports, kept }))
      expect(files['phones.conf']).toContain('[101](perezvon-phone)')
      expect(files['globals.conf']).toContain('PEREZVON_OPERATORS = PJSIP/101')
      expect(files['trunks.conf']).toBe('')
    },
  )

  it('is never written over what is there', async () => {
    await mkdir(join(folder, 'config/prompts'), { recursive: true })
    await writeFile(join(folder, 'config/prompts/index.yaml'), '# mine\n')
    await writeSampleConfig(join(folder, 'config/perezvon.yaml'), 'en', join(folder, 'no-cache'))
    expect(await readFile(join(folder, 'config/prompts/index.yaml'), 'utf8')).toBe('# mine\n')
    expect(isConfigured(join(folder, 'config/perezvon.yaml'))).toBe(true)
  })
})

describe('what was started', () => {
  it('is ended in the reverse order, all of it, also when one end fails', async () => {
    const started = new Started()
    const ended: string[] = []
    started.keep('first', (name) => ended.push(name))
    started.keep('second', () => Promise.reject(new Error('second does not end')))
    started.keep('third', (name) => ended.push(name))
    await expect(started.endAll()).rejects.toThrow('second does not end')
    expect(ended).toEqual(['third', 'first'])
  })

  it('is ended although the person has left before it was there', async () => {
    const started = new Started()
    const ended: string[] = []
    const left = AbortSignal.abort(new Error('left'))
    expect(() => started.keep('late', (name) => ended.push(name), left)).toThrow('left')
    await started.endAll()
    expect(ended).toEqual(['late'])
  })
})

describe('the demo', () => {
  const day = Date.UTC(2026, 10, 23)

  it.each(['ru', 'en'] as const)('%s: finds a zone in which it is daytime, at any hour, also in summer', (language) => {
    for (const start of [day, Date.UTC(2026, 6, 5)]) {
      for (let quarter = 0; quarter < 96; quarter++) {
        const at = start + quarter * 900_000
        const zone = daytimeZone(language, at)
        const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(at)
        expect(time >= '09:05' && time < '19:50', `${new Date(at).toISOString()} ${zone} ${time}`).toBe(true)
      }
    }
  })

  it.each(['ru', 'en'] as const)('%s: its configuration is a good one', async (language) => {
    const company = demoCompany(language, day)
    await mkdir(join(folder, 'prompts'))
    await mkdir(join(folder, 'music'))
    await writeFile(join(folder, 'perezvon.yaml'), company.configuration)
    for (const name of Object.keys(company.prompts)) await writeFile(join(folder, `prompts/${name}.wav`), '')
    const loaded = loadConfig(join(folder, 'perezvon.yaml'))
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    expect(Object.keys(loaded.config.lines)).toEqual([company.number])
    expect(company.list.split('\r\n')[0]?.split(/[;,]/)).toEqual(company.columns)
  })

  it('prints tables', () =>
    expect(
      textTable([
        ['a', 'long', ''],
        ['bbb', 'c', 'd'],
      ]),
    ).toBe('a    long\nbbb  c     d'))
})
