/**
 * A talk that an operator began himself: he dialled a client from his desk, and the trunk carried it without us. The doorbell book tells of it
 * (asterisk-config/perezvon.conf, perezvon-seen-outside). It is in the records like any talk, and what it settles is settled with it.
 */
import type { Config } from '../config/schema.ts'
import type { CallerNames } from '../model/caller-names.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Journal, JournalEntry } from '../store/journal.ts'
import type { Snapshot } from './call.ts'
import { stepEntry } from './call-path.ts'

export interface OutsideTalk {
  /** Of the operator's channel. */
  id: string
  /** E.164 */
  number: string
  /** Key in people, or the endpoint that dialled. */
  operator: string
  ms: number
  /** When they began to talk: milliseconds since 1970. */
  at: number
}

export interface OutsideTalkDeps {
  node: string
  journal: Pick<Journal, 'commit'>
  clock: Clock
  log: Logger
  snapshot: () => Snapshot
  /** Missing: there is no phone book. */
  names?: Pick<CallerNames, 'of'>
  /** What the talk closes: cases, call-backs, notices that were not sent yet. */
  closing: (talk: OutsideTalk, config: Config) => JournalEntry[]
}

/** All of it in one transaction; told twice it is one talk. */
export function outsideTalk(deps: OutsideTalkDeps): (talk: OutsideTalk) => Promise<void> {
  return async (talk) => {
    const { id, number, operator, ms, at } = talk
    const { config, version } = deps.snapshot()
    const name = config.people[operator]?.name ?? operator
    await deps.journal.commit([
      {
        op: 'call.open',
        row: {
          id,
          direction: 'outbound',
          node: deps.node,
          line: null,
          lineName: null,
          caller: number,
          callerShown: number,
          callerName: deps.names?.of(number) ?? null,
          arrivedAt: at,
          notice: 'none',
          restored: true,
          configVersion: version,
          group: null,
        },
      },
      { op: 'call.answered', row: { id, at, operator, peer: id, group: null } },
      stepEntry(id, 0, { kind: 'talk', person: operator, name, ms, time: at + ms }),
      {
        op: 'call.end',
        row: {
          id,
          at: at + ms,
          verdict: 'answered',
          reason: null,
          notice: 'none',
          group: null,
          waitMs: 0,
          talkMs: ms,
          cause: null,
        },
      },
      ...deps.closing(talk, config),
    ])
    deps.log.info('an operator has spoken with a client whom he had called himself', { call: id, operator, ms })
  }
}
