/** How long a voice message is. Asterisk counts in whole seconds, and "call me, please" is shorter than two. Pure. */
import { readWav } from '../prompts/wav.ts'

const FRAME_MS = 20
/** Root mean square of 16-bit samples, -48 dB: the noise of a line is below, a quiet voice above. */
const LOUD = 130
/** Of loud frames in all. Less is a click, a breath, the receiver being put down. */
const SHORTEST_MS = 300

/** Milliseconds to the end of the last word; 0 when nothing was said, or for what is no WAV of 16 bit. */
export function messageMs(file: Buffer): number {
  const wav = readWav(file)
  if (!wav || wav.samples.length === 0) return 0
  const frame = Math.round((wav.rate * FRAME_MS) / 1000)
  let loud = 0
  let end = 0
  for (let start = 0; start < wav.samples.length; start += frame) {
    const part = wav.samples.subarray(start, start + frame)
    const power = part.reduce((sum, sample) => sum + sample * sample, 0) / part.length
    if (power < LOUD * LOUD) continue
    loud += FRAME_MS
    end = start + frame
  }
  return loud < SHORTEST_MS ? 0 : Math.round((end / wav.rate) * 1000)
}
