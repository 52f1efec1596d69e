/** WAV as Asterisk reads it: PCM, 16 bit, mono, 8 kHz (`.wav`) or 16 kHz (`.wav16`). */

export interface Wav {
  rate: number
  channels: number
  bits: number
  /** 1 is plain PCM. */
  encoding: number
  samples: Int16Array
  seconds: number
}

/** Null for what is no RIFF WAVE file. Samples are only given for 16 bit PCM. */
export function readWav(file: Buffer): Wav | null {
  if (file.length < 44 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    return null
  let format: Omit<Wav, 'samples' | 'seconds'> | null = null
  for (let at = 12; at + 8 <= file.length;) {
    const id = file.toString('latin1', at, at + 4)
    const size = file.readUInt32LE(at + 4)
    const body = at + 8
    if (id === 'fmt ' && size >= 16 && body + 16 <= file.length) {
      format = {
        encoding: file.readUInt16LE(body),
        channels: file.readUInt16LE(body + 2),
        rate: file.readUInt32LE(body + 4),
        bits: file.readUInt16LE(body + 14),
      }
    }
    if (id === 'data' && format) {
      // a program that writes into a pipe cannot know the size and gives the largest
      const bytes = file.subarray(body, Math.min(body + size, file.length))
      const samples = format.bits === 16 && format.encoding === 1 ? toSamples(bytes) : new Int16Array()
      const frame = Math.max(1, (format.channels * format.bits) / 8)
      return { ...format, samples, seconds: format.rate ? bytes.length / frame / format.rate : 0 }
    }
    at = body + size + (size % 2)
  }
  return null
}

export function writeWav(samples: Int16Array, rate: number): Buffer {
  const file = Buffer.alloc(44 + samples.length * 2)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(36 + samples.length * 2, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(rate * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(samples.length * 2, 40)
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).copy(file, 44)
  return file
}

/** dB below full scale. `speech`: mean power of the 20 ms frames that are within 30 dB of the loudest one, so pauses do not count. */
export interface Level {
  peak: number
  speech: number
}

/** -Infinity for silence. */
export function measureLevel(samples: Int16Array, rate: number): Level {
  const frame = Math.max(1, Math.round(rate / 50))
  const powers: number[] = []
  let peak = 0
  for (let start = 0; start < samples.length; start += frame) {
    let sum = 0
    const part = samples.subarray(start, start + frame)
    for (const sample of part) {
      peak = Math.max(peak, Math.abs(sample))
      sum += sample * sample
    }
    powers.push(sum / part.length)
  }
  const loudest = powers.reduce((a, b) => Math.max(a, b), 0)
  const active = powers.filter((power) => power > loudest / 1000)
  const mean = active.reduce((a, b) => a + b, 0) / Math.max(1, active.length)
  return { peak: 20 * Math.log10(peak / 32768), speech: 10 * Math.log10(mean / 32768 ** 2) }
}

/** A copy, louder or quieter by `db`; clipped at full scale. */
export function amplify(samples: Int16Array, db: number): Int16Array {
  const factor = 10 ** (db / 20)
  return samples.map((sample) => Math.max(-32768, Math.min(32767, Math.round(sample * factor))))
}

/** The processors that we run on are little endian, as the file is. */
function toSamples(bytes: Buffer): Int16Array {
  const even = bytes.length - (bytes.length % 2)
  return new Int16Array(Uint8Array.from(bytes.subarray(0, even)).buffer)
}
