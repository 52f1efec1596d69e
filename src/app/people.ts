/** Who can be rung, and how: operators, the guard before every call outside, their own mobiles. */
import type { Guard } from '../dialling/guard.ts'
import { placeCall } from '../dialling/place-call.ts'
import { trunkFor } from '../dialling/caller-id.ts'
import { startOfDay } from '../dialling/calendar-day.ts'
import type { OperatorRow } from '../queues/operator-board.ts'
import { OperatorOrders } from '../queues/operator-orders.ts'
import { Operators } from '../queues/operators.ts'
import { acceptsWithKey, dialOutside } from '../queues/outside-number.ts'
import type { TransferDeps } from '../queues/transfer.ts'
import { CALLERS_REMEMBERED } from '../queues/talk-memory.ts'
import { LineTurns } from '../queues/line-turns.ts'
import { CallersInLine } from '../queues/waiting-line.ts'
import { waitingParts } from '../queues/waiting-words.ts'
import { whisperParts } from '../queues/whisper.ts'
import { lastTalks } from '../store/call-records.ts'
import { lastOperatorEvents, lastSpeakers, talksSince } from '../store/operators.ts'
import type { AsteriskLink } from '../telephony/link.ts'
import type { Ground } from './ground.ts'
import type { Sound } from './sound.ts'

export interface People {
  operators: Operators
  guard: Guard & { inHand: ReadonlySet<string> }
  ringDeps: TransferDeps
  /** Desk channels on which somebody dials outside now. */
  desksInHand: Set<string>
  /** Everybody is again what he was before the start. */
  wakeUp(): Promise<void>
  goHome(): Promise<void>
  /** A wish was written in this process: it need not wait for the next look. */
  lookAtOrders(): void
}

export function peopleRoom(ground: Ground, telephony: AsteriskLink, { acceptPrompt, spoken }: Sound): People {
  const { config, clock, prisma, log, live, journal } = ground
  const operators = new Operators(config, telephony, clock, (row) => journal.note({ op: 'operator.event', row }))
  const orders = new OperatorOrders({ prisma, operators, clock, log, written: () => journal.drain() })
  const callersOn = (trunk: string) => {
    const endpoint = config().trunks[trunk]?.endpoint
    return [...live.all()].filter((call) => endpoint && call.leg.channelName.startsWith(`${endpoint}-`)).length
  }
  const guard = { prisma, config, clock, log, callersOn, inHand: new Set<string>() }
  const ringDeps: TransferDeps = {
    telephony,
    operators,
    journal,
    clock,
    dialOutside: (number, request) =>
      dialOutside(guard, telephony, Object.keys(config().trunks)[0] ?? '', number, request),
    dialTransfer: ({ leg, line, log }, number, request) => {
      const { channelId, ...options } = request
      const order = {
        purpose: 'transfer' as const,
        channelId,
        number,
        trunk: trunkFor(config(), line.number),
        shown: line.number,
      }
      return placeCall(guard, telephony, order, { ...options, originator: leg.id, log })
    },
    accepts: (leg) => acceptsWithKey(leg, acceptPrompt()),
    line: new CallersInLine(),
    lineTurns: new LineTurns(),
    waitingWords: ({ snapshot }, offer, position) =>
      spoken(waitingParts(offer, position), {}, snapshot.config.company.language),
    whisper: ({ line, path, snapshot }, whisper) =>
      spoken(whisperParts(whisper, line, path.steps), {}, snapshot.config.company.language),
  }
  let shifts: NodeJS.Timeout | undefined
  return {
    operators,
    guard,
    ringDeps,
    desksInHand: new Set<string>(),
    async wakeUp() {
      const now = clock.now()
      const { talks } = operators
      talks.rememberIdle(await lastTalks(prisma))
      talks.rememberToday(await talksSince(prisma, startOfDay(now, config().company.timezone)))
      talks.rememberLastWith(await lastSpeakers(prisma, CALLERS_REMEMBERED))
      const rows = await lastOperatorEvents(prisma, Object.keys(config().people))
      operators.restore(new Map(rows.map((row) => [row.person, row as OperatorRow & { group: string | null }])))
      shifts = setInterval(() => operators.lookAtShifts(), SHIFTS_EVERY_MS)
      orders.start()
    },
    lookAtOrders: () => orders.wake(),
    async goHome() {
      clearInterval(shifts)
      await orders.stop()
      operators.stop()
    },
  }
}

/** Hours are whole minutes. */
const SHIFTS_EVERY_MS = 5_000
