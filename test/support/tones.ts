/** Waits for pure tones: beeps, ringing tone, music made of one tone. */
import { sleep } from '../../src/runtime/abort.ts'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { toneSpans } from '../../scripts/rig/hearing.ts'

/** Resolves when the leg has heard so many seconds of the tone in one piece. */
export async function hearsTone(leg: FarLeg, hertz: number, seconds = 0.2, ms = 10_000): Promise<void> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(100)) {
    if (await heardTone(leg, hertz, seconds)) return
  }
  throw new Error(`${leg.who} (${leg.state}): no tone of ${hertz} Hz within ${ms} ms`)
}

/** Whether it was heard until now. */
export async function heardTone(leg: FarLeg, hertz: number, seconds = 0.2): Promise<boolean> {
  return toneSpans(await leg.sound(), hertz, seconds).length > 0
}
