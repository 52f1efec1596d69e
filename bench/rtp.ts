/**
 * The bench's sounds: mu-law made of one repeated byte, by which the phone knows what it hears from any single packet.
 */
import { HEADER, soundPacket, type Stream } from '../scripts/rig/sip/rtp.ts'
import { PCMU } from '../scripts/rig/sip/sdp.ts'

/** What is heard, told by any single packet. */
export const sounds = { menu: 0x11, choice: 0x22, operator: 0x33, caller: 0x44 } as const
export type SoundName = keyof typeof sounds

const NAMES: ReadonlyMap<number, SoundName> = new Map(
  Object.entries(sounds).map(([name, byte]) => [byte, name as SoundName]),
)

/** The next 20 ms of a sound. */
export function voicePacket(stream: Stream, sound: SoundName): Buffer {
  return soundPacket(stream, PCMU, sounds[sound])
}

/** What a packet sounds like; null for anything but the four sounds: comfort noise, music, digits. */
export function readSound(packet: Buffer): SoundName | null {
  if (packet.length <= HEADER || (packet[1]! & 0x7f) !== PCMU) return null
  const byte = packet[packet.length >> 1]!
  // real speech passes through any one value
  if (packet[HEADER] !== byte || packet[packet.length - 1] !== byte) return null
  return NAMES.get(byte) ?? null
}
