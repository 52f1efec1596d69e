/** Waiting that can be called off. Every wait in the house takes a signal, a limit, or both. */

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reasonOf(signal))
    const onAbort = () => {
      clearTimeout(timer)
      reject(reasonOf(signal!))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Settles like `work`, but rejects with the signal's reason when that comes first. The work itself goes on: stop it by its own means. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal))
    const onAbort = () => reject(reasonOf(signal))
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** `work` with a deadline: rejects with a TimeoutError that says what was waited for. */
export function withTimeout<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError(`${what}: nothing within ${ms} ms`)), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

export class TimeoutError extends Error {
  override name = 'TimeoutError'
}

/** One for all: a new error takes the stack each time, and nobody reads why those who waited gave up themselves. */
const OVER = new Error('nobody waits for this any more')

class ChildController extends AbortController {
  override abort(reason: unknown = OVER): void {
    super.abort(reason)
  }
}

/** A controller that also aborts with any of `parents`. Call `unlink` when done: long-lived parents would keep it. */
export function childController(...parents: AbortSignal[]): { controller: AbortController; unlink: () => void } {
  const controller = new ChildController()
  const undo: (() => void)[] = []
  for (const parent of parents) {
    if (parent.aborted) controller.abort(parent.reason)
    const onAbort = () => controller.abort(parent.reason)
    parent.addEventListener('abort', onAbort, { once: true })
    undo.push(() => parent.removeEventListener('abort', onAbort))
  }
  return { controller, unlink: () => undo.forEach((f) => f()) }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason })
}

/** Resolves when the signal aborts, for whatever reason. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
