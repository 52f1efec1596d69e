/** A run over a bad line: callers, call-backs and a campaign while the line between the daemon and Asterisk is bad in one way after another. */
import { FaultLine } from '../support/fault-line.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { chanceFor } from './chance.ts'
import { CrashWorld } from './crash-world.ts'
import { type Death, gather } from './evidence.ts'
import { prepare, rest } from './kill-run.ts'
import { crashConfig, DESKS, People } from './people.ts'
import { judge, type Judgement } from './witness.ts'

export type Fault = 'frames lost' | 'originates unanswered' | 'late' | 'reset' | 'half-open'

/** How long each way of being bad lasts. */
const BAD_MS = 6_000
const LATE_MS = 250

export async function badLineRun(
  faults: readonly Fault[],
  seed: number,
  contacts = 20,
): Promise<Judgement & { lost: number }> {
  let line!: FaultLine
  const world = await CrashWorld.start({
    config: crashConfig(),
    extensions: DESKS,
    between: async (url) => {
      line = await FaultLine.to(Number(new URL(url).port))
      return `http://127.0.0.1:${line.port}`
    },
  })
  const rnd = chanceFor(seed, 'frames')
  const seen = new Set<string>()
  let lost = 0
  const always = new Set(faults)
  line.loses = (text) => {
    const isLost =
      (always.has('frames lost') && rnd() < 0.01) || (always.has('originates unanswered') && isFirstWordOf(text, seen))
    if (isLost) lost++
    return isLost
  }
  // for the judge the daemon is away while nobody hears it
  const deaths: Death[] = []
  const away = async (begin: () => void, end: () => void) => {
    const death: Death = { of: 'daemon', at: Date.now(), backAt: null }
    deaths.push(death)
    begin()
    await sleep(BAD_MS)
    end()
    await world.ready()
    death.backAt = Date.now()
  }
  let bad = true
  try {
    const people = new People(world.phone, seed)
    world.startDaemon()
    await world.ready()
    await prepare(world, contacts)
    people.start(2)
    await sleep(BAD_MS)
    if (always.has('reset'))
      await away(
        () => line.cut(),
        () => line.mend(),
      )
    if (always.has('half-open'))
      await away(
        () => line.goDead(),
        () => line.mend(),
      )
    if (always.has('late')) {
      line.delayMs = LATE_MS
      await sleep(BAD_MS)
      line.delayMs = 0
    }
    people.stop()
    await rest(world)
    const judgement = judge(await gather(world, people.calls, deaths))
    bad = judgement.violations.length > 0
    return { ...judgement, lost }
  } finally {
    await world.stop(bad)
    await line.close()
  }
}

/** The reply to an originate is the first that speaks of its channel: whoever asks after it comes later. */
function isFirstWordOf(text: string, seen: Set<string>): boolean {
  if (!text.includes('"RESTResponse"')) return false
  const channel = /"uri":"channels\/((?:attempt|cb|leg)-\w+)/.exec(text.replaceAll('\\/', '/'))?.[1]
  if (!channel || seen.has(channel)) return false
  seen.add(channel)
  return true
}
