import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { printProblems } from '../../src/config/diagnostics.ts'
import { LiveConfig, type ConfigSnapshot } from '../../src/config/live-config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { silentLogger, type Logger } from '../../src/runtime/logger.ts'
import { folderWith, withSections } from './folder.ts'

const named = (name: string) => withSections({ company: `{ name: ${name}, timezone: UTC, country: RU }` })

interface Fixture {
  folder: string
  live: LiveConfig
  errors: string[]
  swaps: [now: ConfigSnapshot, before: ConfigSnapshot][]
  write: (text: string, file?: string) => void
}

async function running(more: Record<string, string> = {}, watching = true): Promise<Fixture> {
  const folder = folderWith({ 'perezvon.yaml': named('First'), ...more })
  const file = join(folder, 'perezvon.yaml')
  const first = loadConfig(file)
  if (!first.ok) throw new Error('the first configuration must be good')
  const errors: string[] = []
  const log: Logger = { ...silentLogger, error: (sentence) => void errors.push(sentence) }
  let time = Date.UTC(2026, 10, 23, 9, 2)
  const live = new LiveConfig({ file, log, clock: { now: () => (time += 60_000) }, settleMs: 60 }, first)
  const swaps: Fixture['swaps'] = []
  live.onSwap((now, before) => swaps.push([now, before]))
  onTestFinished(() => live.stop())
  if (watching) await live.start()
  return {
    folder,
    live,
    errors,
    swaps,
    write: (text, name = 'perezvon.yaml') => writeFileSync(join(folder, name), text),
  }
}

const soon = { timeout: 5_000, interval: 20 }

describe('a change on disk', () => {
  it('is taken over whole, and the former snapshot stays what it was', async () => {
    const { live, swaps, write } = await running()
    const before = live.current
    write(named('Second'))
    await expect.poll(() => live.current.version, soon).toBe(2)
    expect(live.current.config.company.name).toBe('Second')
    expect(before.config.company.name).toBe('First')
    expect(before.version).toBe(1)
    expect(live.current.loadedAt).toBeGreaterThan(before.loadedAt)
    expect(swaps).toEqual([[live.current, before]])
  })

  it('is seen when an editor saves by renaming', async () => {
    const { folder, live, write } = await running()
    for (const [version, name] of [
      [2, 'Second'],
      [3, 'Third'],
    ] as const) {
      write(named(name), '.perezvon.yaml.swp')
      renameSync(join(folder, '.perezvon.yaml.swp'), join(folder, 'perezvon.yaml'))
      await expect.poll(() => live.current.version, soon).toBe(version)
    }
    expect(live.current.config.company.name).toBe('Third')
  })

  it('that breaks it changes nothing, is told with file and line, and is forgotten when repaired', async () => {
    const { live, errors, swaps, write } = await running()
    write(named('First').replace('flow: main', 'flow: mian'))
    await expect.poll(() => live.healthy, soon).toBe(false)
    expect(live.current).toMatchObject({ version: 1, config: { company: { name: 'First' } } })
    expect(errors).toEqual([
      'the new configuration is refused, v1 stays in force',
      expect.stringMatching(/^perezvon\.yaml:7:50 E109 there is no flow “mian”$/),
    ])
    const printed = printProblems(live.problems, live.printOptions('en'))
    expect(printed).toContain('did you mean “main”?')
    expect(printed).toContain('The former configuration v1 of 09:03 stays in force.')

    write(named('Repaired'))
    await expect.poll(() => live.current.version, soon).toBe(2)
    expect(live.healthy).toBe(true)
    expect(live.problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(swaps.map(([now]) => now.config.company.name)).toEqual(['Repaired'])
  })

  it('that deletes the file keeps the configuration, until there is one again', async () => {
    const { folder, live, write } = await running()
    rmSync(join(folder, 'perezvon.yaml'))
    await expect.poll(() => live.problems.map(({ code }) => code), soon).toEqual(['E001'])
    expect(live.current.version).toBe(1)
    write(named('Again'))
    await expect.poll(() => live.current.version, soon).toBe(2)
  })

  it('of an included file and of a calendar counts', async () => {
    const { live, write } = await running({
      'perezvon.yaml': withSections({ include: 'more.yaml', hours: '{ office: { week: {}, holidays: h.ics } }' }),
      'more.yaml': 'groups:\n',
      'h.ics': 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n',
    })
    write('flows: { night: [{ hangup: busy }] }\n', 'more.yaml')
    await expect.poll(() => live.current.config.flows['night'], soon).toBeDefined()
    write(`BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261104\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`, 'h.ics')
    await expect.poll(() => live.current.config.hours['office']?.closedDays, soon).toEqual(['2026-11-04'])
  })

  it('that is many saves at once is one swap', async () => {
    const { live, swaps, write } = await running()
    for (let i = 0; i < 40; i++) write(named(`Step${i}`))
    await expect.poll(() => live.current.config.company.name, soon).toBe('Step39')
    expect(swaps.length).toBeLessThanOrEqual(3)
    expect(live.current.version).toBe(swaps.length + 1)
  })
})

describe('reload()', () => {
  it('says what came of it', async () => {
    const { live, errors, swaps, write } = await running({}, false)
    expect(live.reload()).toBe('unchanged')
    const refusals: number[] = []
    live.onRefused((problems) => refusals.push(problems.length))
    write('version: 1\n')
    expect(live.reload()).toBe('refused')
    const told = errors.length
    expect(live.reload()).toBe('refused')
    // the same complaint is not repeated
    expect(errors.length).toBe(told)
    expect(refusals).toEqual([live.problems.length])
    write(named('First'))
    expect(live.reload()).toBe('unchanged')
    expect(live.healthy).toBe(true)
    write(named('Second'))
    expect(live.reload()).toBe('swapped')
    expect(swaps).toHaveLength(1)
    expect(live.current.version).toBe(2)
  })

  it('tells every listener though one fails, and none that has stopped listening', async () => {
    const { live, errors, swaps, write } = await running({}, false)
    const heard: string[] = []
    live.onSwap(() => {
      throw new Error('this room is on fire')
    })
    live.onSwap(() => heard.push('last'))
    live.onSwap(() => heard.push('gone'))()
    write(named('Second'))
    expect(live.reload()).toBe('swapped')
    expect(heard).toEqual(['last'])
    expect(swaps).toHaveLength(1)
    expect(errors).toHaveLength(1)
  })
})

it('hears nothing after stop()', async () => {
  const { live, write } = await running()
  await live.stop()
  write(named('Second'))
  expect(live.current.version).toBe(1)
  expect(live.reload()).toBe('swapped')
})
