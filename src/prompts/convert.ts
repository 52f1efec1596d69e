/**
 * A person's recording (a telephone's m4a, a studio's wav, an mp3) becomes a pair of files that Asterisk plays.
 *
 * The file may come from anybody: its kind is read from its first bytes and told to the decoder, so that a play list or a manifest that
 * names other files is never opened; ffmpeg runs without network protocols, with limits, on a private copy.
 */
import { constants, createWriteStream } from 'node:fs'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Programs } from './programs.ts'
import { runProgram } from './run-program.ts'
import { intoPlace, makePair, suffixes } from './telephone-wav.ts'
import { measureLevel, readWav } from './wav.ts'

export const LARGEST_RECORDING = 20_000_000
export const LONGEST_RECORDING_SEC = 600
/** EBU R128, as broadcasters and telephone announcements use it. */
const LOUDNESS = -16

export type Refusal =
  'not-found' | 'not-a-file' | 'too-large' | 'unknown-kind' | 'needs-ffmpeg' | 'no-program' | 'no-sound' | 'broken'
/** `speech` and `peak` in dB below full scale. */
export type ConvertResult =
  | { kind: 'converted'; seconds: number; speech: number; peak: number; cut: boolean }
  | { kind: 'refused'; id: Refusal; why: string }

type Demuxer = 'wav' | 'mp3' | 'mov' | 'ogg' | 'flac' | 'matroska'

/** What the first bytes say; null for everything that is not one of these containers. */
export function soundKind(head: Buffer): Demuxer | null {
  const ascii = head.toString('latin1', 0, 16)
  if (ascii.startsWith('RIFF') && ascii.slice(8, 12) === 'WAVE') return 'wav'
  if (ascii.slice(4, 8) === 'ftyp') return 'mov'
  if (ascii.startsWith('OggS')) return 'ogg'
  if (ascii.startsWith('fLaC')) return 'flac'
  if (head.length > 4 && head.readUInt32BE(0) === 0x1a45dfa3) return 'matroska'
  if (ascii.startsWith('ID3')) return 'mp3'
  // a frame of MPEG audio: 11 bits of sync, layer III
  if (head.length > 4 && (head.readUInt16BE(0) & 0xffe6) === 0xffe2) return 'mp3'
  return null
}

/** `output`: path without suffix; the pair replaces what was there only when it is whole. */
export async function convertRecording(options: {
  input: string
  output: string
  programs: Programs
}): Promise<ConvertResult> {
  const { input, output, programs } = options
  if (!programs.ffmpeg && !programs.sox) return refused('no-program', 'neither ffmpeg nor sox is installed')
  const folder = await mkdtemp(join(tmpdir(), 'perezvon-recording-'))
  try {
    const copy = join(folder, 'in')
    const kind = await takeCopy(input, copy)
    if (typeof kind !== 'string') return kind
    const why = programs.ffmpeg
      ? await withFfmpeg(programs, programs.ffmpeg, kind, copy, output)
      : kind === 'wav'
        ? await makePair({ input: copy, output, programs })
        : refused('needs-ffmpeg', 'without ffmpeg only wav files can be read')
    if (why.kind === 'refused') return why
    if (why.kind === 'failed') return refused(why.why.includes('no sound') ? 'no-sound' : 'broken', why.why)
    const made = readWav(await readFile(`${output}.wav`))!
    const level = measureLevel(made.samples, made.rate)
    return { kind: 'converted', seconds: made.seconds, ...level, cut: made.seconds >= LONGEST_RECORDING_SEC }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Copies at most the allowed size and answers the kind of sound. A link is not followed: it may have been made to read another file. */
async function takeCopy(input: string, copy: string): Promise<Demuxer | (ConvertResult & { kind: 'refused' })> {
  const file = await open(input, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: Error) => error,
  )
  if (file instanceof Error)
    return refused('code' in file && file.code === 'ENOENT' ? 'not-found' : 'not-a-file', file.message)
  try {
    const stat = await file.stat()
    if (!stat.isFile()) return refused('not-a-file', 'not a regular file')
    if (stat.size > LARGEST_RECORDING) return refused('too-large', `larger than ${LARGEST_RECORDING / 1e6} MB`)
    const head = Buffer.alloc(16)
    await file.read(head, 0, 16, 0)
    const kind = soundKind(head)
    if (!kind) return refused('unknown-kind', 'not wav, mp3, m4a, ogg, opus, flac or webm')
    await pipeline(
      file.createReadStream({ start: 0, end: LARGEST_RECORDING - 1, autoClose: false }),
      createWriteStream(copy),
    )
    return kind
  } finally {
    await file.close()
  }
}

type Converted = { kind: 'made' } | { kind: 'failed'; why: string } | (ConvertResult & { kind: 'refused' })

async function withFfmpeg(
  programs: Programs,
  ffmpeg: string,
  kind: Demuxer,
  copy: string,
  output: string,
): Promise<Converted> {
  const read = `-nostdin -hide_banner -threads 1 -protocol_whitelist file,pipe -f ${kind} -t ${LONGEST_RECORDING_SEC} -i`
  const decode = (filters: string, rate: number, file: string) =>
    runProgram({
      argv: [
        ffmpeg,
        ...words(read),
        `file:${copy}`,
        ...words('-map 0:a:0 -vn -sn -dn -map_metadata -1 -v error -af'),
        `aformat=channel_layouts=mono,${filters}aresample=${rate}`,
        ...words(`-ac 1 -ar ${rate} -c:a pcm_s16le -fflags +bitexact -flags:a +bitexact -f wav`),
        `file:${file}`,
      ],
    })
  const wanted = `loudnorm=I=${LOUDNESS}:TP=-1.5:LRA=11`
  const heard = await runProgram({
    argv: [
      ffmpeg,
      ...words(read),
      `file:${copy}`,
      ...words(`-map 0:a:0 -vn -sn -dn -af aformat=channel_layouts=mono,${wanted}:print_format=json -f null -`),
    ],
  })
  if (heard.kind === 'failed') return heard
  const measured = readLoudness(heard.stderr)
  if (measured === null) {
    // under 0.4 s a sound has no loudness in the sense of R128: take its level
    const plain = `${copy}.wav`
    const result = await decode('', 16_000, plain)
    return result.kind === 'failed' ? result : makePair({ input: plain, output, programs })
  }
  return intoPlace(output, async (folder) => {
    for (const [suffix, rate] of Object.entries(suffixes)) {
      const result = await decode(`${wanted}:${measured}:linear=true,`, rate, join(folder, suffix))
      if (result.kind === 'failed') return result.why
    }
    return null
  })
}

/** What loudnorm's first pass printed, as the parameters of the second; null when it found no loudness. */
function readLoudness(stderr: string): string | null {
  const json = /\{[^{}]*"input_i"[^{}]*\}/.exec(stderr)?.[0]
  if (!json) return null
  const found = JSON.parse(json) as Record<string, string>
  const names = {
    measured_I: 'input_i',
    measured_TP: 'input_tp',
    measured_LRA: 'input_lra',
    measured_thresh: 'input_thresh',
    offset: 'target_offset',
  }
  const values = Object.entries(names).map(([name, key]) => [name, Number(found[key])] as const)
  return values.every(([, value]) => Number.isFinite(value))
    ? values.map(([name, value]) => `${name}=${value}`).join(':')
    : null
}

function words(line: string): string[] {
  return line.split(' ')
}

function refused(id: Refusal, why: string): ConvertResult & { kind: 'refused' } {
  return { kind: 'refused', id, why }
}
