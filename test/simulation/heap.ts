/** A binary heap: what comes first by `before` is on top. */
export class Heap<T> {
  #items: T[] = []
  #before: (a: T, b: T) => boolean

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  clear(): void {
    this.#items = []
  }

  push(item: T): void {
    const items = this.#items
    items.push(item)
    for (let at = items.length - 1; at > 0;) {
      const parent = (at - 1) >> 1
      if (!this.#before(items[at]!, items[parent]!)) break
      this.#swap(at, parent)
      at = parent
    }
  }

  pop(): T | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (items.length === 0 || last === undefined) return first
    items[0] = last
    for (let at = 0; ;) {
      const left = 2 * at + 1
      let least = at
      for (const child of [left, left + 1])
        if (child < items.length && this.#before(items[child]!, items[least]!)) least = child
      if (least === at) return first
      this.#swap(at, least)
      at = least
    }
  }

  #swap(a: number, b: number): void {
    const items = this.#items
    ;[items[a], items[b]] = [items[b]!, items[a]!]
  }
}
