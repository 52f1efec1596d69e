/** Keys as tones in the sound, as a gateway without telephone-event sends them. */

const ROWS = [697, 770, 852, 941]
const COLUMNS = [1209, 1336, 1477]
const KEYPAD = ['123', '456', '789', '*0#']
const RATE = 8000
const TONE_SEC = 0.1
const PAUSE_SEC = 0.1

/** 8 kHz samples of the keys, a pause after each. Throws on what is no key. */
export function keyTones(keys: string): Float32Array {
  const length = Math.round((TONE_SEC + PAUSE_SEC) * RATE)
  const samples = new Float32Array(length * keys.length)
  for (let n = 0; n < keys.length; n++) {
    const key = keys[n]!
    const row = KEYPAD.findIndex((line) => line.includes(key))
    if (row < 0) throw new Error(`${key} is no key of a phone`)
    const [low, high] = [ROWS[row]!, COLUMNS[KEYPAD[row]!.indexOf(key)]!]
    for (let i = 0; i < TONE_SEC * RATE; i++) {
      const wave = (hertz: number) => Math.sin((2 * Math.PI * hertz * i) / RATE)
      samples[n * length + i] = 0.3 * wave(low) + 0.3 * wave(high)
    }
  }
  return samples
}
