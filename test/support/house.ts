/**
 * The house as it is, from a caller's arrival to the notice in the outbox, on a fake telephone and a throw-away database: flow, queue, end of
 * call, recovery. Only mail and call-backs are not sent: what a story asks is what would be.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Callbacks, callbacksRoom } from '../../src/app/callbacks.ts'
import { callsRoom, type Calls } from '../../src/app/calls.ts'
import type { Ground } from '../../src/app/ground.ts'
import type { Mail } from '../../src/app/mail.ts'
import { type People, peopleRoom } from '../../src/app/people.ts'
import { recoveryRoom } from '../../src/app/recovery.ts'
import { inboundCalls } from '../../src/calls/inbound.ts'
import { LiveCalls } from '../../src/calls/live-calls.ts'
import type { Config } from '../../src/config/schema.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import type { Recovery } from '../../src/recovery.ts'
import type { Clock } from '../../src/runtime/clock.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Journal } from '../../src/store/journal.ts'
import type { Prisma } from '../../src/store/database.ts'
import type { LivingChannel } from '../../src/telephony/link.ts'
import { FakeAsterisk } from './fake-asterisk.ts'
import type { FakeLeg } from './fake-telephony.ts'

export interface Guest {
  leg: FakeLeg
  /** Resolves when the house is done with the call. */
  over: Promise<void>
}

let guests = 0

export class House {
  readonly asterisk: FakeAsterisk
  readonly live = new LiveCalls()
  readonly journal: Journal
  readonly calls: Calls
  readonly recovery: Recovery
  /** Never started: nobody is called back unless a test makes a pass. */
  readonly callbacks: Callbacks
  readonly people: People
  readonly prisma: Prisma
  #take: ReturnType<typeof inboundCalls>

  constructor(prisma: Prisma, config: Config, asterisk = new FakeAsterisk(), clock: Clock = systemClock) {
    this.prisma = prisma
    this.asterisk = asterisk
    this.journal = new Journal(prisma, silentLogger)
    const ground = {
      prisma,
      clock,
      node: 'test',
      log: silentLogger,
      journal: this.journal,
      live: this.live,
      metrics: createMetrics('test'),
      config: () => config,
      snapshot: () => ({ config, version: 'test' }),
      settings: { dataFolder: join(tmpdir(), `perezvon-house-${process.pid}`) },
    } as unknown as Ground
    const sound = {
      sounds: (name: string) => [name],
      spoken: () => Promise.resolve(['spoken']),
      acceptPrompt: () => ['accept'],
    }
    const people = peopleRoom(ground, asterisk, sound)
    // never started: nobody is called back
    const callbacks = callbacksRoom(ground, asterisk, people, sound, { worker: { wake: () => {} } } as Mail, () =>
      Promise.resolve(),
    )
    this.callbacks = callbacks
    this.people = people
    this.calls = callsRoom(ground, people, sound, callbacks.meetings, () => {})
    this.recovery = recoveryRoom(ground, asterisk, people, this.calls, callbacks, () => {}).recovery
    this.#take = inboundCalls(this.calls.inbound)
    asterisk.onDoorbell = (id, entry) => this.recovery.takeDoorbell(id, entry, 0)
  }

  /** Somebody calls. */
  call(from: string, { did = '+73432001122', trunk = 'provider', at = Date.now() } = {}): Guest {
    const leg = this.asterisk.incoming(`in-${++guests}`)
    return { leg, over: this.#take({ leg, did, callerNumber: from, callerName: '', trunk, arrivedAt: at }) }
  }

  /** As after a start or a lost connection; resolves when what was found is worked up. */
  async connect(channels: LivingChannel[] = []): Promise<void> {
    const { goOn } = await this.recovery.connected(channels)
    goOn()
    await this.recovery.readDoorbell()
  }

  row(id: string) {
    return this.prisma.call.findUniqueOrThrow({ where: { id }, include: { steps: { orderBy: { seq: 'asc' } } } })
  }

  /** Notices about a caller, but those that were called off. */
  async notices(caller: string | null): Promise<{ recipient: string; reason: string; callId: string | null }[]> {
    await this.journal.drain()
    const rows = await this.prisma.notice.findMany({ where: { status: { not: 'cancelled' }, kind: 'missed' } })
    const calls = new Set((await this.prisma.call.findMany({ where: { caller } })).map(({ id }) => id))
    return rows
      .filter(({ callId }) => callId !== null && calls.has(callId))
      .map(({ recipient, callId, payload }) => ({
        recipient,
        callId,
        reason: (JSON.parse(payload) as { reason: string }).reason,
      }))
  }

  async openCases(caller: string): Promise<{ count: number; line: string }[]> {
    await this.journal.drain()
    return this.prisma.case.findMany({ where: { caller, openKey: { not: null } }, select: { count: true, line: true } })
  }
}
