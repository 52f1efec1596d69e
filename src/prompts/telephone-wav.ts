/**
 * A sound becomes the pair of files that Asterisk plays without much work: `.wav` (8 kHz) to alaw and ulaw, `.wav16` to g722 and opus.
 * Measured on Asterisk 22: it takes the file whose format is nearest to the channel's, and refuses any other rate and stereo.
 */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Programs } from './programs.ts'
import { runProgram } from './run-program.ts'
import { measureLevel, readWav, writeWav } from './wav.ts'

export const suffixes = { wav: 8000, wav16: 16_000 } as const
type Suffix = keyof typeof suffixes

export type PairResult = { kind: 'made'; seconds: number } | { kind: 'failed'; why: string }

/** Asterisk's own recordings lie at -18 to -22 dB of speech (-20 LUFS); ours stand among them. */
export const SPEECH_LEVEL = -19
const PEAK_LIMIT = -1
/** Room for the overshoot of the resampler; taken back by the gain. */
const HEADROOM = -6

export interface PairOptions {
  /** A WAV file of ours or of a program that we trust. */
  input: string
  /** Path without suffix. Both files appear whole or not at all, each by a rename. */
  output: string
  programs: Programs
  /** Level of the speech in dB below full scale. */
  level?: number
  /** Cuts silence at both ends: words are strung together. */
  trim?: boolean
}

export async function makePair({
  input,
  output,
  programs,
  level = SPEECH_LEVEL,
  trim,
}: PairOptions): Promise<PairResult> {
  return intoPlace(output, async (folder) => {
    const probe = join(folder, 'probe')
    const probed = await resample(programs, { input, output: probe, rate: 16_000, gain: HEADROOM })
    if (probed !== null) return probed
    const wav = readWav(await readFile(probe))
    const speech = wav ? measureLevel(wav.samples, wav.rate).speech : -Infinity
    if (!wav || speech < -70) return 'there is no sound in it'
    const gain = HEADROOM + level - speech
    for (const [suffix, rate] of Object.entries(suffixes)) {
      const failed = await resample(programs, { input, output: join(folder, suffix), rate, gain, trim })
      if (failed !== null) return failed
    }
    return null
  })
}

/** A pause between words. */
export async function makeSilence(output: string, ms: number): Promise<PairResult> {
  return intoPlace(output, async (folder) => {
    for (const [suffix, rate] of Object.entries(suffixes)) {
      await writeFile(join(folder, suffix), writeWav(new Int16Array((rate * ms) / 1000), rate))
    }
    return null
  })
}

/** `make` writes `wav` and `wav16` into the folder it is given, and answers why it could not, or null. */
export async function intoPlace(output: string, make: (folder: string) => Promise<string | null>): Promise<PairResult> {
  await mkdir(dirname(output), { recursive: true })
  const folder = await mkdtemp(join(dirname(output), `.${basename(output).slice(0, 40)}-`))
  try {
    const why = await make(folder)
    if (why !== null) return { kind: 'failed', why }
    const made = readWav(await readFile(join(folder, 'wav')))
    if (made?.rate !== 8000 || made.channels !== 1 || made.samples.length === 0)
      return { kind: 'failed', why: 'the result is not 8 kHz mono' }
    // the 8 kHz one last: where it is, the other is too
    for (const suffix of ['wav16', 'wav'] satisfies Suffix[]) await rename(join(folder, suffix), `${output}.${suffix}`)
    return { kind: 'made', seconds: made.seconds }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Resample {
  input: string
  output: string
  rate: number
  /** dB; peaks are held below the limit. */
  gain: number
  trim?: boolean | undefined
}

/** Null, or why it failed. */
async function resample(programs: Programs, job: Resample): Promise<string | null> {
  const argv = programs.sox ? soxLine(programs.sox, job) : programs.ffmpeg ? ffmpegLine(programs.ffmpeg, job) : null
  if (!argv) return 'neither sox nor ffmpeg is installed'
  const result = await runProgram({ argv, timeoutMs: 20_000 })
  return result.kind === 'done' ? null : result.why
}

function soxLine(sox: string, { input, output, rate, gain, trim }: Resample): [string, ...string[]] {
  const edge = words('silence 1 0.01 -50d')
  // the limiter of `gain -l` leaves the peaks at full scale
  const level =
    gain > 0 ? words(`gain -l ${(gain - PEAK_LIMIT).toFixed(2)} gain ${PEAK_LIMIT}`) : ['gain', gain.toFixed(2)]
  return [
    sox,
    ...words('-V1 -D -t wav'),
    input,
    ...words(`-t wav -e signed -r ${rate} -c 1 -b 16`),
    output,
    ...level,
    ...words(`rate ${rate}`),
    ...(trim ? [...edge, 'reverse', ...edge, 'reverse'] : []),
  ]
}

function ffmpegLine(ffmpeg: string, { input, output, rate, gain, trim }: Resample): [string, ...string[]] {
  const edge = 'silenceremove=start_periods=1:start_threshold=-50dB'
  const filters = [
    `volume=${gain.toFixed(2)}dB`,
    `alimiter=limit=${(10 ** (PEAK_LIMIT / 20)).toFixed(3)}:level=false`,
    `aresample=${rate}`,
    ...(trim ? [edge, 'areverse', edge, 'areverse'] : []),
  ]
  return [
    ffmpeg,
    ...words('-nostdin -v error -threads 1 -protocol_whitelist file,pipe -f wav -i'),
    `file:${input}`,
    ...words(`-af ${filters.join(',')} -ac 1 -ar ${rate} -c:a pcm_s16le -fflags +bitexact -flags:a +bitexact -f wav`),
    `file:${output}`,
  ]
}

function words(line: string): string[] {
  return line.split(' ')
}
