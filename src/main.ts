/** The daemon's entry: signals and exit codes. SIGTERM drains, a second one ends at once; SIGHUP reads the configuration anew. */
import { type Daemon, exitCodes, startDaemon, StartRefused } from './daemon.ts'

/** How long calls in progress may go on after SIGTERM. Talks of two people go on without us anyway. */
const DRAIN_MS = 10_000

let daemon: Daemon | null = null
let stopping = false
/** SIGHUP came while we were starting, perhaps after the configuration had been read. */
let reloadWanted = false

const stop = (): void => {
  if (stopping) process.exit(exitCodes.failed)
  stopping = true
  if (!daemon) process.exit(exitCodes.ok)
  daemon.stop(DRAIN_MS).then(
    () => process.exit(exitCodes.ok),
    (error: unknown) => {
      console.error(error)
      process.exit(exitCodes.failed)
    },
  )
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.on('SIGHUP', () => {
  if (daemon) daemon.reload()
  else reloadWanted = true
})

try {
  daemon = await startDaemon(process.env, () => process.exit(exitCodes.replaced))
  if (reloadWanted) daemon.reload()
} catch (error) {
  if (!(error instanceof StartRefused)) console.error(error)
  process.exit(error instanceof StartRefused ? error.exitCode : exitCodes.failed)
}
