/** Where in a recording is a piece of sound? Normalised cross-correlation by FFT: volume does not matter. */

export interface Match {
  /** Index of the sample where it begins; -1: nowhere. */
  at: number
  /** 0..1 */
  score: number
}

/** A recording made ready to be searched for several pieces. */
export function searchable(signal: Float32Array, longest: number): (piece: Float32Array) => Match {
  let size = 1
  while (size < signal.length + longest) size <<= 1
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  re.set(signal)
  transform(re, im, 1)
  const energy = new Float64Array(signal.length + 1)
  for (let i = 0; i < signal.length; i++) energy[i + 1] = energy[i]! + signal[i]! ** 2
  return (piece) => bestMatch(piece, { re, im, energy, length: signal.length })
}

interface Spectrum {
  re: Float64Array
  im: Float64Array
  /** Running sum of squares. */
  energy: Float64Array
  length: number
}

function bestMatch(piece: Float32Array, signal: Spectrum): Match {
  const re = new Float64Array(signal.re.length)
  const im = new Float64Array(signal.re.length)
  re.set(piece)
  transform(re, im, 1)
  for (let i = 0; i < re.length; i++) {
    const real = signal.re[i]! * re[i]! + signal.im[i]! * im[i]!
    im[i] = signal.im[i]! * re[i]! - signal.re[i]! * im[i]!
    re[i] = real
  }
  transform(re, im, -1)
  let own = 0
  for (const value of piece) own += value * value
  const best: Match = { at: -1, score: 0 }
  for (let i = 0; i + piece.length <= signal.length; i++) {
    const there = signal.energy[i + piece.length]! - signal.energy[i]!
    if (there < 1e-4 * own && there < 1e-3) continue // silence matches anything
    const score = re[i]! / re.length / Math.sqrt(there * own)
    if (score > best.score) Object.assign(best, { at: i, score })
  }
  return best
}

const twiddles = new Map<number, { cos: Float64Array; sin: Float64Array }>()

function twiddle(size: number) {
  let known = twiddles.get(size)
  if (!known) {
    const angle = (k: number) => (2 * Math.PI * k) / size
    known = {
      cos: Float64Array.from({ length: size / 2 }, (_, k) => Math.cos(angle(k))),
      sin: Float64Array.from({ length: size / 2 }, (_, k) => Math.sin(angle(k))),
    }
    twiddles.set(size, known)
  }
  return known
}

/** In-place FFT, direction 1, or its inverse, -1, which is not divided by the size. Sizes are powers of two. */
function transform(re: Float64Array, im: Float64Array, direction: 1 | -1): void {
  const size = re.length
  const { cos, sin } = twiddle(size)
  reorder(re, im)
  for (let span = 2; span <= size; span <<= 1) {
    const half = span >> 1
    const stride = size / span
    for (let block = 0; block < size; block += span) {
      for (let k = 0; k < half; k++) {
        const wr = cos[k * stride]!
        const wi = -direction * sin[k * stride]!
        const a = block + k
        const b = a + half
        const real = re[b]! * wr - im[b]! * wi
        const imag = re[b]! * wi + im[b]! * wr
        re[b] = re[a]! - real
        im[b] = im[a]! - imag
        re[a] = re[a]! + real
        im[a] = im[a]! + imag
      }
    }
  }
}

/** The bit-reversed order that the butterflies want. */
function reorder(re: Float64Array, im: Float64Array): void {
  const size = re.length
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i >= j) continue
    const real = re[i]!
    const imag = im[i]!
    re[i] = re[j]!
    im[i] = im[j]!
    re[j] = real
    im[j] = imag
  }
}
