/**
 * What did a party hear? The judge of the scenarios: it knows the prompt files and listens to what arrived at the phone.
 *
 * A prompt is cut into pieces of half a second; each loud piece is searched alone and the pieces vote for the start. So a prompt that was cut
 * off by a key, lost a packet or began late is measured and not just "not found". Two prompts that share words match where they share
 * them: judge by `share`.
 */
import { sleep } from '../../src/runtime/abort.ts'
import { searchable } from './correlation.ts'
import type { Sound } from './wav.ts'

export interface Heard {
  heard: boolean
  /** Second of the recording at which the prompt began, whether or not its beginning was heard. */
  start: number
  /** The part of the prompt that was heard, in its seconds. */
  from: number
  to: number
  toEnd: boolean
  /** Of its loud pieces, 0..1. */
  share: number
  /** Mean likeness of the pieces, 0..1. */
  score: number
}

const NOTHING: Heard = { heard: false, start: 0, from: 0, to: 0, toEnd: false, share: 0, score: 0 }
const PIECE_SEC = 0.5
const LIKENESS = 0.6
/** A recording slips by a frame or two of 20 ms in its middle on a busy machine. */
const SLIP_SEC = 0.15
/** Who hangs up after a prompt cuts off its last frames. */
const LAST_FRAMES_SEC = 0.2

interface Piece {
  offset: number
  samples: Float32Array
}

/** Searches `prompt` in `recording`. Both must have the same rate. */
export function findPrompt(recording: Sound, prompt: Sound): Heard {
  if (recording.rate !== prompt.rate) throw new Error(`rates differ: ${recording.rate} and ${prompt.rate}`)
  const pieces = loudPieces(prompt)
  const length = Math.round(PIECE_SEC * prompt.rate)
  if (pieces.length === 0 || recording.samples.length < length) return NOTHING
  const search = searchable(recording.samples, length)
  const hits = pieces
    .map(({ offset, samples }) => ({ offset, match: search(samples) }))
    .filter(({ match }) => match.score >= LIKENESS)
    .map(({ offset, match }) => ({ offset, start: match.at - offset, score: match.score }))
  const slip = SLIP_SEC * prompt.rate
  const groups = hits.map((hit) => hits.filter((other) => Math.abs(other.start - hit.start) <= slip))
  const agreed = groups.reduce((best, group) => (group.length > best.length ? group : best), [])
  if (agreed.length < Math.min(2, pieces.length)) return NOTHING
  const starts = agreed.map((hit) => hit.start).toSorted((a, b) => a - b)
  const last = agreed.at(-1)!.offset
  return {
    heard: true,
    start: starts[starts.length >> 1]! / prompt.rate,
    from: agreed[0]!.offset / prompt.rate,
    to: (last + length) / prompt.rate,
    toEnd: last === pieces.at(-1)!.offset,
    share: agreed.length / pieces.length,
    score: agreed.reduce((sum, hit) => sum + hit.score, 0) / agreed.length,
  }
}

function loudPieces({ rate, samples }: Sound): Piece[] {
  const length = Math.round(PIECE_SEC * rate)
  const peak = samples.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  const pieces: Piece[] = []
  for (let offset = 0; offset + length <= samples.length; offset += length) {
    const piece = samples.subarray(offset, offset + length)
    if (rms(piece) >= peak / 30) pieces.push({ offset, samples: piece })
  }
  return pieces
}

/** Seconds from..to at which a pure tone sounds: beeps, ringing tone, busy tone. */
export function toneSpans({ rate, samples }: Sound, hertz: number, minSec = 0.06): [number, number][] {
  const frame = Math.round(0.02 * rate)
  const spans: [number, number][] = []
  let from = -1
  for (let at = 0; at < samples.length + frame; at += frame) {
    const piece = samples.subarray(at, at + frame)
    const sounds = piece.length === frame && rms(piece) >= 0.01 && shareOfTone(piece, hertz / rate) >= 0.5
    if (sounds && from < 0) from = at
    if (sounds || from < 0) continue
    if ((at - from) / rate >= minSec) spans.push([from / rate, at / rate])
    from = -1
  }
  return spans
}

/** Goertzel: how much of the energy is at this frequency (in cycles a sample). */
function shareOfTone(piece: Float32Array, frequency: number): number {
  const k = 2 * Math.cos(2 * Math.PI * frequency)
  let a = 0
  let b = 0
  let energy = 0
  for (const value of piece) {
    const next = value + k * a - b
    b = a
    a = next
    energy += value * value
  }
  return ((a * a + b * b - k * a * b) * 2) / piece.length / energy
}

function rms(samples: Float32Array): number {
  let sum = 0
  for (const value of samples) sum += value * value
  return Math.sqrt(sum / Math.max(1, samples.length))
}

/** On a busy machine the last piece may have slipped in its middle: then it must at least be there, about as loud as it should be. */
function soundsOn(recording: Sound, prompt: Sound, { start }: Heard): boolean {
  const length = Math.round(0.4 * prompt.rate)
  const end = Math.round(start * recording.rate) + prompt.samples.length
  if (end > recording.samples.length) return false
  return rms(recording.samples.subarray(end - length, end)) >= 0.3 * rms(prompt.samples.subarray(-length))
}

export interface HearsOptions {
  ms: number
  /** Second of the prompt; its end if missing. */
  upTo?: number
  /** Second of the recording to look from. */
  after?: number
  /** Begins the error's sentence. */
  what: () => string
}

/**
 * Waits until the prompt has been heard up to its second `upTo` (else its end), looking from second `after` of the recording on.
 * Rejects after `ms`. Only the last 1.5 s before `upTo` are looked at, in what is new: cheap enough to be asked often.
 */
export async function hearsPrompt(listen: () => Promise<Sound>, prompt: Sound, options: HearsOptions): Promise<Heard> {
  const { rate } = prompt
  const full = prompt.samples.length / prompt.rate - LAST_FRAMES_SEC
  const end = Math.min(prompt.samples.length, Math.round((options.upTo ?? full) * prompt.rate))
  const begin = Math.max(0, end - Math.round(1.5 * prompt.rate))
  const tail = { rate: prompt.rate, samples: prompt.samples.subarray(begin, end) }
  const overlap = tail.samples.length + Math.round(0.3 * rate)
  let looked = Math.round((options.after ?? 0) * rate)
  for (const deadline = Date.now() + options.ms; Date.now() < deadline; await sleep(100)) {
    const { samples } = await listen()
    if (samples.length - looked < 0.1 * rate) continue
    const from = Math.max(Math.round((options.after ?? 0) * rate), looked - overlap)
    const recent = { rate, samples: samples.subarray(from) }
    const found = findPrompt(recent, tail)
    looked = samples.length
    if (!found.heard || !(found.toEnd || soundsOn(recent, tail, found))) continue
    const shift = begin / prompt.rate
    return {
      ...found,
      toEnd: true,
      start: found.start + from / rate - shift,
      from: found.from + shift,
      to: end / prompt.rate,
    }
  }
  const recording = await listen()
  const { share } = findPrompt(recording, prompt)
  const seconds = (recording.samples.length / rate).toFixed(1)
  const told = `heard ${seconds} s, loudness ${rms(recording.samples).toFixed(3)}, ${Math.round(share * 100)} % of the prompt`
  throw new Error(`${options.what()}: not heard within ${options.ms} ms; ${told}`)
}
