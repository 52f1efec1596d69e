/** Whom to ring next. Pure: the order is the whole rule. */

export const ringStrategies = [
  'all',
  'in-turn',
  'random',
  'longest-idle',
  'fewest-calls',
  'weighted',
  'last-operator-first',
] as const
export type RingStrategy = (typeof ringStrategies)[number]

export interface FreeOperator {
  person: string
  /** Milliseconds since 1970: since when without a call; 0 when he had none yet. */
  idleSince: number
  /** Talks with callers today. */
  calls: number
}

/** What a group knows of its members and a call of its caller. */
export interface RingTerms {
  /** Higher is rung before lower; 1 if missing. */
  priority?: Readonly<Record<string, number>>
  /** Share of the calls by `weighted`; 1 if missing. */
  weight?: Readonly<Record<string, number>>
  /** Who spoke with this caller last. */
  lastOperator?: string | null
  /** At least 0, less than 1. */
  random?: () => number
}

/**
 * The people to ring now, out of those of the group who are free.
 *
 * `tried` counts how often this caller has rung each of them: who has been tried less comes first, so that one who does not pick up is not
 * rung again before the others, also not before those of a lower priority.
 */
export function nextToRing(
  strategy: RingStrategy,
  members: readonly string[],
  free: readonly FreeOperator[],
  tried: ReadonlyMap<string, number>,
  terms: RingTerms = {},
): string[] {
  const inOrder = members.flatMap((member) => free.find(({ person }) => person === member) ?? [])
  const tier = nextTier(inOrder, tried, terms)
  // all at once, but where lines are few who was rung less often is dialled first
  if (strategy === 'all')
    return tier.toSorted((a, b) => triesOf(a, tried) - triesOf(b, tried)).map(({ person }) => person)
  const least = Math.min(...tier.map((one) => triesOf(one, tried)))
  const fresh = tier.filter((one) => triesOf(one, tried) === least)
  const chosen = chooseOne(strategy, fresh, inOrder, tried, terms)
  return chosen ? [chosen.person] : []
}

/** Who may join those that ring already: as good as the best of them, or better. */
export function mayJoin(person: string, rung: readonly string[], { priority = {} }: RingTerms): boolean {
  return (priority[person] ?? 1) >= Math.min(...rung.map((one) => priority[one] ?? 1))
}

/** Of the priorities the one that was tried least, and the highest of several. */
function nextTier(
  free: readonly FreeOperator[],
  tried: ReadonlyMap<string, number>,
  { priority = {} }: RingTerms,
): FreeOperator[] {
  const tiers = new Map<number, FreeOperator[]>()
  for (const one of free) {
    const level = priority[one.person] ?? 1
    tiers.set(level, [...(tiers.get(level) ?? []), one])
  }
  const tries = (tier: FreeOperator[]) => Math.min(...tier.map((one) => triesOf(one, tried)))
  const [first] = [...tiers].toSorted(([a, one], [b, other]) => tries(one) - tries(other) || b - a)
  return first?.[1] ?? []
}

function chooseOne(
  strategy: Exclude<RingStrategy, 'all'>,
  fresh: readonly FreeOperator[],
  everybody: readonly FreeOperator[],
  tried: ReadonlyMap<string, number>,
  { weight = {}, lastOperator, random = Math.random }: RingTerms,
): FreeOperator | undefined {
  // toSorted is stable: who is equal comes in the order of the group
  const longestIdle = () => fresh.toSorted((a, b) => a.idleSince - b.idleSince)[0]
  switch (strategy) {
    case 'in-turn':
      return fresh[0]
    case 'random':
      return fresh[Math.floor(random() * fresh.length)]
    case 'longest-idle':
      return longestIdle()
    case 'fewest-calls':
      return fresh.toSorted((a, b) => a.calls - b.calls || a.idleSince - b.idleSince)[0]
    case 'weighted':
      return drawn(fresh, weight, random)
    case 'last-operator-first': {
      const known = everybody.find(({ person }) => person === lastOperator)
      return known && triesOf(known, tried) === 0 ? known : longestIdle()
    }
  }
}

/** Each has as many tickets as his weight; nobody with weight 0 is drawn while another is there. */
function drawn(
  fresh: readonly FreeOperator[],
  weight: Readonly<Record<string, number>>,
  random: () => number,
): FreeOperator | undefined {
  const ticketsOf = ({ person }: FreeOperator) => weight[person] ?? 1
  const all = fresh.reduce((sum, one) => sum + ticketsOf(one), 0)
  let ticket = random() * all
  for (const one of fresh) {
    ticket -= ticketsOf(one)
    if (ticket < 0) return one
  }
  return fresh[0]
}

function triesOf({ person }: FreeOperator, tried: ReadonlyMap<string, number>): number {
  return tried.get(person) ?? 0
}
