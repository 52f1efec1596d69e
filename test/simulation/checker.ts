/**
 * The judge. He reads what the outside world experienced and what the database says in the end, nothing else. The letters are those of the
 * failure model: I1 nobody is forgotten, I2 no mail twice, I3 no mail about an answered call, I4 nobody is dialled twice, I5 only who may
 * be called and when, I6 no try too many and nothing left open or given up too soon, I7 no silence, I8 no phone rings for nobody, I9 first
 * come first served, I10 no talk is cut. The simulation's own: I13 the plain dialplan takes a caller only where there was need, I14 whom nobody
 * has taken in time is told to somebody else, I15 what people say of a case is heeded, I16 who has gone is not rung, I17 meetings are heeded.
 * I18: transferred is not forgotten, and a phone that forwards is a refusal.
 */
import type { Channel } from './channel.ts'
import type { Chronicle } from './chronicle.ts'
import { nobodyForgotten, noSilence, openList, servedByUs } from './judges/callers.ts'
import { everyCallbackKept, everyLossCalledBack } from './judges/callbacks.ts'
import { everyContactSettled } from './judges/contacts.ts'
import { digests } from './judges/digests.ts'
import { nobodyDialledTwice, onlyWhoMayBeCalled } from './judges/dialling.ts'
import { toldAbove } from './judges/escalations.ts'
import { Evidence } from './judges/evidence.ts'
import { nothingLeftOpen } from './judges/left-open.ts'
import { listWorkHeeded } from './judges/list-work.ts'
import { fewCopies, noMailTwice, nothingBuried } from './judges/mails.ts'
import { firstComeFirstServed } from './judges/order.ts'
import { ordersHeeded } from './judges/orders.ts'
import { meetingsHeeded } from './judges/meetings.ts'
import { noPhoneForNobody, noTalkCut } from './judges/phones.ts'
import { forwardsAreRefusals, transferredIsNotForgotten, transferrersAreFree } from './judges/transfers.ts'
import type { PlayedDatabase } from './played-database.ts'

export interface Day {
  chronicle: Chronicle
  database: Pick<PlayedDatabase, 'rows'>
  /** Channels that are there when everything should be over. */
  living: Channel[]
}

const JUDGES = [
  nobodyForgotten,
  openList,
  noMailTwice,
  fewCopies,
  nothingBuried,
  digests,
  nobodyDialledTwice,
  onlyWhoMayBeCalled,
  nothingLeftOpen,
  everyLossCalledBack,
  everyCallbackKept,
  everyContactSettled,
  noSilence,
  noPhoneForNobody,
  firstComeFirstServed,
  noTalkCut,
  servedByUs,
  toldAbove,
  listWorkHeeded,
  ordersHeeded,
  meetingsHeeded,
  transferredIsNotForgotten,
  transferrersAreFree,
  forwardsAreRefusals,
]

/** Broken promises, in words. */
export function check({ chronicle, database, living }: Day): string[] {
  const evidence = new Evidence(chronicle, database)
  const leftOver = living.map(({ id }) => `I8 channel ${id} is left over`)
  return [...JUDGES.flatMap((judge) => judge(evidence)), ...leftOver]
}
