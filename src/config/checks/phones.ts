import type { Path } from '../problem.ts'
import type { CheckInput } from './report.ts'

/** A phone rings for one person: else an answer of one counts for the other. */
export function checkPhones({ config, report }: CheckInput): void {
  const owners = new Map<string, { name: string; path: Path }>()
  for (const [name, { rings }] of Object.entries(config.people)) {
    for (const [i, ring] of rings.entries()) {
      const phone = ring.kind === 'phone' ? ring.endpoint : ring.number
      const path = ['people', name, 'rings', i]
      const first = owners.get(phone)
      if (!first) owners.set(phone, { name, path })
      else report('shared-phone', path, { values: { phone, first: first.name, second: name }, otherPath: first.path })
    }
  }
}
