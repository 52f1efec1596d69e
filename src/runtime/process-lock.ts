/** One daemon for one data folder: two would call the same people back. */
import { mkdirSync, openSync, readFileSync, rmSync, writeSync, closeSync } from 'node:fs'
import { join } from 'node:path'

export class AlreadyRunning extends Error {
  override name = 'AlreadyRunning'
  constructor(pid: number, folder: string) {
    super(`a daemon (process ${pid}) works with ${folder} already`)
  }
}

/** Takes the lock, also from a daemon that was killed. Returns how to give it back. Throws AlreadyRunning. */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'daemon.pid')
  for (let tries = 0; ; tries++) {
    try {
      const handle = openSync(file, 'wx', 0o600)
      writeSync(handle, `${process.pid} ${startOf(process.pid)}`)
      closeSync(handle)
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 3) throw error
      const [pid, started] = readFileSync(file, 'utf8').split(' ')
      if (pid && startOf(Number(pid)) === started) throw new AlreadyRunning(Number(pid), folder)
      rmSync(file, { force: true })
    }
  }
}

/** When a process began, so that another process with the same number is not taken for it. Empty: it does not live. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
