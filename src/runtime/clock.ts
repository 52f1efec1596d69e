/** Time as a value, so that tests can play hours in milliseconds. `now` is wall time; durations inside a call use performance.now(). */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }
