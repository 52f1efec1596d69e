/**
 * Three days without a mail server, and what becomes of the notices of those days: the outbox with its real database and its real words, on a
 * clock that is played. Nothing is asserted here.
 */
import { Journal } from '../../../src/store/journal.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import type { Gate } from '../../../src/notices/delivery.ts'
import { digestGate } from '../../../src/notices/digest-gate.ts'
import { defaultOutboxRules } from '../../../src/notices/outbox-worker.ts'
import { Digests } from '../../../src/store/digests.ts'
import { configOf } from '../../support/config-of.ts'
import { chance } from '../../reports/support/random.ts'
import { mailSettings, startOutboxRig } from '../support/outbox-rig.ts'
import { type Loss, losses } from './played-company.ts'
import { PlayedServer, type Taken } from './played-server.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** In Yekaterinburg a Monday morning. */
const BEGAN = Date.parse('2026-11-23T09:00:00+05:00')

export interface OutagePlan {
  notices: number
  hours: number
  seed: number
  digests: boolean
}

export interface Outage {
  plan: OutagePlan
  losses: Loss[]
  taken: Taken[]
  tries: PlayedServer['tries']
  /** When the server could be reached again, and when the last notice had left. */
  endedAt: number
  drainedAt: number
  /** Of the rows, afterwards. */
  statuses: Record<string, number>
  perSecond: number
  connections: number
}

export async function playOutage(plan: OutagePlan): Promise<Outage> {
  const endedAt = BEGAN + plan.hours * HOUR
  await using rig = await startOutboxRig(mailSettings(1))
  const { clock, database } = rig
  clock.time = BEGAN
  // it comes back, and goes away three times for a minute before it is well
  const away = [0, 2, 5, 9].map((minutes, i) =>
    i === 0 ? ([BEGAN, endedAt] as const) : ([endedAt + minutes * MINUTE, endedAt + (minutes + 1) * MINUTE] as const),
  )
  const server = new PlayedServer(clock, { away, greylistMs: 10 * MINUTE })
  const waits = chance(plan.seed + 1)
  const worker = rig.makeWorker({
    sender: server,
    ...(plan.digests && { gate: gateOf(rig) }),
    rules: defaultOutboxRules,
    random: () => waits.next(),
    time: { now: () => clock.time, sleep },
  })
  async function sleep(ms: number): Promise<void> {
    const wakes = clock.time + ms
    await Promise.resolve()
    clock.time = Math.max(clock.time, wakes)
  }
  const journal = new Journal(database.prisma, silentLogger)
  const all = losses(plan.notices, BEGAN, endedAt, plan.seed)
  let written = 0
  for (let writesAt = BEGAN; ;) {
    if (clock.time >= writesAt) {
      const from = written
      while (written < all.length && all[written]!.at <= clock.time) written++
      await journal.commit(all.slice(from, written).map(({ entry }) => entry))
      writesAt = clock.time + MINUTE
    }
    await worker.pass()
    if (written === all.length && (await rig.outbox.counts()).pending === 0) break
    // the outbox looks every second; while nothing can be sent, looking is all that it does
    clock.time = Math.floor(clock.time / 1000 + 1) * 1000
  }
  const rows = await database.prisma.notice.groupBy({ by: ['kind', 'status'], _count: true })
  const { perSecond, connections } = defaultOutboxRules
  return {
    plan,
    losses: all,
    taken: server.taken,
    tries: server.tries,
    endedAt,
    drainedAt: server.taken.at(-1)?.at ?? endedAt,
    statuses: Object.fromEntries(rows.map(({ kind, status, _count }) => [`${kind} ${status}`, _count])),
    perSecond,
    connections,
  }
}

/** With the limits that stand when the configuration says nothing. */
function gateOf({ database, clock }: Awaited<ReturnType<typeof startOutboxRig>>): Gate {
  const config = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru } }
groups: { operators: { members: [anna] } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: busy }] }
missed_calls: { mail: { to: [group] } }
`)
  const digests = new Digests(database.prisma)
  const gate = digestGate({ digests, config: () => config, clock, stillNeeded: () => Promise.resolve(true) })
  return (notice) => {
    // on a disk no two are gathered within one millisecond
    clock.time += 2
    return gate(notice)
  }
}
