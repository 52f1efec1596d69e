import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeMessage } from '../../src/ivr/voicemail.ts'
import { writeWav } from '../../src/prompts/wav.ts'
import { callerOf } from './caller.ts'

let recordingsDir: string
beforeEach(async () => {
  recordingsDir = await mkdtemp(join(tmpdir(), 'perezvon-voicemail-'))
})
afterEach(() => rm(recordingsDir, { recursive: true }))

const SAID = writeWav(
  Int16Array.from({ length: 16_000 }, (_, i) => 8_000 * Math.sin(i)),
  8000,
)
const SILENCE = writeWav(new Int16Array(16_000), 8000)
const STEP = {
  kind: 'voicemail' as const,
  voicemail: { to: 'sales', play: 'greeting', max: 60_000, silence: 5_000 },
}

/** A caller at the answerphone; `sound` is what Asterisk gives for the recording. */
function atTheAnswerphone(ms: number, sound: () => Promise<Buffer>) {
  const caller = callerOf('\n  main: [{ hangup: normal }]')
  const removed: string[] = []
  caller.leg.recording = async ({ name }) => ({
    name,
    ms,
    fetch: sound,
    remove: async () => void removed.push(name),
  })
  const take = (signal = caller.leg.signal) => takeMessage({ ...caller.context, recordingsDir }, STEP, signal)
  return { ...caller, removed, take }
}

it('keeps what was said, and only then forgets it in Asterisk', async () => {
  const caller = atTheAnswerphone(1_000, async () => SAID)
  expect(await caller.take()).toBe('recorded')
  const [recorded] = caller.steps('recorded')
  expect(recorded).toMatchObject({ to: 'sales', ms: 2_000 })
  const [file] = await readdir(recordingsDir)
  expect(recorded).toMatchObject({ file })
  expect(await readFile(join(recordingsDir, file!))).toEqual(SAID)
  expect(caller.removed).toHaveLength(1)
})

it('keeps nothing when nothing was said, whatever Asterisk counted', async () => {
  const caller = atTheAnswerphone(2_000, async () => SILENCE)
  await caller.take()
  expect(caller.steps('recorded')).toMatchObject([{ ms: 0, file: null }])
  expect(await readdir(recordingsDir)).toEqual([])
  expect(caller.removed).toHaveLength(1)
})

it('a message that cannot be fetched is told, and stays in Asterisk', async () => {
  const caller = atTheAnswerphone(3_000, () => Promise.reject(new Error('no answer')))
  await caller.take()
  expect(caller.steps('recorded')).toMatchObject([{ ms: 3_000, file: null }])
  expect(caller.removed).toEqual([])
})

it('a message for which there is no room is told, and stays in Asterisk', async () => {
  await rm(recordingsDir, { recursive: true })
  await writeFile(recordingsDir, 'a file where the folder should be')
  const caller = atTheAnswerphone(3_000, async () => SAID)
  await caller.take()
  expect(caller.steps('recorded')).toMatchObject([{ ms: 2_000, file: null }])
  expect(caller.removed).toEqual([])
})

it('whose greeting was cut short by a key records nothing', async () => {
  const caller = atTheAnswerphone(0, async () => SILENCE)
  const key = new AbortController()
  const taking = caller.take(key.signal)
  await caller.phone.hears('greeting')
  key.abort()
  expect(await taking).toBe('interrupted')
  expect(caller.steps('recorded')).toEqual([])
})

it('without its greeting it still records', async () => {
  const caller = atTheAnswerphone(1_000, async () => SAID)
  caller.context.sounds = () => []
  await takeMessage({ ...caller.context, recordingsDir }, STEP, caller.leg.signal)
  expect(caller.steps('sound-failed')).toMatchObject([{ sounds: ['greeting'] }])
  expect(caller.steps('recorded')).toHaveLength(1)
})
