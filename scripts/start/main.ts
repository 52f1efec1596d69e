/** The program behind `scripts/up`: reads the command line, listens to Ctrl-C, plays the demo or starts the system, gives the exit code. */
import { playDemo } from '../demo/play.ts'
import { type UpOptions, readOptions, UsageError } from './options.ts'
import { runSite } from './run-site.ts'
import { Terminal, wantsColour } from './terminal.ts'
import { terminalLanguage } from '../../src/cli/config.ts'

/** The person leaves, or the machine wants us to. */
class Leaving extends Error {
  override name = 'Leaving'
}

const INTERRUPTED = 130
const leaving = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // the second time at once: the kernel ends what we have started when we end
    if (leaving.signal.aborted) process.exit(INTERRUPTED)
    leaving.abort(new Leaving(signal))
  })
}
// a terminal that was closed takes no more words, but everything must still end in order
process.stdout.on('error', () => {})

const write = (text: string): void => void process.stdout.write(text)
const colour = wantsColour(process.env, process.stdout.isTTY)

// what still waits for somebody on the phone must not keep us
process.exit(await main())

async function main(): Promise<number> {
  let options: UpOptions
  try {
    options = readOptions(process.argv.slice(2), process.env)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    new Terminal(terminalLanguage(), colour, write).say('usage-error', { text: error.message })
    return 2
  }
  const terminal = new Terminal(options.language, colour, write)
  if (options.help) {
    terminal.say('usage')
    return 0
  }
  if (options.demo) return demo(options, terminal)
  const code = await runSite(options, terminal, leaving.signal, () => demoFirst(options, terminal))
  if (leaving.signal.aborted) terminal.say('ended')
  return code
}

async function demo(options: UpOptions, terminal: Terminal): Promise<number> {
  try {
    const kept = await playDemo({ ...shared(terminal), signal: leaving.signal, stays: !options.once })
    return kept ? 0 : 1
  } catch (error) {
    if (!(error instanceof Leaving)) throw error
    return INTERRUPTED
  }
}

/** Before the first start: what it is all about. Enter skips it. */
async function demoFirst(options: UpOptions, terminal: Terminal): Promise<void> {
  if (options.noDemo || options.ari !== null) return
  terminal.say('first-time')
  const skip = new AbortController()
  const onEnter = () => skip.abort(new Leaving('Enter'))
  if (process.stdin.isTTY) {
    terminal.say('first-time-skip')
    process.stdin.once('data', onEnter)
  }
  try {
    const signal = AbortSignal.any([leaving.signal, skip.signal])
    if (!(await playDemo({ ...shared(terminal), signal, stays: false }))) terminal.warn('demo-failed')
  } catch (error) {
    if (!(error instanceof Leaving) || leaving.signal.aborted) throw error
    terminal.say('demo-skipped')
  } finally {
    process.stdin.off('data', onEnter)
    process.stdin.pause()
  }
  terminal.line()
}

function shared({ language, write, colour }: Terminal) {
  return { language, write, colour }
}
