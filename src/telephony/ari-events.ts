/**
 * The events of ARI that we listen to, read from JSON that we do not trust to have any shape. Texts that a caller can choose (his number and
 * name) are cleaned here, at the border.
 */
import { CALLER_ID_LENGTH, cleanText } from '../model/clean-text.ts'
import type { AriMessage } from './ari-socket.ts'

/** Asterisk filters by this list before it writes JSON: half of its events are channel variables being set. */
export const LISTENED_EVENTS = [
  'StasisStart',
  'StasisEnd',
  'ChannelDestroyed',
  'ChannelHangupRequest',
  'ChannelStateChange',
  'Dial',
  'ChannelDtmfReceived',
  'ChannelHold',
  'ChannelUnhold',
  'PlaybackFinished',
  'RecordingFinished',
  'RecordingFailed',
  'BridgeAttendedTransfer',
  'DeviceStateChanged',
  'ApplicationReplaced',
] as const

export interface AriChannel {
  id: string
  name: string
  state: string
  callerNumber: string
  callerName: string
  /** Milliseconds since 1970. */
  createdAt: number
  /** The dialplan application it is in, `Stasis` while we have it. */
  application: string
  applicationData: string
  /** Where it is in the dialplan. */
  extension: string
}

/** The channel an event (or a reply) speaks of; null when it has none that can be read. */
export function readChannel(value: unknown): AriChannel | null {
  const channel = record(value)
  const id = channel['id']
  if (typeof id !== 'string' || id === '') return null
  const caller = record(channel['caller'])
  const dialplan = record(channel['dialplan'])
  return {
    id,
    name: text(channel['name']),
    state: text(channel['state']),
    callerNumber: cleanText(text(caller['number']), CALLER_ID_LENGTH),
    callerName: cleanText(text(caller['name']), CALLER_ID_LENGTH),
    createdAt: Date.parse(text(channel['creationtime'])) || Date.now(),
    application: text(dialplan['app_name']),
    applicationData: text(dialplan['app_data']),
    extension: text(dialplan['exten']),
  }
}

/** Which leg an event belongs to. Playbacks and recordings name their channel as `channel:<id>`; Dial is of the leg that is dialled. */
export function channelIdOf(message: AriMessage): string | null {
  const direct = record(message[message.type === 'Dial' ? 'peer' : 'channel'])['id']
  if (typeof direct === 'string') return direct
  for (const holder of ['playback', 'recording']) {
    const target = text(record(message[holder])['target_uri'])
    if (target.startsWith('channel:')) return target.slice('channel:'.length)
  }
  return null
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
