/** A call: somebody outside, on the line with us. Every room works on this; none keeps it. */
import type { Config } from '../config/schema.ts'
import { type NumberForm, parsePhone } from '../model/phone-number.ts'
import { holdsNumber } from '../model/phone-text.ts'
import { isWithheld } from '../model/withheld.ts'
import type { Logger } from '../runtime/logger.ts'
import { onceFor } from '../runtime/once-for.ts'
import type { Leg } from '../telephony/api.ts'
import type { CallPath } from './call-path.ts'

/** A configuration and its name in records. A call keeps the one it began with. */
export interface Snapshot {
  config: Config
  version: string
}

export interface Call {
  /** The id of the caller's channel. */
  readonly id: string
  /** The first of the calls that are one with this, see live-calls.ts; missing: itself. */
  readonly linkedid?: string
  readonly direction: 'inbound' | 'callback' | 'campaign' | 'outbound'
  /** Over which he came: a key of `trunks`, or the endpoint that no trunk has, a phone of the house for example. */
  readonly trunk?: string | null
  /** Our number: the one he rang, or that we showed. */
  readonly line: { number: string; name: string }
  readonly caller: Caller
  /** Milliseconds since 1970. */
  readonly arrivedAt: number
  readonly leg: Leg
  readonly snapshot: Snapshot
  readonly path: CallPath
  readonly log: Logger
}

export interface Caller {
  /** E.164; null when withheld, or not a number anybody could call. */
  number: string | null
  /** As it came, cleaned; empty when withheld. */
  shown: string
  /** As the phone book has it, else as the trunk said it; a CRM may tell it while the call goes on (inbound.ts). */
  name: string | null
}

/** The trunk that has this endpoint of Asterisk, `provider` for `PJSIP/provider`. */
export function trunkOf(config: Config, endpoint: string): string | null {
  const found = Object.entries(config.trunks).find(([, trunk]) => trunk.endpoint === `PJSIP/${endpoint}`)
  return found?.[0] ?? (endpoint || null)
}

/** Did it come from a phone of the house? */
export function isInternal({ people }: Config, trunk: string | null | undefined): boolean {
  return typeof trunk === 'string' && extensions(people).has(trunk)
}

const extensions = onceFor(
  (people: Config['people']) =>
    new Set(
      Object.values(people).flatMap(({ rings }) => rings.flatMap((d) => (d.kind === 'phone' ? [d.extension] : []))),
    ),
)

/** The lines that share their cases with this one: their common `cases:`, else the line alone. */
export function lineGroupOf(config: Pick<Config, 'lines'>, line: string): string {
  return config.lines[line]?.cases ?? line
}

/**
 * Caller ids come as the provider likes: `+7912…`, `8912…`, `9123456789`, `anonymous`. What is no number that could be called is shown as it
 * came. `form`: how the trunk writes numbers.
 */
export function readCaller(text: string, name: string, country: string, form: NumberForm = 'auto'): Caller {
  if (isWithheld(text)) {
    // the caller asked to be hidden, and some networks put the number into the name all the same
    const hidden = text !== '' && holdsNumber(name)
    return { number: null, shown: '', name: name && name !== text && !hidden ? name : null }
  }
  return { number: callerNumber(text, country, form), shown: text, name: name && name !== text ? name : null }
}

/** `79161234503#73432001122`: some exchanges write the called number behind the caller's. */
function callerNumber(text: string, country: string, form: NumberForm): string | null {
  const [caller = '', called, ...more] = text.split('#')
  if (called === undefined) return parsePhone(text, country, form)
  return more.length === 0 && parsePhone(called, country, form) ? parsePhone(caller, country, form) : null
}
