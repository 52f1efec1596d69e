/** Somebody has dialled a code on his own phone: it is done, and the phone says so. */
import type { Meetings } from '../callbacks/meetings.ts'
import { type FeatureCode, readFeatureCode } from '../queues/feature-codes.ts'
import type { Operators } from '../queues/operators.ts'
import { ownersOf } from '../queues/workplace.ts'
import type { Leg } from '../telephony/api.ts'
import type { Ground } from './ground.ts'
import type { Sound } from './sound.ts'

export interface FeatureCodeParts {
  operators: Pick<Operators, 'wish'>
  meetings: Pick<Meetings, 'begin' | 'end'>
  sounds: Sound['sounds']
}

/** `endpoint`: from which it was dialled, `PJSIP/101`. Never rejects. */
export function featureCodes(
  { config, log, journal }: Pick<Ground, 'config' | 'log'> & { journal: Pick<Ground['journal'], 'drain'> },
  parts: FeatureCodeParts,
): (leg: Leg, code: string, endpoint: string) => Promise<void> {
  return async (leg, code, endpoint) => {
    const [person] = ownersOf(config(), endpoint)
    const feature = readFeatureCode(code)
    let done = false
    try {
      done = feature !== null && person !== undefined && (await carryOut(parts, person, feature))
      await journal.drain() // what the phone confirms is on disk
    } catch (error) {
      done = false
      log.error('a code could not be carried out', { error, endpoint, code })
    }
    log.info('a code was dialled', { endpoint, code, operator: person, done })
    const said = done && feature ? parts.sounds(feature.prompt, config().company.language) : []
    try {
      await leg.play(said.length > 0 ? said : [done ? 'sound:beep' : 'sound:beeperr'])
      await leg.hangup()
    } catch (error) {
      if (!leg.signal.aborted) log.warn('a code was not confirmed', { error })
    }
  }
}

async function carryOut(
  { operators, meetings }: FeatureCodeParts,
  person: string,
  feature: FeatureCode,
): Promise<boolean> {
  if (feature.kind === 'state') return operators.wish(person, feature.wish, 'code', feature.reason)
  if (feature.on) await meetings.begin(person, null, 'phone')
  // who says twice that it is over is not wrong
  else await meetings.end(person)
  return true
}
