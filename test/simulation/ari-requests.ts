/** What Asterisk does with a request: the ARI of the played one. */
import type { AriOperation, AriParameters } from '../../src/telephony/ari-operations.ts'
import type { PlayedAsterisk } from './asterisk.ts'
import type { Chance } from './chance.ts'
import { type Channel, describe, type Party } from './channel.ts'

export interface Reply {
  status: number
  body?: unknown
}

/** Longer than any recording of the day's callers. */
const SOUND_MS = { min: 1_500, max: 6_000 }

/** Sounds that are not there. */
const MISSING = 'sound:no/such/'

export class AriRequests {
  #asterisk: PlayedAsterisk
  #chance: Chance
  /** Book-reading channels -> what they have not read yet. */
  #readers = new Map<string, { keys: string[]; key: string }>()

  constructor(asterisk: PlayedAsterisk, chance: Chance) {
    this.#asterisk = asterisk
    this.#chance = chance
  }

  carryOut(operation: AriOperation, parameters: AriParameters, variables: Record<string, unknown> = {}): Reply {
    const asterisk = this.#asterisk
    const text = (name: string) => String(parameters[name] ?? '')
    switch (operation) {
      case 'applications.filter':
      case 'applications.get':
        return { status: 200 }
      case 'applications.subscribe': {
        const [kind, id = ''] = text('eventSource').split(/:(.*)/)
        const channel = asterisk.channels.get(id)
        if (kind === 'channel' && !channel) return { status: 422 }
        if (channel) channel.followed = true
        return { status: 200 }
      }
      case 'asterisk.getGlobalVar':
        return { status: 200, body: { value: String(Math.floor(asterisk.parts.time.now() / 1000)) } }
      case 'asterisk.getInfo':
        return { status: 200, body: { status: { startup_time: new Date(asterisk.startedAt).toISOString() } } }
      case 'asterisk.setGlobalVar':
        this.#tellDialplan(text('variable'), text('value'))
        return { status: 204 }
      case 'deviceStates.get':
        return { status: 200, body: { state: asterisk.deviceState(text('deviceName')) } }
      case 'channels.list':
        return { status: 200, body: [...asterisk.channels.values()].map(describe) }
      case 'channels.originateWithId':
        if (text('endpoint').startsWith('Local/')) return this.#openBook(text('channelId'), text('otherChannelId'))
        return this.#originate(
          text('channelId'),
          text('endpoint'),
          text('callerId'),
          Number(parameters['timeout'] ?? 30),
          text('originator'),
          variables,
        )
      case 'playbacks.get':
        return this.#withSound(text('playbackId'), () => ({ status: 200 }))
      case 'playbacks.stop':
        return this.#withSound(text('playbackId'), (channel) => (channel.sound?.stop(), { status: 204 }))
      case 'recordings.getLive':
        return this.#recorded(text('recordingName')) ? { status: 200 } : { status: 404 }
      case 'recordings.stop':
        this.#recorded(text('recordingName'))?.recording?.stop(4_000)
        return { status: 204 }
      case 'recordings.deleteStored':
        return { status: 204 }
      default:
        return this.#onChannel(operation, asterisk.channels.get(text('channelId')), parameters)
    }
  }

  #tellDialplan(variable: string, value: string): void {
    const { dialplan, parts } = this.#asterisk
    if (variable === 'PEREZVON_HB') dialplan.heartbeat = Number(value)
    if (variable !== 'PEREZVON_DOOR') return
    dialplan.door = value === 'closed' ? 'closed' : 'open'
    // the last thing that it says when it has looked at everything
    if (value === 'open') parts.chronicle.ready()
  }

  #onChannel(operation: AriOperation, channel: Channel | undefined, parameters: AriParameters): Reply {
    const asterisk = this.#asterisk
    if (!channel) return { status: 404 }
    if (operation === 'channels.get') return { status: 200, body: describe(channel) }
    if (operation === 'channels.hangup') {
      asterisk.end(channel, Number(parameters['reason_code'] ?? 16), 'asterisk')
      return { status: 204 }
    }
    if (channel.place.app !== 'Stasis') return { status: 409 }
    switch (operation) {
      case 'channels.answer':
        channel.state = 'Up'
        if (channel.record) channel.record.answeredAt ??= asterisk.parts.time.now()
        break
      case 'channels.continueInDialplan':
        return this.#continue(channel, String(parameters['context'] ?? ''), String(parameters['extension'] ?? 's'))
      case 'channels.rtpstatistics':
        // a frame each 20 ms, for as long as there is somebody
        return { status: 200, body: { rxcount: Math.floor(asterisk.parts.time.now() / 20) } }
      case 'channels.playWithId':
        this.#play(channel, String(parameters['playbackId']), String(parameters['media']))
        return { status: 201 }
      case 'channels.record':
        this.#record(channel, String(parameters['name']))
        return { status: 201 }
      case 'channels.ring':
        channel.ringback = true
        break
      case 'channels.ringStop':
        channel.ringback = false
        break
      case 'channels.startMoh':
        if (channel.record) channel.record.waitsSince ??= asterisk.parts.time.now()
        channel.music = true
        break
      case 'channels.stopMoh':
        channel.music = false
        break
      default:
        return { status: 204 }
    }
    asterisk.sounds(channel)
    return { status: 204 }
  }

  #originate(
    id: string,
    endpoint: string,
    callerId: string,
    timeout: number,
    originator: string,
    variables: Record<string, unknown>,
  ): Reply {
    const asterisk = this.#asterisk
    if (originator) asterisk.parts.chronicle.askedFor(originator)
    if (asterisk.channels.has(id)) return { status: 409 }
    if (endpoint.split('@').length === 1 && asterisk.deviceState(endpoint) === 'UNAVAILABLE') return { status: 500 }
    const number = /<([^>]*)>/.exec(callerId)?.[1] ?? ''
    const channel = asterisk.ring(id, endpoint, { number, name: '' })
    if (!channel) return { status: 500 }
    if (channel.record && originator) channel.record.forChannel = originator
    channel.place = { app: 'AppDial2', data: '(Outgoing Line)' }
    channel.followed = true
    channel.followsForwards = !('FORWARD_CONTEXT' in variables)
    asterisk.later(channel, timeout * 1000, () => channel.state !== 'Up' && asterisk.end(channel, 19, 'asterisk'))
    return { status: 200, body: describe(channel) }
  }

  #play(channel: Channel, id: string, media: string): void {
    const { time } = this.#asterisk.parts
    channel.sound?.stop()
    const endless = media.startsWith('tone:')
    const finished = (state: string) => {
      if (channel.sound?.id !== id) return
      cancel()
      channel.sound = null
      const target = `channel:${channel.id}`
      this.#asterisk.app.send(channel, { type: 'PlaybackFinished', playback: { id, state, target_uri: target } })
      this.#asterisk.sounds(channel)
    }
    const ms = endless ? 600_000 : this.#chance.int(SOUND_MS.min, SOUND_MS.max)
    const isThere = !media.startsWith(MISSING)
    const cancel = time.after(isThere ? ms : 1, () => finished(isThere ? 'done' : 'failed'))
    channel.sound = { id, stop: () => finished('done') }
    this.#asterisk.sounds(channel)
    channel.party.hears?.(channel.line, media)
  }

  #record(channel: Channel, name: string): void {
    const { time } = this.#asterisk.parts
    const began = time.now()
    const cancel = time.after(this.#chance.int(3_000, 20_000), () => channel.recording?.stop(1_000))
    channel.recording = {
      name,
      stop: (silent) => {
        cancel()
        channel.recording = null
        const seconds = Math.floor((time.now() - began) / 1000)
        const recording = {
          name,
          duration: seconds,
          silence_duration: silent / 1000,
          target_uri: `channel:${channel.id}`,
        }
        this.#asterisk.app.send(channel, { type: 'RecordingFinished', recording })
        this.#asterisk.sounds(channel)
      },
    }
    this.#asterisk.sounds(channel)
  }

  #withSound(id: string, deed: (channel: Channel) => Reply): Reply {
    const channel = [...this.#asterisk.channels.values()].find(({ sound }) => sound?.id === id)
    return channel ? deed(channel) : { status: 404 }
  }

  #recorded(name: string): Channel | undefined {
    return [...this.#asterisk.channels.values()].find(({ recording }) => recording?.name === name)
  }

  #continue(channel: Channel, context: string, extension: string): Reply {
    const reader = this.#readers.get(channel.id)
    if (reader) {
      if (extension === 'ack') this.#asterisk.book.write(reader.key, null)
      this.#asterisk.leaveStasis(channel)
      this.#readOn(channel)
      return { status: 204 }
    }
    channel.music = channel.ringback = false
    if (context === 'perezvon-talk') this.#asterisk.dialplan.talk(channel, extension)
    else this.#asterisk.dialplan.fallback(channel)
    return { status: 204 }
  }

  /** A Local channel: one half walks the book, the other only waits. */
  #openBook(id: string, walks: string): Reply {
    const nobody: Party = {}
    const [waiting, walking] = [id, walks].map((half) => {
      const channel = this.#asterisk.newChannel(half, 'Local/drain', nobody, null, { number: '', name: '' })
      channel.state = 'Up'
      channel.silentSince = null
      return channel
    }) as [Channel, Channel]
    walking.otherHalf = waiting
    this.#readers.set(walks, { keys: [...this.#asterisk.book.entries.keys()], key: '' })
    this.#asterisk.later(walking, 1, () => this.#readOn(walking))
    return { status: 200, body: describe(waiting) }
  }

  #readOn(channel: Channel): void {
    const asterisk = this.#asterisk
    const reader = this.#readers.get(channel.id)!
    for (;;) {
      const key = reader.keys.shift()
      if (key === undefined) return asterisk.enterStasis(channel, ['doorbell-end'])
      const entry = asterisk.book.entries.get(key)
      if (asterisk.channels.has(key) || entry === undefined) continue
      reader.key = key
      return asterisk.enterStasis(channel, ['doorbell', key, entry])
    }
  }
}
