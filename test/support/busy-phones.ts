/** Two desk phones that talk with each other, so that neither can be rung. */
import { sleep } from '../../src/runtime/abort.ts'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { answers } from '../../scripts/rig/far-people.ts'
import type { World } from './world.ts'

/** Resolves with the leg that ends the talk, once Asterisk knows that both are in use. */
export async function talkingPhones({ far, asterisk }: World, from: string, to: string): Promise<FarLeg> {
  far.on(to, answers({ afterMs: 0 }))
  const leg = await far.call(to, { phone: from })
  await leg.answered()
  for (const phone of [from, to]) {
    for (const deadline = Date.now() + 5_000; ; await sleep(50)) {
      const { state } = await asterisk.request<{ state: string }>('GET', `/deviceStates/PJSIP%2F${phone}`)
      if (state === 'INUSE' || state === 'BUSY') break
      if (Date.now() > deadline) throw new Error(`phone ${phone} is ${state} while it talks`)
    }
  }
  return leg
}
