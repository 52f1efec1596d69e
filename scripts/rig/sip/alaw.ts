/** G.711 A-law: a byte for a sample of 13 bits. */

/** -1..1 */
export function decodeAlaw(bytes: Uint8Array): Float32Array {
  return Float32Array.from(bytes, (byte) => DECODED[byte]!)
}

export function encodeAlaw(samples: Float32Array): Uint8Array {
  return Uint8Array.from(samples, encode)
}

/** A-law has no zero: silence is sent as its smallest step, and read as silence here. */
const SMALLEST = 8
const DECODED = Float32Array.from({ length: 256 }, (_, byte) => decode(byte))
/** What a phone sends while nobody speaks. */
export const ALAW_SILENCE = encode(0)

function decode(byte: number): number {
  const bits = byte ^ 0x55
  const exponent = (bits >> 4) & 7
  const mantissa = ((bits & 0x0f) << 4) + 8
  const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  if (size === SMALLEST) return 0
  return (bits & 0x80 ? size : -size) / 32768
}

function encode(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0
  const size = Math.min(32767, Math.round(Math.abs(sample) * 32767))
  const exponent = size < 256 ? 0 : Math.floor(Math.log2(size)) - 7
  const mantissa = (size >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f
  return (sign | (exponent << 4) | mantissa) ^ 0x55
}
