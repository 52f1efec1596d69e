/** What an operator means by the number to which a caller is transferred with the phone. Pure. */
import type { Config } from '../config/schema.ts'
import { parsePhone } from '../model/phone-number.ts'

export type TransferTarget =
  /** One of our own numbers: the caller goes the way of that line. */
  | { kind: 'line'; flow: string }
  | { kind: 'person'; person: string }
  /** A phone of the PBX that nobody in `people` has. */
  | { kind: 'phone'; endpoint: string }
  /** E.164; `accepts`: it is somebody's of ours, who must accept with a key: a voicemail would answer, too. */
  | { kind: 'outside'; number: string; accepts: boolean }
  | { kind: 'nowhere' }

/** `dialled`: digits, perhaps with a plus. */
export function transferTarget(config: Config, dialled: string): TransferTarget {
  const { company, lines } = config
  if (/^\d{2,4}$/.test(dialled)) {
    const endpoint = `PJSIP/${dialled}`
    const person = personWith(config, (device) => device.kind === 'phone' && device.endpoint === endpoint)
    return person === null ? { kind: 'phone', endpoint } : { kind: 'person', person }
  }
  const number = parsePhone(dialled, company.country)
  if (number === null) return { kind: 'nowhere' }
  const line = lines[number]
  if (line) return { kind: 'line', flow: line.flow }
  const isOurs = personWith(config, (device) => device.kind === 'outside' && device.number === number) !== null
  return { kind: 'outside', number, accepts: isOurs }
}

type Device = Config['people'][string]['rings'][number]

function personWith({ people }: Config, has: (device: Device) => boolean): string | null {
  return Object.entries(people).find(([, { rings }]) => rings.some(has))?.[0] ?? null
}
