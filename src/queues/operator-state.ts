/**
 * The state of an operator: one pure table, from a state and an event to the next state. A pair that is not in the table is illegal: the
 * operator stays as he is, and who sent the event is told.
 *
 * Two things are kept apart. `standing` is what he has said of himself: he is there for callers, or paused, or gone. It outlives a call, so
 * who asks for a pause while he talks is paused when he has put down. `name` is what he does now.
 */

export const operatorStates = [
  'offline',
  'available',
  'ringing',
  'talking',
  'wrap-up',
  'paused',
  'do-not-disturb',
] as const
export type OperatorStateName = (typeof operatorStates)[number]

export const standings = ['signed-out', 'available', 'paused', 'do-not-disturb'] as const
export type Standing = (typeof standings)[number]

export interface OperatorState {
  name: OperatorStateName
  standing: Standing
  /** A phone of his can be reached, and it is his shift. */
  there: boolean
  /** Of a pause. */
  reason: string | null
}

/** What he says of himself, by a code on his phone, by the command line, by somebody else's hand. */
export const wishes = ['sign-in', 'sign-out', 'pause', 'resume', 'do-not-disturb'] as const
export type Wish = (typeof wishes)[number]

/** What his phones and the clock tell. `phone-…`: of calls that we did not place. */
type Sign = 'there' | 'away' | 'phone-rings' | 'phone-busy' | 'phone-idle' | 'wrap-up-over'
/** What we do with him. `talk-over` with a wrap-up, `talk-ended` without. */
type Deed = 'rung' | 'ring-over' | 'talk' | 'talk-over' | 'talk-ended'

export type OperatorEventKind = Wish | Sign | Deed
export interface OperatorEvent {
  kind: OperatorEventKind
  reason?: string | null
}

/** `rest`: what he is when nothing goes on. `same`: nothing to be seen changes. */
type Next = OperatorStateName | 'rest' | 'same'

const wished = {
  'sign-in': 'rest',
  'sign-out': 'rest',
  'pause': 'rest',
  'resume': 'rest',
  'do-not-disturb': 'rest',
} as const
const wishedInACall = {
  'sign-in': 'same',
  'sign-out': 'same',
  'pause': 'same',
  'resume': 'same',
  'do-not-disturb': 'same',
} as const
/** He stands by himself and is not rung. His own calls are seen; a talk that was there before we were is ours. */
const resting = {
  ...wished,
  'there': 'rest',
  'away': 'rest',
  'phone-rings': 'ringing',
  'phone-busy': 'talking',
  'phone-idle': 'same',
  'talk': 'talking',
} as const

const table: Record<OperatorStateName, Partial<Record<OperatorEventKind, Next>>> = {
  // what somebody does with his phone who is not at work is not ours to show
  'offline': { ...resting, 'phone-rings': 'same', 'phone-busy': 'same', 'rung': 'ringing' },
  'available': { ...resting, rung: 'ringing' },
  'paused': resting,
  'do-not-disturb': resting,
  // the caller who rings still counts; what he wishes comes after
  'ringing': {
    ...wishedInACall,
    'there': 'same',
    'away': 'same',
    'phone-rings': 'same',
    'phone-busy': 'talking',
    'phone-idle': 'rest',
    'rung': 'same',
    'ring-over': 'rest',
    'talk': 'talking',
    'talk-over': 'wrap-up',
    'talk-ended': 'rest',
  },
  'talking': {
    ...wishedInACall,
    'there': 'same',
    'away': 'same',
    'phone-rings': 'same',
    'phone-busy': 'same',
    'phone-idle': 'rest',
    'ring-over': 'rest',
    'talk': 'same',
    'talk-over': 'wrap-up',
    'talk-ended': 'rest',
  },
  // a wish ends it early, and so does a call of his own
  'wrap-up': { ...resting, 'there': 'same', 'phone-idle': 'same', 'wrap-up-over': 'rest' },
}

/** From what he stood for to what he stands for; a pair that is missing is illegal: who has signed out must sign in first. */
const standingAfter: Record<Wish, Partial<Record<Standing, Standing>>> = {
  'sign-in': {
    'signed-out': 'available',
    'available': 'available',
    'paused': 'available',
    'do-not-disturb': 'available',
  },
  'sign-out': {
    'signed-out': 'signed-out',
    'available': 'signed-out',
    'paused': 'signed-out',
    'do-not-disturb': 'signed-out',
  },
  'pause': { 'available': 'paused', 'paused': 'paused', 'do-not-disturb': 'paused' },
  'resume': { 'available': 'available', 'paused': 'available', 'do-not-disturb': 'available' },
  'do-not-disturb': { 'available': 'do-not-disturb', 'paused': 'do-not-disturb', 'do-not-disturb': 'do-not-disturb' },
}

/** The next state; null when the pair is illegal. */
export function transition(from: OperatorState, event: OperatorEvent): OperatorState | null {
  const next = table[from.name][event.kind]
  if (next === undefined) return null
  const standing = isWish(event.kind) ? standingAfter[event.kind][from.standing] : from.standing
  if (standing === undefined) return null
  const there = event.kind === 'there' ? true : event.kind === 'away' ? false : from.there
  const reason = event.kind === 'pause' ? (event.reason ?? null) : standing === 'paused' ? from.reason : null
  const name = next === 'same' ? from.name : next === 'rest' ? restOf(standing, there) : next
  return { name, standing, there, reason }
}

/** What he is when nothing goes on. */
export function restOf(standing: Standing, there: boolean): OperatorStateName {
  return !there || standing === 'signed-out' ? 'offline' : standing
}

export function isWish(kind: string): kind is Wish {
  return (wishes as readonly string[]).includes(kind)
}
