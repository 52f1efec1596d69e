/**
 * The connection with one Asterisk: one socket for events, one router by channel id, requests over the transport that the settings name.
 *
 * Nothing is replayed after a reconnect. So each time all channels are listed: handles whose channel is gone are ended, channels in our
 * application that no handle knows are handed to the house, and only then are we `ready`.
 */
import { abortable, childController, sleep, TimeoutError } from '../runtime/abort.ts'
import { mayCrash, throughWall } from '../runtime/crash-point.ts'
import type { Logger } from '../runtime/logger.ts'
import type { DialRequest, DialResult, PhoneState, Recording } from './api.ts'
import { type AriChannel, channelIdOf, LISTENED_EVENTS, readChannel, record, text } from './ari-events.ts'
import { AriLeg, type LegPort } from './ari-leg.ts'
import { type AriMessage, AriSocket, type AriSocketOptions } from './ari-socket.ts'
import { type AriAddress, AriError, type AriTransport, saysGone } from './ari-transport.ts'
import { RETURNS } from './contexts.ts'
import { DoorbellReader } from './doorbell-reader.ts'
import { Handles } from './handles.ts'
import { Heartbeat } from './heartbeat.ts'
import type { AsteriskLink, LinkEvents, LivingChannel, TalkRecordings } from './link.ts'
import { PendingDial } from './pending-dial.ts'
import { removeRecording, saveRecording, storedRecording } from './stored-recording.ts'
import { WatchedPhones } from './watched-phones.ts'

/** Events can be lost one by one too; so often the handles are compared with what really lives. A caller whom nobody told of waits so long. */
const AUDIT_MS = 10_000
/** An arrival that we hear of so late may have been taken away meanwhile. */
const STALE_ARRIVAL_MS = 3_000
/** So often it is looked whether the recording of a former life still runs. */
const RECORDING_LOOK_MS = 500
/** The dialplan's own limit of a channel, in seconds; the usual one where it has none. */
const LONGEST_CALL_VARIABLE = 'PEREZVON_MAX_CALL'
const USUAL_LONGEST_CALL_SEC = 3600
/** Channels that we place; an Asterisk's own id has digits and a point. */
const PLACED_BY_US = /^(leg|cb)-/

/** The socket over which events come. */
export type EventSocket = Pick<AriSocket, 'isOpen' | 'start' | 'stop' | 'reconnect'>

export class AriTelephony implements AsteriskLink, LegPort {
  #address: AriAddress
  #transport: AriTransport
  #events: LinkEvents
  #log: Logger
  #socket: EventSocket
  #handles = new Handles()
  #phones: WatchedPhones
  #heartbeat: Heartbeat
  #doorbell: DoorbellReader
  #ready = false
  #untilReady: (() => void)[] = []
  /** Counts connections: what an earlier one began is void. */
  #connection = 0
  #stopping = new AbortController()
  #audit: NodeJS.Timeout | null = null
  reconnects = -1
  longestCallSec = USUAL_LONGEST_CALL_SEC

  /** `socket`: another way for the events than the real one. */
  constructor(options: {
    address: AriAddress
    transport: AriTransport
    events: LinkEvents
    log: Logger
    socket?: (options: AriSocketOptions) => EventSocket
  }) {
    const { socket = (how: AriSocketOptions) => new AriSocket(how) } = options
    this.#address = options.address
    this.#transport = options.transport
    this.#events = options.events
    this.#log = options.log
    this.#socket = socket({
      address: options.address,
      app: () => options.address.app,
      log: options.log,
      onOpen: () => void this.#resynchronise(),
      onClose: () => this.#disconnected(),
      onMessage: (message) => this.#receive(message),
    })
    this.#phones = new WatchedPhones(options.address.app, this.request, () => this.#ready)
    this.#heartbeat = new Heartbeat(this.request, () => this.#socket.isOpen, options.log)
    const take = (id: string, entry: string) => options.events.doorbell(id, entry, this.#heartbeat.skewMs)
    this.#doorbell = new DoorbellReader(this.request, take, options.log)
  }

  get ready(): boolean {
    return this.#ready
  }

  get takesCallers(): boolean {
    return this.#ready && this.#heartbeat.isKnown
  }

  get liveLegs(): number {
    return this.#handles.legs.size
  }

  start(): void {
    this.#transport.open(this.#stopping.signal).then(
      () => this.#socket.start(),
      () => {}, // stopped before the first connection
    )
    this.#audit = setInterval(() => void this.#auditLegs(), AUDIT_MS)
  }

  retire(): Promise<void> {
    return this.#heartbeat.closeDoor()
  }

  async stop(): Promise<void> {
    this.#ready = false
    if (this.#audit) clearInterval(this.#audit)
    this.#phones.stop()
    await this.#heartbeat.fallSilent()
    this.#stopping.abort(new Error('the daemon stops'))
    this.#socket.stop()
    this.#transport.close()
  }

  resynchronise(): void {
    this.#socket.reconnect()
  }

  /** Resolves when connected and resynchronised. */
  async whenReady(signal: AbortSignal): Promise<void> {
    while (!this.#ready) await abortable(new Promise<void>((resolve) => this.#untilReady.push(resolve)), signal)
  }

  async dial(request: DialRequest): Promise<DialResult> {
    if (!this.#ready && !(await this.#readyWithin(request.timeoutMs, request.signal)))
      return { kind: 'not-placed', why: 'no connection to Asterisk' }
    const dial = new PendingDial(request, this.#address.app, this)
    this.#handles.dials.set(request.channelId, dial)
    try {
      return await dial.run()
    } finally {
      this.#handles.dials.delete(request.channelId)
    }
  }

  channelsOn(endpoint: string): number {
    return this.#handles.countOn(endpoint)
  }

  async hangUp(channelId: string): Promise<void> {
    await this.request('channels.hangup', { channelId }, { lane: channelId }).catch((error: unknown) => {
      if (!saysGone(error)) this.#log.warn('a channel could not be hung up', { channelId, error })
    })
  }

  async watchPhones(endpoints: string[]): Promise<void> {
    this.#phones.watch(endpoints)
    if (this.#socket.isOpen) await this.#phones.subscribe()
  }

  phoneState(endpoint: string): PhoneState {
    return this.#phones.state(endpoint)
  }

  onPhoneState(listener: (endpoint: string, state: PhoneState) => void): () => void {
    return this.#phones.onState(listener)
  }

  async adopt({ id: channelId, application }: LivingChannel): Promise<AriLeg> {
    const known = this.#handles.legs.get(channelId)
    if (known) return known
    const channel = readChannel(await this.request('channels.get', { channelId }))
    if (!channel) throw new Error(`Asterisk describes channel ${channelId} without an id`)
    const leg = this.#newLeg(channel)
    if (this.holds(channel)) return leg
    if (application === 'Stasis') leg.taken()
    else await leg.followOutside()
    return leg
  }

  holds(channel: AriChannel): boolean {
    return channel.application === 'Stasis' && channel.applicationData.split(',')[0] === this.#address.app
  }

  request = (...[operation, parameters, options]: Parameters<AriTransport['request']>): Promise<unknown> => {
    const send = () => this.#transport.request(operation, parameters, options)
    return mayCrash() ? throughWall('ari', [operation], send) : send()
  }

  follow(channelId: string, lane: string): Promise<unknown> {
    return this.request(
      'applications.subscribe',
      { applicationName: this.#address.app, eventSource: `channel:${channelId}` },
      { lane },
    )
  }

  recording(name: string, talkedMs: number | null): Promise<Recording> {
    return storedRecording(name, talkedMs, this.#address, this)
  }

  async leftRecording(name: string): Promise<Recording | null> {
    const isThere = (operation: 'recordings.getLive' | 'recordings.getStored') =>
      this.request(operation, { recordingName: name }).then(
        () => true,
        (error: unknown) => {
          if (saysGone(error)) return false
          throw error
        },
      )
    while (await isThere('recordings.getLive')) await sleep(RECORDING_LOOK_MS, this.#stopping.signal)
    return (await isThere('recordings.getStored')) ? this.recording(name, null) : null
  }

  readonly talkRecordings: TalkRecordings = {
    save: (name, file) => saveRecording(name, this.#address, file),
    remove: (name) => removeRecording(name, this),
  }

  answered(channel: AriChannel): AriLeg {
    return this.#newLeg(channel)
  }

  ended(leg: AriLeg): void {
    this.#handles.ended(leg)
  }

  #newLeg(channel: AriChannel): AriLeg {
    const leg = new AriLeg(channel, this, this.#log.child({ channel: channel.id }))
    this.#handles.legs.set(channel.id, leg)
    return leg
  }

  #receive(message: AriMessage): void {
    switch (message.type) {
      case 'StasisStart':
        return this.#stasisStart(message)
      case 'DeviceStateChanged':
        return this.#phones.receive(message['device_state'])
      case 'ApplicationReplaced':
        this.#log.error('another daemon took over our application; this one stops')
        return this.#events.fenced()
    }
    const id = channelIdOf(message)
    if (!id) return
    this.#handles.dials.get(id)?.receive(message)
    // until we know what lives the dialplan may have had it last
    const leg = this.#handles.legs.get(id)
    if (message.type === 'ChannelDestroyed' && !this.#ready) leg?.vanished()
    else leg?.receive(message)
  }

  #stasisStart(message: AriMessage): void {
    const channel = readChannel(message['channel'])
    if (!channel) return
    const [kind, ...args] = Array.isArray(message['args']) ? message['args'].map(String) : []
    this.#enter(channel, kind ?? '', args)
  }

  /** A channel is in our application, for the reason that its arguments say. */
  #enter(channel: AriChannel, kind: string, args: string[]): void {
    const known = this.#handles.legs.get(channel.id)
    if (known) return RETURNS.has(kind) ? known.returned(args) : undefined
    const dial = this.#handles.dials.get(channel.id)
    if (dial) return dial.answered(channel)
    if (kind === 'inbound') return void this.#arrive(this.#newLeg(channel), channel, args)
    if (kind === 'feature') return this.#events.feature(this.#newLeg(channel), args[0] ?? '', `PJSIP/${args[1] ?? ''}`)
    if (kind === 'doorbell') return void this.#doorbell.entry(channel, args)
    if (kind === 'doorbell-end') return this.#doorbell.end(channel)
    this.#events.stranger(channel)
  }

  /** The dialplan's word on the number counts: it has looked whether it may be shown, and it has no letters. */
  async #arrive(leg: AriLeg, channel: AriChannel, [did = '', number = '', trunk = '']: string[]): Promise<void> {
    const callerNumber = number || (/\p{L}/u.test(channel.callerNumber) ? channel.callerNumber : '')
    const cameAt = () => channel.createdAt - this.#heartbeat.skewMs
    // after a freeze the socket is full of old news, unless one of the two clocks was set a moment ago
    if (Math.abs(Date.now() - cameAt()) > STALE_ARRIVAL_MS) {
      await Promise.all([leg.look(), this.#heartbeat.readClock().catch(() => {})])
      if (leg.signal.aborted) return
    }
    const arrivedAt = cameAt()
    this.#events.arrival({ leg, did, callerNumber, callerName: channel.callerName, trunk, arrivedAt })
  }

  /** Before we are connected the reading channel would come to an application that is not there. */
  async drainDoorbell(deadlineMs: number): Promise<boolean> {
    return this.#ready && this.#doorbell.drain(deadlineMs)
  }

  async #resynchronise(): Promise<void> {
    const connection = ++this.#connection
    const isCurrent = () => connection === this.#connection && this.#socket.isOpen
    this.reconnects++
    for (let tries = 0; isCurrent(); tries++) {
      try {
        const filter = { allowed: LISTENED_EVENTS.map((type) => ({ type })) }
        await this.request('applications.filter', { applicationName: this.#address.app }, { body: filter })
        await this.#phones.subscribe()
        await this.#heartbeat.readClock()
        await this.#readStart()
        await this.#readLongestCall()
        const channels = await this.#handles.compare(() => this.#listChannels())
        const { goOn } = await this.#events.connected(channels)
        if (!isCurrent()) return
        this.#enterUnknown(channels)
        this.#ready = true
        this.#log.info('connected to Asterisk', { channels: channels.length, reconnects: this.reconnects })
        this.#heartbeat.start()
        for (const resolve of this.#untilReady.splice(0)) resolve()
        this.#phones.tellAll()
        goOn()
        return
      } catch (error) {
        if (this.#reconnectIfForgotten(error)) return
        this.#log.warn('the state of Asterisk could not be read yet', { error })
        await sleep(Math.min(250 * 2 ** tries, 5_000))
      }
    }
  }

  #disconnected(): void {
    if (this.#ready) this.#log.warn('the connection to Asterisk was lost; talks go on without us')
    this.#ready = false
    this.#heartbeat.stop()
    this.#doorbell.breakOff()
  }

  /** The ids of all channels that live in Asterisk. */
  async living(): Promise<string[]> {
    return (await this.#listChannels()).map(({ id }) => id)
  }

  async #listChannels(): Promise<AriChannel[]> {
    const channels = await this.request('channels.list', {})
    return Array.isArray(channels) ? channels.map(readChannel).filter((channel) => channel !== null) : []
  }

  /** Channels in our application of which no event told, or that another life of this daemon had. */
  #enterUnknown(channels: AriChannel[]): void {
    for (const channel of channels) {
      if (this.#handles.know(channel)) continue
      const [, kind = '', ...args] = channel.applicationData.split(',')
      if (this.holds(channel)) this.#enter(channel, kind, args)
      // it rings, and who wanted it is dead
      else if (PLACED_BY_US.test(channel.id) && channel.state !== 'Up' && !this.#handles.dials.has(channel.id))
        this.#events.stranger(channel)
    }
  }

  async #auditLegs(): Promise<void> {
    if (!this.#ready) return
    const connection = this.#connection
    try {
      await this.request('applications.get', { applicationName: this.#address.app })
      const channels = await this.#handles.compare(() => this.#listChannels())
      if (!this.#ready || connection !== this.#connection) return
      // an event that is only late finds its channel known; the reader of the book waits for our word, which must not be said twice
      this.#enterUnknown(channels.filter((channel) => !this.#doorbell.isReading(channel)))
    } catch (error) {
      if (connection === this.#connection) this.#reconnectIfForgotten(error)
      this.#log.debug('the audit of channels failed', { error })
    }
  }

  /**
   * Asterisk may end our application under us while it takes leave of a former connection of the same name: the line stands, and nobody
   * is sent to us any more.
   */
  #reconnectIfForgotten(error: unknown): boolean {
    const forgotten = error instanceof AriError && error.status === 404 && error.operation.startsWith('applications.')
    if (forgotten) {
      this.#log.warn('Asterisk has forgotten our application; connecting anew')
      this.#socket.reconnect()
    }
    return forgotten
  }

  async #readyWithin(ms: number, signal?: AbortSignal): Promise<boolean> {
    const { controller, unlink } = childController(...(signal ? [signal] : []))
    const late = setTimeout(() => controller.abort(new TimeoutError('no connection to Asterisk')), ms)
    try {
      await this.whenReady(controller.signal)
      return true
    } catch {
      return false
    } finally {
      clearTimeout(late)
      unlink()
    }
  }

  async #readStart(): Promise<void> {
    const { status } = record(await this.request('asterisk.getInfo', { only: 'status' }))
    this.#phones.asteriskStarted(Date.parse(text(record(status)['startup_time'])) - this.#heartbeat.skewMs)
  }

  async #readLongestCall(): Promise<void> {
    const { value } = record(await this.request('asterisk.getGlobalVar', { variable: LONGEST_CALL_VARIABLE }))
    const seconds = Number(value)
    this.longestCallSec = seconds > 0 ? seconds : USUAL_LONGEST_CALL_SEC
  }
}
