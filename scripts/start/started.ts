/** What was started, in order: ended in the reverse one, whatever happens in between. */
export class Started {
  #ends: (() => Promise<unknown>)[] = []

  /** Remembers how to end `thing`. Throws the signal's reason when we are leaving already; it is ended with the others then. */
  keep<T>(thing: T, end: (thing: T) => unknown, signal?: AbortSignal): T {
    this.#ends.push(async () => end(thing))
    signal?.throwIfAborted()
    return thing
  }

  /** Ends all, also when one of them cannot be; rejects with the first error then. */
  async endAll(): Promise<void> {
    const errors: unknown[] = []
    for (const end of this.#ends.splice(0).toReversed()) await end().catch((error: unknown) => errors.push(error))
    if (errors.length > 0) throw errors[0]
  }
}
