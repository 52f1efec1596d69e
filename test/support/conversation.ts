/** What two people on the line do, as the scenarios need it. */
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { SOUNDS } from './company.ts'
import type { Daemon } from './daemon.ts'
import type { World } from './world.ts'

const SAYINGS = 3
const HEARD_MS = 12_000

/**
 * Both speak at once and hear each other. The words are only looked for in what is heard from now on; like people, they say them again
 * where a frame was lost on a busy machine, for a talk is what is looked for and not the quality of its sound.
 */
export async function hearEachOther(caller: FarLeg, phone: FarLeg): Promise<void> {
  await Promise.all([caller.answered(), phone.answered()])
  for (let saying = 1; ; saying++)
    try {
      return await sayAndHear(caller, phone)
    } catch (error) {
      if (saying === SAYINGS || caller.state === 'ended' || phone.state === 'ended') throw error
    }
}

async function sayAndHear(caller: FarLeg, phone: FarLeg): Promise<void> {
  const [fromCaller, fromPhone] = await Promise.all([SOUNDS.caller(), SOUNDS.operator()])
  const [callerHas, phoneHas] = await Promise.all([secondsHeard(caller), secondsHeard(phone)])
  const said = await Promise.allSettled([
    caller.say(fromCaller),
    phone.say(fromPhone),
    caller.hears(fromPhone, { after: callerHas, ms: HEARD_MS }),
    phone.hears(fromCaller, { after: phoneHas, ms: HEARD_MS }),
  ])
  for (const part of said) if (part.status === 'rejected') throw part.reason
}

/** From now on the talk needs the daemon no more: Asterisk's dialplan has the two, and its book says so. */
export async function inTheBookAsTalk(world: World, daemon: Daemon, callId: string): Promise<void> {
  const isTalk = async () => (await world.asterisk.cli(`database get pzdoor ${callId}`)).includes('|talked|')
  await daemon.until(isTalk, `the talk of ${callId}`, 20_000)
}

/** Length of what this leg has heard until now: the `after` of hears(). */
export async function secondsHeard(leg: FarLeg): Promise<number> {
  const { samples, rate } = await leg.sound()
  return samples.length / rate
}
