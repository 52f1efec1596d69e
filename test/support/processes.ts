/** Which processes live, told by a variable of their environment that their starter has set and that they hand on. */
import { readdir, readFile } from 'node:fs/promises'
import { sleep } from '../../src/runtime/abort.ts'

/** Command lines by process id. */
export async function processesWith(variable: string): Promise<Map<number, string>> {
  const found = new Map<number, string>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    // it may end while we read
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '')
    if (!environment.split('\0').includes(variable)) continue
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    if (command !== '') found.set(Number(name), command.replaceAll('\0', ' '))
  }
  return found
}

/** Resolves with those that still live after `ms`; empty as soon as there are none. */
export async function processesLeft(variable: string, ms: number): Promise<string[]> {
  for (const deadline = Date.now() + ms; ; await sleep(100)) {
    const living = await processesWith(variable)
    if (living.size === 0 || Date.now() > deadline) return [...living.values()]
  }
}
