/** RTP packets: mu-law sound made of one repeated byte, by which the phone knows what it hears, and RFC 4733 digits. */

/** What is heard, told by any single packet. */
export const sounds = { menu: 0x11, choice: 0x22, operator: 0x33, caller: 0x44 } as const
export type SoundName = keyof typeof sounds

const NAMES: ReadonlyMap<number, SoundName> = new Map(
  Object.entries(sounds).map(([name, byte]) => [byte, name as SoundName]),
)

const HEADER = 12
const PCMU = 0
const TELEPHONE_EVENT = 101
/** 20 ms at 8 kHz. */
const FRAME = 160
const DIGITS = '0123456789*#'
/** A key is held for five frames; shorter ones Asterisk stretches to 80 ms. */
const DIGIT_FRAMES = 5
const VOLUME = 10

/** Where a stream stands. */
export interface Stream {
  sequence: number
  timestamp: number
  ssrc: number
}

export function newStream(): Stream {
  return { sequence: 1, timestamp: 0, ssrc: Math.floor(Math.random() * 2 ** 32) }
}

/** The next 20 ms of a sound. */
export function voicePacket(stream: Stream, sound: SoundName): Buffer {
  const packet = Buffer.alloc(HEADER + FRAME, sounds[sound])
  writeHeader(packet, stream, PCMU, false, stream.timestamp)
  stream.timestamp += FRAME
  return packet
}

/**
 * One key: packets of which each is due 20 ms after the one before; the last element is three packets for one moment, because the end is sent
 * three times. Advances the stream past the key.
 */
export function digitPackets(stream: Stream, digit: string): { held: Buffer[]; end: Buffer[] } {
  const began = stream.timestamp
  const event = DIGITS.indexOf(digit)
  const packet = (frames: number, end: boolean) => {
    const buffer = Buffer.alloc(HEADER + 4)
    writeHeader(buffer, stream, TELEPHONE_EVENT, frames === 0, began)
    buffer[HEADER] = event
    buffer[HEADER + 1] = (end ? 0x80 : 0) | VOLUME
    buffer.writeUInt16BE(frames * FRAME, HEADER + 2)
    return buffer
  }
  const held = Array.from({ length: DIGIT_FRAMES + 1 }, (_, frames) => packet(frames, false))
  const end = [1, 2, 3].map(() => packet(DIGIT_FRAMES + 1, true))
  stream.timestamp += (DIGIT_FRAMES + 1) * FRAME
  return { held, end }
}

/** What a packet sounds like; null for anything but the four sounds: comfort noise, music, digits. */
export function readSound(packet: Buffer): SoundName | null {
  if (packet.length <= HEADER || (packet[1]! & 0x7f) !== PCMU) return null
  const byte = packet[packet.length >> 1]!
  // real speech passes through any one value
  if (packet[HEADER] !== byte || packet[packet.length - 1] !== byte) return null
  return NAMES.get(byte) ?? null
}

function writeHeader(packet: Buffer, stream: Stream, type: number, marker: boolean, timestamp: number): void {
  packet[0] = 0x80
  packet[1] = type | (marker ? 0x80 : 0)
  packet.writeUInt16BE(stream.sequence++ & 0xffff, 2)
  packet.writeUInt32BE(timestamp % 2 ** 32, 4)
  packet.writeUInt32BE(stream.ssrc, 8)
}
