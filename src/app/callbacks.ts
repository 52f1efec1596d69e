/** The system calls back who was missed. */
import type { CallbackCallDeps } from '../callbacks/callback-call.ts'
import { DueCallbacks } from '../callbacks/due-callbacks.ts'
import { endNotices } from '../callbacks/end-notices.ts'
import type { TransferDeps } from '../calls/transfers.ts'
import { Meetings } from '../callbacks/meetings.ts'
import type { AsteriskLink } from '../telephony/link.ts'
import type { Ground } from './ground.ts'
import type { Mail } from './mail.ts'
import type { People } from './people.ts'
import type { Sound } from './sound.ts'

export interface Callbacks {
  due: DueCallbacks
  meetings: Meetings
  /** What a single try works with. */
  deps: CallbackCallDeps
}

export function callbacksRoom(
  ground: Ground,
  telephony: AsteriskLink,
  { operators, guard, ringDeps }: People,
  sound: Sound,
  mail: Mail,
  transferred: TransferDeps['transferred'],
): Callbacks {
  const { prisma, journal, clock, log, node, snapshot, live, metrics, names } = ground
  const deps: CallbackCallDeps = {
    telephony,
    guard,
    prisma,
    journal,
    clock,
    log,
    node,
    dialOutside: ringDeps.dialOutside,
    accepts: ringDeps.accepts,
    spoken: (said, { company }) => sound.spoken(said, {}, company.language),
    onTheLine: (number) => live.withCaller(number),
    snapshot,
    names,
    transfers: { clock, commit: (entries) => journal.commit(entries), transferred },
    speaks: (person, callId, client) => operators.speaks(person, callId, client),
  }
  const meetings = new Meetings({ prisma, clock, log, onEnd: () => due.wake() })
  const due: DueCallbacks = new DueCallbacks({
    ...deps,
    operators,
    inMeeting: (person) => meetings.isOn(person),
    endNotices: (task, end) => endNotices(prisma, task, end),
    onResult: (result, delayMs) => {
      metrics.callbacks.inc({ result })
      if (result === 'talked') metrics.callbackDelay.observe(delayMs / 1000)
      mail.worker.wake()
    },
  })
  return { deps, due, meetings }
}
