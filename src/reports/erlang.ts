/**
 * Teletraffic: how busy lines and operators are, and how many of them a load needs. Pure.
 *
 * Load is in erlangs: one erlang is one line busy all the time. Erlang B is for lines: a caller who finds all of them busy is lost. Erlang C is
 * for operators: a caller who finds all of them busy waits. Both assume calls that come independently of each other; a caller who tries
 * again at once, or who loses patience, is not in them, so Erlang C asks for rather more operators than are needed.
 */

/** A firm that needs more has another problem; also the bound of every search here. */
const MOST = 10_000

/** The share of calls that find all of `lines` busy, 0 to 1, at an offered load in erlangs. The recursion is exact and does not overflow. */
export function erlangB(load: number, lines: number): number {
  if (load <= 0) return 0
  let inverse = 1
  for (let n = 1; n <= lines; n++) inverse = 1 + (inverse * n) / load
  return 1 / inverse
}

/** The share of calls that must wait, 0 to 1. A load that the operators cannot carry makes everybody wait. */
export function erlangC(load: number, operators: number): number {
  if (load <= 0) return 0
  if (operators <= load) return 1
  const blocked = erlangB(load, operators)
  return (operators * blocked) / (operators - load * (1 - blocked))
}

/** The share of calls answered within `withinS` seconds when a call keeps an operator busy for `handlingS`. */
export function serviceLevel(load: number, operators: number, withinS: number, handlingS: number): number {
  if (load <= 0) return 1
  if (operators <= load) return 0
  return 1 - erlangC(load, operators) * Math.exp((-(operators - load) * withinS) / handlingS)
}

/** The mean wait in seconds over all calls; Infinity when the operators cannot carry the load. */
export function meanWait(load: number, operators: number, handlingS: number): number {
  if (load <= 0) return 0
  return operators <= load ? Infinity : (erlangC(load, operators) * handlingS) / (operators - load)
}

/** The fewest lines at which no more than `blocking` (0.01: one in a hundred) of the calls are refused. */
export function linesNeeded(load: number, blocking: number): number {
  if (load <= 0) return 0
  let inverse = 1
  for (let n = 1; n < MOST; n++) {
    inverse = 1 + (inverse * n) / load
    if (1 / inverse <= blocking) return n
  }
  return MOST
}

/** The fewest operators that answer the share `percent` (0.8) within `withinS` seconds. */
export function operatorsNeeded(load: number, handlingS: number, percent: number, withinS: number): number {
  if (load <= 0) return 0
  for (let n = Math.floor(load) + 1; n < MOST; n++) {
    if (serviceLevel(load, n, withinS, handlingS) >= percent) return n
  }
  return MOST
}

/**
 * The load that was offered, from the load that `lines` carried: of what was refused nothing is on record. The inverse of
 * carried = offered × (1 − B). Null when the lines were busy the whole time: then any load may have been offered.
 */
export function offeredLoad(carried: number, lines: number): number | null {
  if (carried <= 0) return 0
  if (carried >= lines) return null
  let [low, high] = [carried, carried * 2 + 1]
  while (high * (1 - erlangB(high, lines)) < carried) {
    if (high > MOST * 100) return null
    high *= 2
  }
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (middle * (1 - erlangB(middle, lines)) < carried) low = middle
    else high = middle
  }
  return (low + high) / 2
}
