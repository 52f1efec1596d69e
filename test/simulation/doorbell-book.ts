/** The doorbell book as AstDB keeps it: who dies with Asterisk within a second of being written may not be on its disk. */

/** AstDB reaches the disk about once a second. */
const SYNC_MS = 1_000

export class DoorbellBook {
  readonly entries = new Map<string, string>()
  #now: () => number
  #syncedAt = new Map<string, number>()
  #onDisk = new Map<string, string>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** null: struck out. */
  write(key: string, entry: string | null): void {
    const now = this.#now()
    if (now - (this.#syncedAt.get(key) ?? 0) > SYNC_MS) {
      const before = this.entries.get(key)
      if (before !== undefined) this.#onDisk.set(key, before)
      else this.#onDisk.delete(key)
      this.#syncedAt.set(key, now)
    }
    if (entry === null) this.entries.delete(key)
    else this.entries.set(key, entry)
  }

  /** Asterisk is killed. `isLost` is asked for each entry that may not have reached the disk: it is then as it was before its last change. */
  crash(isLost: () => boolean): void {
    for (const [key, at] of this.#syncedAt) {
      if (this.#now() - at > SYNC_MS || !isLost()) continue
      const before = this.#onDisk.get(key)
      if (before === undefined) this.entries.delete(key)
      else this.entries.set(key, before)
    }
    this.#syncedAt.clear()
  }
}
