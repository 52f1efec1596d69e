/** Long work in short turns: callers are served by the same thread. */

const TURN_MS = 5

/** Call it once a row: it resolves at once, or after everybody else had a turn. */
export function turns(): () => Promise<void> | undefined {
  let began = performance.now()
  return () => {
    if (performance.now() - began < TURN_MS) return undefined
    return new Promise((resolve) =>
      setImmediate(() => {
        began = performance.now()
        resolve()
      }),
    )
  }
}
