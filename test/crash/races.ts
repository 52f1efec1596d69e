/**
 * Races on the real thing: two phones answer within 0-5 ms, and some callers leave in that very moment. Each pair of desks has a line of its own,
 * so that several races run side by side.
 */
import type { PhoneCall } from '../../bench/phone-call.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { between, chanceFor } from './chance.ts'
import { CrashWorld } from './crash-world.ts'
import { gather, type SipCall } from './evidence.ts'
import { rest } from './kill-run.ts'
import { CALLER } from './people.ts'
import { bridgedWith } from './talks.ts'
import { judge } from './witness.ts'

const PAIRS = 3
const ANSWER_MS = 300
const TALK_MS = 300
/** A race that is not over by then has gone wrong, and the judge will say how. */
const RACE_MS = 20_000

export interface Races {
  races: number
  /** Callers who were in a bridge with two desks at once. */
  doubleBridges: number
  /** From the answer of who came too late to the end of his call, ms. */
  releasedAfter: number[]
  /** Callers who left in the moment of the answer. */
  left: number
  violations: string[]
}

const deskOf = (pair: number, side: 0 | 1) => String(2000 + 2 * pair + side)
const lineOf = (pair: number) => `+7343200100${pair}`

export async function runRaces(races: number, seed: number): Promise<Races> {
  const pairs = Array.from({ length: PAIRS }, (_, pair) => pair)
  const extensions = pairs.flatMap((pair) => [deskOf(pair, 0), deskOf(pair, 1)])
  const world = await CrashWorld.start({ config: raceConfig(pairs), extensions })
  const calls: PhoneCall[] = []
  const { phone } = world
  /** Of the race that runs on a pair: when each side answers. */
  const offsets = new Map<string, number>()
  phone.behave = (desk) => ({ answerAfterMs: ANSWER_MS + (offsets.get(desk) ?? 0), speaks: true })
  phone.onRing = (call) => void calls.push(call)
  let left = 0
  const race = async (pair: number, n: number) => {
    const rnd = chanceFor(seed, 'race', n)
    offsets.set(deskOf(pair, 0), between(rnd, 0, 5))
    offsets.set(deskOf(pair, 1), between(rnd, 0, 5))
    const { call, over } = phone.call(lineOf(pair), { from: `${CALLER}${2_000_000 + n}`, speaks: true })
    calls.push(call)
    if (rnd() < 0.2) {
      left++
      // from the moment in which the phones ring
      while (call.end === null && !calls.some((ring) => ring.direction === 'taken' && ring.from === call.from))
        await sleep(5)
      await sleep(ANSWER_MS + between(rnd, -3, 8))
      phone.leave(call)
    } else {
      for (const end = Date.now() + RACE_MS; call.at.operator === undefined && call.end === null; await sleep(5))
        if (Date.now() > end) break
      await sleep(TALK_MS)
      phone.leave(call)
    }
    await over
    // the next race of this pair begins with two free phones
    while (calls.some((ring) => ring.end === null && ring.from === call.from)) await sleep(10)
  }
  let bad = true
  try {
    world.startDaemon()
    await world.ready()
    let next = 0
    const run = async (pair: number) => {
      while (next < races) await race(pair, next++)
    }
    await Promise.all(pairs.map(run))
    await rest(world, raceConfig(pairs))
    const evidence = await gather(world, calls, [])
    const { violations } = judge(evidence)
    bad = violations.length > 0
    const talks = bridgedWith(evidence.cel, [])
    const overlapping = [...talks].filter(([id, with_]) => /^\d+\.\d+$/.test(id) && overlap(with_))
    return {
      races: evidence.sip.filter((call) => call.direction === 'placed').length,
      doubleBridges: overlapping.length,
      releasedAfter: lateOnes(evidence.sip).map((ring) => ring.over! - ring.answered!),
      left,
      violations,
    }
  } finally {
    await world.stop(bad)
  }
}

function overlap(talks: { from: number; to: number }[]): boolean {
  return talks.some((one, i) => talks.slice(i + 1).some((other) => one.from < other.to && other.from < one.to))
}

/** Who answered, and was not the one whom the caller heard: all but the longest of the legs. */
function lateOnes(sip: SipCall[]): SipCall[] {
  const heard = sip.filter((call) => call.direction === 'placed' && call.operator !== null)
  return heard.flatMap(({ from }) =>
    sip
      .filter(
        (ring) => ring.direction === 'taken' && ring.from === from && ring.answered !== null && ring.over !== null,
      )
      .toSorted((a, b) => b.over! - b.answered! - (a.over! - a.answered!))
      .slice(1),
  )
}

function raceConfig(pairs: number[]): string {
  const each = (line: (pair: number) => string) => pairs.map(line).join('\n')
  return `version: 1
company: { name: Races, language: en, timezone: Europe/Moscow, country: RU }
people:
${each((n) => `  a${n}: { name: A ${n}, rings: PJSIP/${deskOf(n, 0)} }\n  b${n}: { name: B ${n}, rings: PJSIP/${deskOf(n, 1)} }`)}
groups:
  operators: { members: [a0, b0] }
${each((n) => `  pair${n}: { members: [a${n}, b${n}], ring: all, each: 8s, total: 8s }`)}
hours:
  always: { week: { mon-sun: "24h" } }
trunks:
  provider: { endpoint: PJSIP/provider, lines: 100, caller_id: "${lineOf(0)}" }
lines:
${each((n) => `  "${lineOf(n)}": { name: Pair ${n}, flow: pair${n} }`)}
flows:
${each((n) => `  pair${n}: [{ ring: { to: pair${n}, music: ringing } }, { unanswered: { hangup: normal } }]`)}
missed_calls:
  shortest_talk: 0s
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
`
}
