/** "Did you mean": the known word nearest to the written one. */

/** The nearest of `known` if it is near enough to have been meant: one slip in short words, about a third of the letters in long ones. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase().slice(0, 64)
  const reach = Math.max(1, Math.floor(wanted.length / 3))
  let best: { name: string; distance: number } | undefined
  for (const name of known) {
    const distance = editDistance(wanted, name.toLowerCase().slice(0, 64))
    if (distance <= reach && distance < wanted.length && (!best || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}

/** Damerau-Levenshtein: letters put in, left out, changed, or swapped with their neighbour. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, changed)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, before[j - 2]! + 1)
    }
    before = last
    last = row
  }
  return last[b.length]!
}
