import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AlreadyRunning, lockFolder } from '../../src/runtime/process-lock.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perezvon-lock-'))
})
afterEach(() => rm(dir, { recursive: true }))

it('one process has the folder; when it gives it back another may', () => {
  const unlock = lockFolder(dir)
  expect(() => lockFolder(dir)).toThrow(AlreadyRunning)
  expect(() => lockFolder(dir)).toThrow(`process ${process.pid}`)
  unlock()
  lockFolder(dir)()
})

it('a process that was killed does not keep it', async () => {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  await writeFile(join(dir, 'daemon.pid'), `${child.pid} 12345`)
  expect(lockFolder(dir)).not.toThrow()
})

it('another process that has got the number of the killed one is not taken for it', async () => {
  await writeFile(join(dir, 'daemon.pid'), `${process.pid} 1`)
  expect(lockFolder(dir)).not.toThrow()
})

it('a half-written lock is none', async () => {
  await writeFile(join(dir, 'daemon.pid'), '')
  expect(lockFolder(dir)).not.toThrow()
})
