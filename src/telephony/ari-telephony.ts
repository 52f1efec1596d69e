/**
 * The connection with one Asterisk: one socket for events, one router by channel id, requests over the transport that the settings name.
 *
 * Nothing is replayed after a reconnect. So each time all channels are listed: handles whose channel is gone are ended, channels in our
 * application that no handle knows are handed to the house, and only then are we `ready`.
 */
import { abortable, childController, sleep, TimeoutError } from '../runtime/abort.ts'
import { holdsNumber } from '../model/phone-text.ts'
import { mayCrash, throughWall } from '../runtime/crash-point.ts'
import type { Logger } from '../runtime/logger.ts'
import type { DialRequest, DialResult, PhoneState, Recording } from './api.ts'
import { type AriChannel, channelIdOf, LISTENED_EVENTS, readChannel, record, text } from './ari-events.ts'
import { AriLeg, type LegPort } from './ari-leg.ts'
import { type AriMessage, AriSocket, type AriSocketOptions } from './ari-socket.ts'
import { type AriAddress, AriError, type AriTransport, saysGone } from './ari-transport.ts'
import { isReturnWord, type ReturnWord } from './contexts.ts'
import { DoorbellReader } from './doorbell-reader.ts'
import { Handles } from './handles.ts'
import { Heartbeat } from './heartbeat.ts'
import { cause } from './hangup-cause.ts'
import type { Arrival, AsteriskLink, CallLimits, LinkEvents, LivingChannel, TalkRecordings } from './link.ts'
import { PendingDial } from './pending-dial.ts'
import { removeRecording, saveRecording, storedRecording } from './stored-recording.ts'
import { WatchedPhones } from './watched-phones.ts'

/** Events can be lost one by one too; so often the handles are compared with what really lives. A caller whom nobody told of waits so long. */
const AUDIT_MS = 10_000
/** An arrival that we hear of so late may have been taken away meanwhile. */
const STALE_ARRIVAL_MS = 3_000
/** So often it is looked whether the recording of a former life still runs. */
const RECORDING_LOOK_MS = 500
const USUAL_LIMITS: CallLimits = { longestCallMs: 43_200_000, shortestTalkMs: 3_000 }
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
  #limits: () => CallLimits
  reconnects = -1

  /** `limits`: what the dialplan is told of the configuration; the usual ones if missing. `socket`: another way for the events than the real one. */
  constructor(options: {
    address: AriAddress
    transport: AriTransport
    events: LinkEvents
    log: Logger
    limits?: () => CallLimits
    socket?: (options: AriSocketOptions) => EventSocket
  }) {
    const { socket = (how: AriSocketOptions) => new AriSocket(how) } = options
    this.#address = options.address
    this.#transport = options.transport
    this.#events = options.events
    this.#log = options.log
    this.#limits = options.limits ?? (() => USUAL_LIMITS)
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

  get longestCallSec(): number {
    return Math.ceil(this.#limits().longestCallMs / 1000)
  }

  async tellLimits(): Promise<void> {
    if (this.#ready) await this.#tellLimits()
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
    const found = await this.request('channels.get', { channelId }).catch((error: unknown) => {
      if (saysGone(error)) return null
      throw error
    })
    const channel = readChannel(found ?? { id: channelId })
    if (!channel) throw new Error(`Asterisk describes channel ${channelId} without an id`)
    const leg = this.#newLeg(channel)
    // it has ended since it was listed: the others wait to be taken in hand all the same
    if (found === null) leg.vanished()
    if (leg.signal.aborted) return leg
    if (this.holds(channel)) {
      const [, word = '', ...args] = channel.applicationData.split(',')
      if (isReturnWord(word)) leg.broughtBack(word, args)
      return leg
    }
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
      case 'BridgeAttendedTransfer':
        return this.#attended(message)
      case 'ApplicationReplaced':
        this.#log.error('another daemon took over our application; this one stops')
        return this.#events.fenced()
    }
    const id = channelIdOf(message)
    if (!id) return
    this.#handles.dials.get(id)?.receive(message)
    // a caller whom an operator has transferred waits in a Dial() of the dialplan
    if (message.type === 'Dial')
      this.#handles.legs.get(text(record(message['caller'])['id']))?.dials(text(message['dialstatus']))
    // until we know what lives the dialplan may have had it last
    const leg = this.#handles.legs.get(id)
    if (message.type === 'ChannelDestroyed' && !this.#ready) leg?.vanished()
    else leg?.receive(message)
  }

  #stasisStart(message: AriMessage): void {
    const channel = readChannel(message['channel'])
    if (!channel) return
    const [kind, ...args] = Array.isArray(message['args']) ? message['args'].map(String) : []
    const replaced = readChannel(message['replace_channel'])
    if (replaced) this.#putInPlace(channel, replaced)
    else this.#enter(channel, kind ?? '', args)
  }

  /**
   * An operator has transferred a caller into a call of the operator's own that was with us, to one of our numbers: the caller has taken the place of
   * that call, which no event ends. The caller goes the way of that number.
   */
  #putInPlace(channel: AriChannel, replaced: AriChannel): void {
    const place = this.#handles.legs.get(replaced.id)
    place?.move('destroyed', cause.normal)
    this.#enter(channel, place?.did ? 'transferred' : 'transfer-failed', [place?.did ?? '', ''])
  }

  /** An operator has connected a caller with a colleague who talks with the operator, or, `application`, whose phone still rings. */
  #attended(message: AriMessage): void {
    const transferee = readChannel(message['transferee'])
    const leg = transferee && this.#handles.legs.get(transferee.id)
    leg?.isConnectedWith(message['destination_type'] === 'application' ? 'a ringing phone' : 'a colleague')
  }

  /** A channel is in our application, for the reason that its arguments say. */
  #enter(channel: AriChannel, kind: string, args: string[]): void {
    const known = this.#handles.legs.get(channel.id)
    if (known && !(kind === 'inbound' && known.custody === 'dialplan')) return this.#comesBack(known, kind, args)
    known?.move('came-anew')
    const dial = this.#handles.dials.get(channel.id)
    if (dial) return dial.answered(channel)
    if (kind === 'inbound') return void this.#arrive(this.#newLeg(channel), channel, args)
    if (kind === 'transferred' || kind === 'transfer-failed') return void this.#arriveTransferred(channel, kind, args)
    if (kind === 'desk') return this.#events.desk(this.#newLeg(channel), args[0] ?? '', `PJSIP/${args[1] ?? ''}`)
    if (kind === 'feature') return this.#events.feature(this.#newLeg(channel), args[0] ?? '', `PJSIP/${args[1] ?? ''}`)
    if (kind === 'doorbell') return void this.#doorbell.entry(channel, args)
    if (kind === 'doorbell-end') return this.#doorbell.end(channel)
    this.#events.stranger(channel)
  }

  /** A phone whose transfers do not come to our context sends the other side where it stands itself: to our door, for one of our numbers. */
  #comesBack(leg: AriLeg, kind: string, args: string[]): void {
    if (isReturnWord(kind)) leg.returned(kind, args)
    else if (kind === 'inbound') leg.returned('transferred', [args[0] ?? '', ''])
  }

  /** A caller whom we did not have in hand: a talk that began without us was transferred. `began`: seconds since 1970, on Asterisk's clock. */
  async #arriveTransferred(channel: AriChannel, kind: ReturnWord, args: string[]): Promise<void> {
    const [, by = '', did = '', number = '', trunk = '', began = ''] = args
    if (did === '') return this.#events.stranger(channel)
    const talkedFrom = Number(began) > 0 ? Number(began) * 1000 - this.#heartbeat.skewMs : null
    const leg = this.#newLeg(channel)
    leg.broughtBack(kind, args)
    const arrival = await this.#arrivalOf(leg, channel, [did, number, trunk])
    if (arrival) this.#events.transferred({ ...arrival, operator: by ? `PJSIP/${by}` : '', talkedFrom })
  }

  async #arrive(leg: AriLeg, channel: AriChannel, args: string[]): Promise<void> {
    const arrival = await this.#arrivalOf(leg, channel, args)
    if (arrival) this.#events.arrival(arrival)
  }

  /**
   * The dialplan's word on the number counts, for it has looked whether it may be shown: digits and a plus, nothing when the caller is hidden,
   * or `=…` when something else came, or nothing though nobody hides it. What that was the channel tells. Null: the caller is gone.
   */
  async #arrivalOf(
    leg: AriLeg,
    channel: AriChannel,
    [did = '', number = '', trunk = '']: string[],
  ): Promise<Arrival | null> {
    leg.did = did
    const callerNumber = number.startsWith('=') ? channel.callerNumber : number
    const callerName = number === '' && holdsNumber(channel.callerName) ? '' : channel.callerName
    const cameAt = () => channel.createdAt - this.#heartbeat.skewMs
    // after a freeze the socket is full of old news, unless one of the two clocks was set a moment ago
    if (Math.abs(Date.now() - cameAt()) > STALE_ARRIVAL_MS) {
      await Promise.all([leg.look(), this.#heartbeat.readClock().catch(() => {})])
      if (leg.signal.aborted) return null
    }
    return { leg, did, callerNumber, callerName, trunk, arrivedAt: cameAt() }
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
        await this.#tellLimits()
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

  /** The limits of the configuration are those of the dialplan: there is no second setting. */
  async #tellLimits(): Promise<void> {
    const tell = (variable: string, value: number) =>
      this.request('asterisk.setGlobalVar', { variable, value: String(value) })
    await tell('PEREZVON_MAX_CALL', this.longestCallSec)
    await tell('PEREZVON_SHORTEST_TALK', this.#limits().shortestTalkMs)
  }
}
