/** What follows from an object that never changes (the configuration, above all) is worked out once, and forgotten with it. */
export function onceFor<K extends object, V>(workOut: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, { value: V }>()
  return (of) => {
    let entry = known.get(of)
    if (!entry) known.set(of, (entry = { value: workOut(of) }))
    return entry.value
  }
}
