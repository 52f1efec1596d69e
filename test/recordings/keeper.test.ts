import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RecordingKeeper, type RecordingSpool } from '../../src/recordings/keeper.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Journal } from '../../src/store/journal.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const DAY = 86_400_000
const CALLER = '+79123456789'

let database: ThrowAwayDatabase
let journal: Journal
let folder: string
let now: number
/** What lies in Asterisk: name -> sound. */
let spool: Map<string, string>
let asterisk: RecordingSpool & { ready: boolean }
let keeper: RecordingKeeper
beforeEach(async () => {
  database = await throwAwayDatabase()
  journal = new Journal(database.prisma, silentLogger)
  folder = join(await mkdtemp(join(tmpdir(), 'perezvon-recordings-')), 'recordings')
  now = Date.parse('2026-11-26T10:00Z')
  spool = new Map()
  asterisk = {
    ready: true,
    async save(name, file) {
      const sound = spool.get(name)
      if (sound === undefined) return 'missing'
      await writeFile(file, sound)
      return 'saved'
    },
    remove: async (name) => void spool.delete(name),
  }
  keeper = life()
})
afterEach(async () => {
  await database.close()
  await rm(join(folder, '..'), { recursive: true })
})

const life = () =>
  new RecordingKeeper({
    prisma: database.prisma,
    clock: { now: () => now },
    log: silentLogger,
    spool: asterisk,
    folder,
    keepMs: () => 30 * DAY,
  })
const rows = () => database.prisma.talkRecording.findMany({ orderBy: { name: 'asc' } })
const files = () => readdir(folder).catch(() => [])

async function talk(id: string, ...names: string[]): Promise<void> {
  const open = { id, direction: 'inbound' as const, node: 'n', line: null, lineName: null, caller: CALLER }
  const more = { callerShown: CALLER, callerName: null, arrivedAt: now, notice: 'armed' as const, restored: false }
  await journal.commit([
    { op: 'call.open', row: { ...open, ...more, configVersion: 'v', group: null } },
    ...names.map((name, seq) => ({
      op: 'step' as const,
      row: { callId: id, seq, at: now + seq, kind: 'talk-recorded', detail: { name } },
    })),
  ])
}
async function ends(id: string): Promise<void> {
  const row = { id, at: now, verdict: 'answered', reason: null, notice: 'disarmed' as const, group: null }
  await journal.commit([{ op: 'call.end', row: { ...row, waitMs: 0, talkMs: 9_000, cause: 16 } }])
  now += 3_000
}

describe('a recording', () => {
  it('stays in Asterisk while they talk; after it, it is ours alone, and bears the id of the call and no number', async () => {
    await talk('1764151200.7', 'talk-a')
    spool.set('talk-a', 'voices')
    now += 60_000
    await keeper.pass()
    expect(await files()).toEqual([])
    await ends('1764151200.7')
    await keeper.pass()
    expect(await files()).toEqual(['1764151200-7.wav'])
    expect(await readFile(join(folder, '1764151200-7.wav'), 'utf8')).toBe('voices')
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect(spool.size).toBe(0)
    expect(await rows()).toMatchObject([{ status: 'kept', file: '1764151200-7.wav', callId: '1764151200.7' }])
  })

  it('is told apart from another of the same call', async () => {
    await talk('c1', 'talk-b', 'talk-a')
    spool.set('talk-b', 'first').set('talk-a', 'second')
    await ends('c1')
    await keeper.pass()
    expect(await readFile(join(folder, 'c1.wav'), 'utf8')).toBe('first')
    expect(await readFile(join(folder, 'c1-2.wav'), 'utf8')).toBe('second')
  })

  it('is deleted when its time is over, wherever it is', async () => {
    await talk('c1', 'talk-a')
    await talk('c2', 'talk-b')
    spool.set('talk-a', 'voices')
    await ends('c1')
    await keeper.pass()
    spool.set('talk-b', 'of a call that never got its end')
    now += 29 * DAY
    await keeper.pass()
    expect(await files()).toEqual(['c1.wav'])
    now += 2 * DAY
    await keeper.pass()
    expect(await files()).toEqual([])
    expect(spool.size).toBe(0)
    expect(await rows()).toMatchObject([
      { name: 'talk-a', status: 'deleted', file: null },
      { name: 'talk-b', status: 'deleted' },
    ])
  })

  it('of a talk that came to nothing is looked for a while, and then no more', async () => {
    await talk('c1', 'talk-a')
    await ends('c1')
    for (let i = 0; i < 12; i++) {
      await keeper.pass()
      now += 300_000
    }
    expect(await rows()).toMatchObject([{ status: 'lost', tries: 3 }])
    expect(await files()).toEqual([])
  })
})

describe('Asterisk', () => {
  it('cannot be reached: nothing is lost, and nothing is given up', async () => {
    await talk('c1', 'talk-a')
    spool.set('talk-a', 'voices')
    await ends('c1')
    const { save } = asterisk
    asterisk.save = async (_name, file) => {
      await writeFile(file, 'voi')
      throw new Error('the line broke')
    }
    for (let i = 0; i < 8; i++) {
      await keeper.pass()
      now += 7_200_000
    }
    expect(await files()).toEqual([])
    expect(await rows()).toMatchObject([{ status: 'waiting', tries: 8 }])
    asterisk.ready = false
    await keeper.pass()
    expect(await rows()).toMatchObject([{ tries: 8 }])
    Object.assign(asterisk, { ready: true, save })
    await keeper.pass()
    expect(await files()).toEqual(['c1.wav'])
  })

  it.each([
    ['kept', ['c1.wav']],
    ['deleted', []],
  ] as const)('a life that died before the row said %s does it again, to the same end', async (status, there) => {
    await talk('c1', 'talk-a')
    spool.set('talk-a', 'voices')
    await ends('c1')
    const remove = asterisk.remove
    asterisk.remove = () => Promise.reject(new Error('killed'))
    await keeper.pass()
    if (status === 'deleted') now += 31 * DAY
    else await database.prisma.talkRecording.updateMany({ data: { status: 'waiting', file: null } })
    await keeper.pass()
    asterisk.remove = remove
    await life().pass()
    expect(await rows()).toMatchObject([{ status }])
    expect(await files()).toEqual(there)
    // what was not taken out of Asterisk goes when its time is over
    now += 31 * DAY
    await life().pass()
    expect(spool.size).toBe(0)
  })
})
