/** Watches over the daemon and Asterisk: started again when they end by themselves, but not for ever. */
import { sleep } from '../../src/runtime/abort.ts'
import type { LocalAsterisk } from '../rig/local-asterisk.ts'
import type { DaemonProcess } from './daemon-process.ts'
import { Restarts } from './restarts.ts'
import type { Terminal } from './terminal.ts'

const LOOK_MS = 500

/** Resolves with the exit code of a daemon that is given up. Rejects with the signal's reason; the daemon then still runs. */
export async function keepDaemon(
  first: DaemonProcess,
  again: () => DaemonProcess,
  { terminal, log, signal }: { terminal: Terminal; log: string; signal: AbortSignal },
): Promise<number> {
  const restarts = new Restarts()
  for (let daemon = first; ; daemon = again()) {
    const code = await ended(daemon, signal)
    const wait = restarts.next(code, Date.now())
    if (wait === null) {
      terminal.warn('daemon-given-up', { code, log })
      return code === 0 ? 1 : code
    }
    terminal.warn('daemon-again', { code, seconds: wait / 1000, log })
    await sleep(wait, signal)
  }
}

/** Resolves with 1 when Asterisk is given up. Rejects with the signal's reason. */
export async function keepAsterisk(
  asterisk: LocalAsterisk,
  { terminal, log, signal }: { terminal: Terminal; log: string; signal: AbortSignal },
): Promise<number> {
  const restarts = new Restarts()
  for (;;) {
    while (asterisk.pid !== null) await sleep(LOOK_MS, signal)
    signal.throwIfAborted()
    const wait = restarts.next(1, Date.now())
    if (wait === null) {
      terminal.warn('asterisk-given-up', { log })
      return 1
    }
    terminal.warn('asterisk-again', { seconds: wait / 1000, log })
    await sleep(wait, signal)
    // one that ends while booting counts like one that ends later
    await asterisk
      .start()
      .catch((error: unknown) => terminal.line(error instanceof Error ? error.message : String(error)))
  }
}

function ended(daemon: DaemonProcess, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason as Error)
    if (signal.aborted) return leave()
    signal.addEventListener('abort', leave, { once: true })
    void daemon.exit.then((code) => {
      signal.removeEventListener('abort', leave)
      resolve(code)
    })
  })
}
