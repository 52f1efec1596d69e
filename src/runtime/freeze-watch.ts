/** Notices that the process stood still (a frozen host, SIGSTOP, a blocked loop): what it knows of the world is then old. */

const LOOK_EVERY_MS = 1_000
/** A pause longer than this, and calls may have gone past us. */
const FROZEN_MS = 5_000

/** Returns how to stop watching. */
export function watchForFreeze(onThaw: (seconds: number) => void): () => void {
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    if (now - last > FROZEN_MS) onThaw(Math.round((now - last) / 1000))
    last = now
  }, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}
