/**
 * In whose hands a leg is. Several move it: our orders, the dialplan that gives it back, a phone that transfers it, a hang-up, and events that
 * were lost. One pure table says what each of them does; a pair that is missing changes nothing.
 */

export const custodies = ['ours', 'left', 'dialplan', 'talking', 'passed-on', 'taken', 'ended'] as const
/**
 * `ours`: in our application. `left`: it has left us without our order, and a look will show whether it is gone or with the dialplan. `dialplan`,
 * `talking`: handed over by our order; it comes back, or its end is told. `passed-on`: an operator has connected it with somebody else, and it
 * lives on without us. `taken`: the dialplan has it, and will tell how it ended. `ended`: the channel is gone.
 */
export type Custody = (typeof custodies)[number]

export const custodyEvents = [
  'handed-to-dialplan',
  'handed-to-talk',
  'order-refused',
  'left',
  'hung-up',
  'destroyed',
  'returned',
  'seen-elsewhere',
  'not-found',
  'left-to-book',
  'partner-gone',
  'came-anew',
] as const
/**
 * `order-refused`: Asterisk did not carry out what handed it over. `left`, `hung-up`: StasisEnd, before and after a hang-up. `returned`: it has entered
 * our application again. `seen-elsewhere`: a look found it outside of our application. `not-found`: a look found no such channel, and nobody had
 * told; `left-to-book`: the same of a caller's channel, how it ended stands in the doorbell book. `partner-gone`: the other side of its talk is
 * gone, and it lives on. `came-anew`: the dialplan has brought it to our door as a new caller.
 */
export type CustodyEvent = (typeof custodyEvents)[number]

const away = {
  'returned': 'ours',
  'order-refused': 'ours',
  'destroyed': 'ended',
  'not-found': 'ended',
  'left-to-book': 'taken',
} as const

const table: Record<Custody, Partial<Record<CustodyEvent, Custody>>> = {
  'ours': {
    'handed-to-dialplan': 'dialplan',
    'handed-to-talk': 'talking',
    'left': 'left',
    'hung-up': 'ended',
    'destroyed': 'ended',
    'seen-elsewhere': 'taken',
    // the dialplan may have had it last
    'not-found': 'taken',
    'left-to-book': 'taken',
  },
  'left': {
    'returned': 'ours',
    'destroyed': 'taken',
    'seen-elsewhere': 'taken',
    'not-found': 'taken',
    'left-to-book': 'taken',
  },
  'dialplan': { ...away, 'handed-to-talk': 'talking', 'came-anew': 'taken' },
  'talking': { ...away, 'partner-gone': 'passed-on' },
  'passed-on': { 'returned': 'ours', 'destroyed': 'ended', 'not-found': 'ended', 'left-to-book': 'taken' },
  'taken': {},
  'ended': {},
}

/** The next custody; the same when the event means nothing to it. */
export function transition(from: Custody, event: CustodyEvent): Custody {
  return table[from][event] ?? from
}

/** By our order it is outside of our application: leaving Stasis is not its end. */
export function isAway(custody: Custody): boolean {
  return custody === 'dialplan' || custody === 'talking' || custody === 'passed-on'
}
