/**
 * What a person on the line would tell of what was heard: whose voice, the tone of an exchange, other sound such as music, or silence. Each scripted
 * phone speaks with a pure tone of its own, so that two voices are never taken for one another.
 */
import { toneSpans } from '../../scripts/rig/hearing.ts'
import type { SipCall } from '../../scripts/rig/sip/call.ts'
import { tone } from '../../scripts/rig/sounds.ts'
import type { Sound } from '../../scripts/rig/wav.ts'
import { sleep } from '../../src/runtime/abort.ts'

/** Who speaks -> hertz. None is a harmonic of another, nor of the tones of the exchange. */
const VOICES = { 101: 520, 102: 640, 103: 790, caller: 980, outside: 1180, elsewhere: 1330 } as const
/** Ringing, busy and congestion in the country of the worlds. */
const EXCHANGE_HERTZ = 425
const VOICE_SEC = 30

export type Speaker = `${keyof typeof VOICES}`
/** `silence` is told after 2 s, or after 4.5 s where it may be the pause of a ringing tone. */
export type Told = `voice ${Speaker}` | 'tone' | 'sound' | 'silence'

const FRAME_SEC = 0.1
const LOUD = 0.003
/** A voice is as loud as a phone can be; a note of the music is not. */
const VOICE_LOUD = 0.35
const LEAST_FRAMES: Record<'voice' | 'tone' | 'sound' | 'silence', number> = {
  voice: 3,
  tone: 2,
  sound: 4,
  silence: 20,
}
const SILENCE_AFTER_TONE = 45

/** Speaks from now on, to the end of the call. */
export async function speaks(call: SipCall, who: Speaker): Promise<void> {
  const voice = await tone(VOICES[who], VOICE_SEC)
  const on = async () => {
    while (call.state !== 'ended') await call.say(voice)
  }
  void on()
}

/** All that was heard from second `after` on, in its order; what goes on is told once. */
export function told(call: SipCall, after = 0): Told[] {
  const { rate, samples } = call.heard.sound()
  return tellSound({ rate, samples: samples.subarray(Math.round(after * rate)) })
}

/** Waits until this is heard, from now on. Resolves with the second at which the waiting began. */
export async function hears(call: SipCall, what: Told, ms = 8_000): Promise<number> {
  const from = call.heard.seconds
  for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) if (told(call, from).includes(what)) return from
  throw new Error(
    `${call.who} (${call.state}): no ${what} within ${ms} ms, but ${told(call, from).join(', ') || 'nothing'}`,
  )
}

/** The two hear each other, from now on. */
export async function talkTogether(one: [SipCall, Speaker], other: [SipCall, Speaker], ms?: number): Promise<void> {
  await Promise.all([hears(one[0], `voice ${other[1]}`, ms), hears(other[0], `voice ${one[1]}`, ms)])
}

function tellSound(sound: Sound): Told[] {
  const runs: { what: Told; frames: number }[] = []
  for (const what of frames(sound)) {
    const last = runs.at(-1)
    if (last?.what === what) last.frames++
    else runs.push({ what, frames: 1 })
  }
  const said: Told[] = []
  for (const [n, { what, frames: length }] of runs.entries()) {
    // a note of the music, and no tone
    if (what === 'tone' && length < 7 && (runs[n - 1]?.what === 'sound' || runs[n + 1]?.what === 'sound')) continue
    const kind = what.startsWith('voice') ? 'voice' : (what as 'tone' | 'sound' | 'silence')
    const least = kind === 'silence' && said.at(-1) === 'tone' ? SILENCE_AFTER_TONE : LEAST_FRAMES[kind]
    if (length >= least && said.at(-1) !== what) said.push(what)
  }
  return said
}

function frames(sound: Sound): Told[] {
  const { rate, samples } = sound
  const length = Math.round(FRAME_SEC * rate)
  const known = Object.entries({ ...VOICES, tone: EXCHANGE_HERTZ }).map(([who, hertz]) => ({
    what: (who === 'tone' ? 'tone' : `voice ${who}`) as Told,
    spans: toneSpans(sound, hertz, FRAME_SEC),
  }))
  return Array.from({ length: Math.floor(samples.length / length) }, (_, n) => {
    const middle = (n + 0.5) * FRAME_SEC
    const found = known.find(({ spans }) => spans.some(([from, to]) => from <= middle && middle < to))
    const loudest = samples.subarray(n * length, (n + 1) * length).reduce((most, s) => Math.max(most, Math.abs(s)), 0)
    if (found && (found.what === 'tone' || loudest >= VOICE_LOUD)) return found.what
    return loudest < LOUD ? 'silence' : 'sound'
  })
}

/** Hertz of this voice. */
export function voiceOf(who: Speaker): number {
  return VOICES[who]
}
