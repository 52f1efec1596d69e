/** From the configuration to what Asterisk must know of this site: phones, who rings while the daemon is away, the number of the house. Pure. */
import type { Config } from '../../src/config/schema.ts'
import { membersOf } from '../../src/config/groups.ts'
import type { Site } from '../rig/site-files.ts'
import type { Kept } from './kept.ts'

export interface SiteParts {
  app: string
  /** Address of the SIP transport. */
  bind: string
  ports: Site['ports']
  kept: Kept
}
export interface SitePhone {
  extension: string
  person: string
}

/** Phones that we can set up: `PJSIP/` and 2-4 digits. The other endpoints are the admin's to define. */
export function phonesOf(config: Config): SitePhone[] {
  const phones = Object.values(config.people).flatMap((person) =>
    person.rings.flatMap((device) =>
      device.kind === 'phone' && /^\d{2,4}$/.test(device.extension)
        ? [{ extension: device.extension, person: person.name }]
        : [],
    ),
  )
  return phones.filter((phone, i) => phones.findIndex(({ extension }) => extension === phone.extension) === i)
}

export function siteOf(config: Config, { app, bind, ports, kept }: SiteParts): Site {
  return {
    app,
    language: config.company.language,
    operators: fallbackOperators(config),
    defaultDid: Object.keys(config.lines)[0] ?? '',
    ariPassword: kept.ariPassword,
    bind,
    ports,
    phones: phonesOf(config).map(({ extension, person }) => ({
      name: extension,
      password: kept.phones[extension] ?? '',
      callerName: person,
    })),
    // addresses and passwords of providers are not in perezvon.yaml: see config/asterisk/trunks.conf
    trunks: [],
    music: [],
    recordingCodes: config.recordings,
    limits: {
      maxCallSec: Math.ceil(config.dialling.max_call / 1000),
      shortestTalkMs: config.missed_calls.shortest_talk,
    },
  }
}

/** Whom the `operator` key rings, else everybody with a phone. */
function fallbackOperators(config: Config): string[] {
  const named = membersOf(config, config.operator?.ring ?? 'operators')
  const people = named.length > 0 ? named : Object.keys(config.people)
  const endpoints = people.flatMap((key) => config.people[key]?.rings ?? [])
  return endpoints.flatMap((device) => (device.kind === 'phone' ? [device.endpoint] : []))
}
