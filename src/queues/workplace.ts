/** What the configuration and his phones say of an operator. Pure, but for the look at the phones. */
import type { Config } from '../config/schema.ts'
import { onceFor } from '../runtime/once-for.ts'
import type { PhoneState, Telephony } from '../telephony/api.ts'

/** He is there only after he has said so. */
export function mustSignIn({ people, company }: Config, person: string): boolean {
  return (people[person]?.login ?? company.login) === 'required'
}

/** After a call of this group; without one, the longest of his groups. */
export function wrapUpMs({ groups }: Config, person: string, group?: string): number {
  const known = group === undefined ? undefined : groups[group]
  const his = known ? [known] : Object.values(groups).filter(({ members }) => members.includes(person))
  return Math.max(0, ...his.map(({ wrap_up }) => wrap_up))
}

export function phonesOf({ people }: Config, telephony: Pick<Telephony, 'phoneState'>, person: string): PhoneState[] {
  const rings = people[person]?.rings ?? []
  return rings.flatMap((device) => (device.kind === 'phone' ? [telephony.phoneState(device.endpoint)] : []))
}

/** A mobile tells nothing of itself, so it counts as there: whether he is at work he says by signing in and out. */
export function hasMobile({ people }: Config, person: string): boolean {
  return people[person]?.rings.some((device) => device.kind === 'outside') ?? false
}

export function isReachable(config: Config, telephony: Pick<Telephony, 'phoneState'>, person: string): boolean {
  return hasMobile(config, person) || phonesOf(config, telephony, person).some((state) => state !== 'offline')
}

export function ownersOf({ people }: Config, endpoint: string): readonly string[] {
  return owners(people).get(endpoint) ?? []
}

const owners = onceFor((people: Config['people']) => {
  const byEndpoint = new Map<string, string[]>()
  for (const [person, { rings }] of Object.entries(people))
    for (const device of rings)
      if (device.kind === 'phone') byEndpoint.set(device.endpoint, [...(byEndpoint.get(device.endpoint) ?? []), person])
  return byEndpoint
})
