/** RTP packets: 20 ms of sound each, and RFC 4733 keys. */

export const HEADER = 12
/** 20 ms at 8 kHz. */
export const FRAME = 160
const DIGITS = '0123456789*#ABCD'
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

/** The next 20 ms, in the coding of `type`: a byte a sample, or one byte for all. */
export function soundPacket(stream: Stream, type: number, sound: Uint8Array | number): Buffer {
  const packet = typeof sound === 'number' ? Buffer.alloc(HEADER + FRAME, sound) : Buffer.alloc(HEADER + FRAME)
  if (typeof sound !== 'number') packet.set(sound, HEADER)
  writeHeader(packet, stream, type, false, stream.timestamp)
  stream.timestamp += FRAME
  return packet
}

/**
 * One key: packets of which each is due 20 ms after the one before; the last element is three packets for one moment,
 * because the end is sent three times. Advances the stream past the key.
 */
export function digitPackets(stream: Stream, type: number, digit: string): { held: Buffer[]; end: Buffer[] } {
  const began = stream.timestamp
  const event = DIGITS.indexOf(digit)
  const packet = (frames: number, end: boolean) => {
    const buffer = Buffer.alloc(HEADER + 4)
    writeHeader(buffer, stream, type, frames === 0, began)
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

export interface Rtp {
  type: number
  marker: boolean
  timestamp: number
  ssrc: number
  payload: Buffer
}

/** Null when it is no RTP with a payload. */
export function readRtp(packet: Buffer): Rtp | null {
  if (packet.length <= HEADER || packet[0]! >> 6 !== 2) return null
  const header = HEADER + 4 * (packet[0]! & 0x0f)
  return {
    type: packet[1]! & 0x7f,
    marker: packet[1]! >= 0x80,
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payload: packet.subarray(header),
  }
}

/** The key that an RFC 4733 payload ends; null while it is held. */
export function readKeyEnd(payload: Buffer): string | null {
  if (payload.length < 4 || (payload[1]! & 0x80) === 0) return null
  return DIGITS[payload[0]!] ?? null
}

function writeHeader(packet: Buffer, stream: Stream, type: number, marker: boolean, timestamp: number): void {
  packet[0] = 0x80
  packet[1] = type | (marker ? 0x80 : 0)
  packet.writeUInt16BE(stream.sequence++ & 0xffff, 2)
  packet.writeUInt32BE(timestamp % 2 ** 32, 4)
  packet.writeUInt32BE(stream.ssrc, 8)
}
