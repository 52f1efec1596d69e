/** Call-backs on a fake telephone and a real database: who was lost, who is free, what was dialled. */
import { DueCallbacks } from '../../src/callbacks/due-callbacks.ts'
import { Meetings } from '../../src/callbacks/meetings.ts'
import { adoptCallbacks } from '../../src/callbacks/recovery.ts'
import type { Config } from '../../src/config/schema.ts'
import { Operators } from '../../src/queues/operators.ts'
import { createLogger, type Logger, silentLogger } from '../../src/runtime/logger.ts'
import { Journal } from '../../src/store/journal.ts'
import type { Leg } from '../../src/telephony/api.ts'
import type { LivingChannel } from '../../src/telephony/link.ts'
import { configOf } from '../support/config-of.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

export const LINE = '+73432001122'
export const PEOPLE = ['anna', 'boris', 'vera'] as const

export interface WorldOptions {
  callback?: string
  people?: string
  trunk?: string
}

export function callbackConfig({
  callback = 'per_minute: 1000, success: 2s',
  people,
  trunk = 'lines: 30',
}: WorldOptions = {}): Config {
  return configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
${
  people ??
  `  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102 }
  vera: { name: Вера, rings: PJSIP/103 }`
}
groups: { operators: { members: [anna, boris, vera] } }
trunks: { provider: { endpoint: PJSIP/provider, ${trunk} } }
lines: { "${LINE}": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls:
  mail: { to: [anna] }
  callback: { tries: 3, every: [5m], trunk_per_minute: 1000, ${callback} }
`)
}

export class CallbackWorld {
  readonly config: Config
  readonly database: ThrowAwayDatabase
  readonly telephony: FakeTelephony
  readonly operators: Operators
  readonly journal: Journal
  /** Numbers whose call-back began, in order. */
  readonly began: string[] = []
  readonly onTheLine = new Set<string>()
  now = Date.now()
  due: DueCallbacks
  meetings: Meetings
  #clock = { now: () => this.now }

  private constructor(config: Config, database: ThrowAwayDatabase) {
    this.config = config
    this.database = database
    this.telephony = new FakeTelephony({ speed: 200, lengthOf: () => 300 })
    this.operators = new Operators(() => config, this.telephony, this.#clock)
    this.journal = new Journal(database.prisma, silentLogger)
    this.meetings = new Meetings({ ...this.#ground, onEnd: () => {} })
    this.due = this.reborn()
  }

  static async open(options: WorldOptions = {}): Promise<CallbackWorld> {
    return new CallbackWorld(callbackConfig(options), await throwAwayDatabase())
  }

  get prisma() {
    return this.database.prisma
  }

  get #ground() {
    return { prisma: this.database.prisma, clock: this.#clock, log: silentLogger }
  }

  /** What a single try works with. */
  get deps() {
    const guard = { prisma: this.prisma, config: () => this.config, clock: this.#clock, log: silentLogger }
    return {
      ...this.#ground,
      telephony: this.telephony,
      guard,
      journal: this.journal,
      log: this.#listener(),
      node: 'n',
      dialOutside: async () => ({ kind: 'refused' as const }),
      accepts: async () => true,
      spoken: async (parts: unknown[]) => parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))),
      onTheLine: (number: string) => this.onTheLine.has(number),
      snapshot: () => ({ config: this.config, version: 'v' }),
      transfers: { clock: this.#clock, commit: () => Promise.resolve(), transferred: () => Promise.resolve() },
      speaks: (person: string, callId: string, client: string) => this.operators.speaks(person, callId, client),
    }
  }

  /** A new life of the daemon on the same database and telephone. */
  reborn(): DueCallbacks {
    return (this.due = new DueCallbacks({
      ...this.deps,
      operators: this.operators,
      inMeeting: (person) => this.meetings.isOn(person),
      endNotices: async () => [],
      onResult: () => {},
    }))
  }

  /** What lives in the telephone, to a new life. */
  async recover(channels: LivingChannel[], adopt: (id: string) => Leg): Promise<void> {
    const { starts } = await adoptCallbacks(
      {
        ...this.deps,
        callbacks: this.due,
        adopt: async ({ id }) => adopt(id),
        hangUp: async (id) => void (await this.telephony.legs.find((leg) => leg.id === id)?.hangup()),
        hold: (...talk) => this.operators.hold(...talk),
      },
      channels,
    )
    for (const start of starts) start()
    await this.due.whenIdle()
  }

  /** Somebody was lost `ago` before now, and is to be called back. */
  async lost(number: string, { ago = 0, ...more }: { ago?: number; kind?: 'requested'; priority?: number } = {}) {
    const at = this.now - ago
    const call = { callId: `c-${number}`, line: LINE, at }
    await this.journal.commit([
      { op: 'case.loss', row: { ...call, id: `case-${number}`, caller: number, group: 'operators' } },
      {
        op: 'callback.new',
        row: {
          ...call,
          id: `cb-${number}`,
          number,
          group: 'operators',
          dueAt: at,
          expiresAt: this.now + 86_400_000,
          ...more,
        },
      },
    ])
  }

  /** Passes until nothing is under way any more. */
  async pass(): Promise<void> {
    await this.due.pass()
    await this.due.whenIdle()
  }

  task(number: string) {
    return this.prisma.callback.findFirstOrThrow({ where: { number } })
  }

  async close(): Promise<void> {
    await this.due.stop(5_000)
    await this.database.close()
  }

  #listener(): Logger {
    const logger = createLogger({ level: 'error', format: 'text' })
    const listen = (log: Logger): Logger => ({
      ...log,
      info: (message, fields) => {
        if (message === 'calling somebody back') this.began.push(String(fields?.['number']))
      },
      debug: () => {},
      warn: () => {},
      error: (message, fields) => log.error(message, fields),
      child: () => listen(log),
    })
    return listen(logger)
  }
}
