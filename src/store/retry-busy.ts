/** SQLite lets one process write at a time. A short statement that found it busy is worth repeating, off the thread. */
import { sleep } from '../runtime/abort.ts'
import { isBusy } from './journal.ts'

/** Runs one statement again while another process holds the file, for some seconds; then throws what the database said. */
export async function retryBusy<T>(statement: () => PromiseLike<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await statement()
    } catch (error) {
      if (tries >= 10 || !isBusy(error)) throw error
      await sleep(50 * tries)
    }
  }
}
