/** Where a caller was when the call ended, read from what the caller had come to. Pure. */
import type { Trail, TrailStep } from '../store/reports/menus.ts'

export const leavingPlaces = [
  'greeting',
  'announcement',
  'menu',
  'lookup',
  'offer',
  'asked',
  'ring',
  'voicemail',
  'closed',
  'full',
  'fallback',
  'talk',
  'transfer',
] as const
export type LeavingPlace = (typeof leavingPlaces)[number]

export interface Left {
  place: LeavingPlace
  /** Where that stands in the configuration; of a ring whom it was for; of a talk with whom; else null. */
  detail: string | null
  calls: number
}

/** The most frequent first. */
export function whereLeft(trails: readonly Trail[]): Left[] {
  const places = new Map<string, Left>()
  for (const { trail, calls } of trails) {
    const [place, detail] = leavingPlace(trail)
    const key = JSON.stringify([place, detail])
    const known = places.get(key) ?? { place, detail, calls: 0 }
    places.set(key, { ...known, calls: known.calls + calls })
  }
  const name = ({ place, detail }: Left) => `${place} ${detail ?? ''}`
  return [...places.values()].toSorted((a, b) => b.calls - a.calls || (name(a) < name(b) ? -1 : 1))
}

/**
 * The place of the last step. An announcement is the greeting only while nothing has come before it: after a ring in vain, a menu or an offer the
 * caller has left in an announcement, and what is said after hours, or to a caller of a line that is full, is told as that.
 */
export function leavingPlace(trail: readonly TrailStep[]): [LeavingPlace, string | null] {
  const last = trail.at(-1)
  if (!last) return ['greeting', null]
  const [kind, detail] = last
  const before = trail.slice(0, -1)
  switch (kind) {
    case 'played':
    case 'announced':
      return afterAnnouncement(before, detail)
    case 'key':
      // the key of an offer is followed by questions of the same offer; the operator's key belongs to the place where it was pressed
      return detail === null || placeBefore(before) === 'offer' ? leavingPlace(before) : ['menu', detail]
    case 'menu':
    case 'silence':
    case 'wrong-key':
      return ['menu', detail]
    case 'callback-asked':
      return ['asked', null]
    case 'recorded':
    case 'voicemail':
      return ['voicemail', null]
    case 'transferred':
    case 'transfer':
      return ['transfer', null]
    case 'fallback':
      return [detail === 'full' || detail?.startsWith('loop') ? 'full' : 'fallback', null]
    case 'closed':
      return ['closed', null]
    case 'ring':
    case 'talk':
    case 'offer':
    case 'lookup':
      return [kind, detail]
    default:
      return ['greeting', null]
  }
}

function afterAnnouncement(before: readonly TrailStep[], at: string | null): [LeavingPlace, string | null] {
  const place = placeBefore(before)
  return place === 'greeting' || place === 'closed' || place === 'full' ? [place, null] : ['announcement', at]
}

function placeBefore(trail: readonly TrailStep[]): LeavingPlace {
  return leavingPlace(trail.filter(([kind]) => kind !== 'played' && kind !== 'announced'))[0]
}
