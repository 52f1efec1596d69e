/** Session descriptions of one sound stream, and what we read of the other side's. */
import type { Address } from './message.ts'

/** As the sender sees it: `sendonly` puts the other side on hold, `inactive` stops both ways. */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

export interface Sdp {
  /** Where the sender of it wants to receive; port 0: no sound at all. */
  audio: Address
  direction: Direction
  /** RTP payload types of sound in the sender's order of preference. */
  codecs: number[]
  /** Payload type of RFC 4733 keys; null: not offered. */
  keys: number | null
}

export const PCMU = 0
export const PCMA = 8
export const TELEPHONE_EVENT = 101
const NAMES: ReadonlyMap<number, string> = new Map([
  [PCMU, 'PCMU/8000'],
  [PCMA, 'PCMA/8000'],
])

/** `version` grows with each description of a dialog. */
export function writeSdp(sdp: Sdp & { version?: number }): string {
  const { audio, direction, codecs, keys, version = 1 } = sdp
  const types = [...codecs, ...(keys === null ? [] : [keys])]
  return [
    'v=0',
    `o=rig 1 ${version} IN IP4 ${audio.host}`,
    's=-',
    `c=IN IP4 ${audio.host}`,
    't=0 0',
    `m=audio ${audio.port} RTP/AVP ${types.join(' ')}`,
    ...codecs.map((type) => `a=rtpmap:${type} ${NAMES.get(type)}`),
    ...(keys === null ? [] : [`a=rtpmap:${keys} telephone-event/8000`, `a=fmtp:${keys} 0-16`]),
    'a=ptime:20',
    ...(direction === 'sendrecv' ? [] : [`a=${direction}`]),
    '',
  ].join('\r\n')
}

/** Null when there is no description of sound in it. */
export function readSdp(body: string): Sdp | null {
  const line = /^m=audio (\d+) \S+ ([\d ]+)/m.exec(body)
  const host = /^c=IN IP4 (\S+)/m.exec(body)?.[1]
  if (!line || host === undefined) return null
  const keys = Number(/^a=rtpmap:(\d+) telephone-event\/8000/m.exec(body)?.[1] ?? NaN)
  const direction = /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(body)?.[1] ?? 'sendrecv'
  return {
    audio: { host, port: Number(line[1]) },
    direction: host === '0.0.0.0' ? 'sendonly' : (direction as Direction),
    codecs: line[2]!
      .trim()
      .split(/ +/)
      .map(Number)
      .filter((type) => type !== keys),
    keys: Number.isNaN(keys) ? null : keys,
  }
}

/** The port that the body offers for sound; 0 without one. */
export function audioPort(body: string): number {
  return Number(/^m=audio (\d+)/m.exec(body)?.[1] ?? 0)
}

/** How an offer is answered by one who wants `ours`. */
export function answerTo(theirs: Direction, ours: Direction): Direction {
  const sends = sendsSound(ours) && hearsSound(theirs)
  const hears = hearsSound(ours) && sendsSound(theirs)
  if (sends) return hears ? 'sendrecv' : 'sendonly'
  return hears ? 'recvonly' : 'inactive'
}

export function sendsSound(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly'
}

function hearsSound(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'recvonly'
}
