/** From Asterisk's CEL: which channels were in a bridge with which, and for how long. */
import type { CelEvent, Death } from './evidence.ts'

/** Milliseconds since 1970. */
export interface Talk {
  with: string
  from: number
  to: number
}

/** By channel id: everybody who was in a bridge with it. A bridge that nobody left ended with Asterisk. */
export function bridgedWith(cel: CelEvent[], deaths: Death[]): Map<string, Talk[]> {
  const talks = new Map<string, Talk[]>()
  const inside = new Map<string, Map<string, number>>()
  const asteriskDied = deaths.filter(({ of }) => of === 'asterisk').map(({ at }) => at)
  const note = (one: string, other: string, from: number, to: number) => {
    for (const [a, b] of [
      [one, other],
      [other, one],
    ] as const)
      talks.set(a, [...(talks.get(a) ?? []), { with: b, from, to }])
  }
  const leave = (bridge: string, id: string, at: number) => {
    const members = inside.get(bridge)
    const entered = members?.get(id)
    if (!members || entered === undefined) return
    members.delete(id)
    for (const [other, since] of members) note(id, other, Math.max(entered, since), at)
  }
  let died = 0
  for (const event of cel) {
    // what follows is of another Asterisk
    for (; died < asteriskDied.length && asteriskDied[died]! < event.at; died++) {
      for (const [bridge, members] of inside) for (const id of members.keys()) leave(bridge, id, asteriskDied[died]!)
      inside.clear()
    }
    const bridge = bridgeOf(event)
    if (event.type === 'BRIDGE_ENTER') {
      const members = inside.get(bridge) ?? new Map<string, number>()
      inside.set(bridge, members.set(event.uniqueId, event.at))
    } else if (event.type === 'BRIDGE_EXIT') leave(bridge, event.uniqueId, event.at)
  }
  for (const [bridge, members] of inside)
    for (const id of members.keys()) leave(bridge, id, asteriskDied.at(-1) ?? cel.at(-1)?.at ?? 0)
  return talks
}

function bridgeOf({ extra }: CelEvent): string {
  return /"bridge_id":"([^"]+)"/.exec(extra)?.[1] ?? ''
}
