/**
 * A SIP/RTP endpoint that plays many callers and many callees at once on one clock, so that latency is seen from outside the PBX.
 *
 * Two UDP sockets carry everything. A call is known by its Call-ID, its sound by the port it comes from. Times are on performance.now().
 */
import { createSocket, type Socket } from 'node:dgram'
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import {
  type Address,
  type Content,
  type Dialog,
  readSip,
  type SipMessage,
  sipReply,
  sipRequest,
  tagOf,
  userOf,
} from '../scripts/rig/sip/message.ts'
import { digitPackets, newStream } from '../scripts/rig/sip/rtp.ts'
import { audioPort, PCMU, TELEPHONE_EVENT, writeSdp } from '../scripts/rig/sip/sdp.ts'
import { after, type Callee, type CallEnd, type CallOptions, type Line, mark, type PhoneCall } from './phone-call.ts'
import { readSound, type SoundName, voicePacket } from './rtp.ts'

/** Times between repetitions of a request, doubled each time (SIP's T1). */
const REPEAT_MS = 500
const FRAME_MS = 20
/** Late packets of a call that is over still find it. */
const REMEMBER_MS = 4_000
const SOCKET_BYTES = 4 << 20
const HOST = '127.0.0.1'
/** The user part of its Contact. */
const USER = 'bench'

export class Phone {
  /** Decides by the number dialled what a callee does. */
  behave: (number: string) => Callee = () => ({ refuse: 404 })
  /** A call the PBX made to us rings, or is over. */
  onRing: (call: PhoneCall) => void = () => {}
  onOver: (call: PhoneCall) => void = () => {}
  onSound: (call: PhoneCall, sound: SoundName) => void = () => {}
  /** Requests sent again because nobody answered; above 0 somebody was overrun. */
  repeats = 0
  readonly lag: IntervalHistogram = monitorEventLoopDelay({ resolution: 4 })
  #sip: Socket
  #rtp: Socket
  #pbxPort = 0
  #lines = new Map<string, Line>()
  #byMediaPort = new Map<number, Line>()
  #speaking = new Set<Line>()
  #frames: NodeJS.Timeout
  #calls = 0

  private constructor(sip: Socket, rtp: Socket) {
    this.#sip = sip
    this.#rtp = rtp
    sip.on('message', (bytes) => this.#onSip(bytes.toString('latin1')))
    rtp.on('message', (packet, { port }) => this.#onRtp(packet, port))
    this.#frames = setInterval(() => {
      for (const line of this.#speaking) this.#send(line, voicePacket(line.stream, line.voice))
    }, FRAME_MS)
    this.lag.enable()
  }

  static async open(): Promise<Phone> {
    return new Phone(await bind(), await bind())
  }

  get sipPort(): number {
    return this.#sip.address().port
  }

  /** Where the PBX listens. */
  set pbxPort(port: number) {
    this.#pbxPort = port
  }

  /** Calls that are not over. */
  get active(): number {
    let count = 0
    for (const line of this.#lines.values()) if (line.end === null) count++
    return count
  }

  close(): void {
    clearInterval(this.#frames)
    for (const line of this.#lines.values()) for (const timer of line.timers) clearTimeout(timer)
    this.lag.disable()
    this.#sip.close()
    this.#rtp.close()
  }

  /** Places a call. `over` resolves when it has ended, however it did; `call` shows it meanwhile. */
  call(to: string, options: CallOptions): { call: PhoneCall; over: Promise<PhoneCall> } {
    const id = `b${process.pid}-${++this.#calls}`
    const target = `sip:${to}@${HOST}:${this.#pbxPort}`
    const from = `<sip:${options.from}@${HOST}:${this.sipPort}>;tag=${id}`
    const dialog = { callId: id, from, to: `<${target}>`, target, local: this.#local, user: USER }
    let done!: (call: PhoneCall) => void
    const over = new Promise<PhoneCall>((resolve) => (done = resolve))
    const line: Line = {
      ...this.#newLine(id, 'placed', dialog, options.from, to),
      voice: 'caller',
      speaks: options.speaks ?? false,
      key: options.key,
      onOver: () => done(line),
    }
    this.#lines.set(id, line)
    after(line, options.timeoutMs ?? 20_000, () => {
      if (line.at.answered !== undefined) this.#bye(line)
      this.#end(line, 'timeout')
    })
    this.#repeat(line, sipRequest(dialog, 'INVITE', line.cseq, this.#sound), () => line.at.replied === undefined)
    return { call: line, over }
  }

  /** Hangs up a call that is up. */
  hangUp(call: PhoneCall): void {
    const line = call as Line
    if (line.end !== null || line.at.answered === undefined) return
    this.#bye(line)
    this.#end(line, 'we hung up')
  }

  /** The caller leaves: hangs up if he was answered, else takes his call back. */
  leave(call: PhoneCall): void {
    const line = call as Line
    if (line.at.answered !== undefined) return this.hangUp(call)
    line.leaving = true
    if (line.end === null && line.at.replied !== undefined) this.#cancel(line)
  }

  /** The PBX has died: no call will be told its end. */
  lose(): void {
    for (const line of this.#lines.values()) this.#end(line, 'lost')
  }

  get #local(): Address {
    return { host: HOST, port: this.sipPort }
  }

  /** What we offer and answer with. */
  get #sound(): Content {
    const audio = { host: HOST, port: this.#rtp.address().port }
    return { body: writeSdp({ audio, direction: 'sendrecv', codecs: [PCMU], keys: TELEPHONE_EVENT }) }
  }

  #newLine(id: string, direction: PhoneCall['direction'], dialog: Dialog, from: string, to: string): Line {
    const at = { invite: performance.now() }
    const common = { id, direction, from, to, at, end: null, dialog, stream: newStream(), cseq: 1, mediaPort: 0 }
    return {
      ...common,
      voice: 'operator',
      speaks: false,
      key: undefined,
      answer: '',
      acknowledged: false,
      leaving: false,
      timers: new Set(),
      onOver: () => {},
    }
  }

  #onSip(text: string): void {
    const message = readSip(text)
    if (!message) return
    const line = this.#lines.get(message.callId)
    if (message.method === null) return line && this.#onResponse(line, message)
    switch (message.method) {
      case 'INVITE':
        if (tagOf(message.to)) return this.#onReinvite(line, message)
        return line ? this.#out(line.answer) : this.#onInvite(message)
      case 'ACK':
        if (line) line.acknowledged = true
        return
      case 'BYE':
        this.#reply(message, '200 OK', line)
        if (line) mark(line, 'bye')
        return line && this.#end(line, 'they hung up')
      case 'CANCEL':
        this.#reply(message, '200 OK', line)
        return line && this.#onCancel(line, message)
      default:
        this.#reply(message, '200 OK', line) // OPTIONS, UPDATE
    }
  }

  #onResponse(line: Line, message: SipMessage): void {
    if (message.cseq.method === 'BYE') line.acknowledged = true
    if (message.cseq.method !== 'INVITE') return
    const isFirst = line.at.replied === undefined
    mark(line, 'replied')
    if (line.leaving && isFirst && message.status < 200) this.#cancel(line)
    if (message.status < 200) return
    line.dialog = { ...line.dialog, to: message.to }
    if (message.status >= 300) {
      this.#out(sipRequest(line.dialog, 'ACK', 1, { transaction: 'INVITE' }))
      return this.#end(line, line.leaving ? 'cancelled' : `refused ${message.status}`)
    }
    if (message.contact) line.dialog.target = message.contact
    this.#out(sipRequest(line.dialog, 'ACK', 1))
    if (line.at.answered !== undefined) return // the 200 came again
    mark(line, 'answered')
    if (line.end !== null) return this.#bye(line) // too late
    if (line.leaving) {
      this.#bye(line)
      return this.#end(line, 'cancelled')
    }
    this.#openMedia(line, audioPort(message.body))
  }

  #onInvite(message: SipMessage): void {
    const id = `t${++this.#calls}`
    const dialog = {
      callId: message.callId,
      from: `${message.to};tag=${id}`,
      to: message.from,
      target: message.contact ?? '',
      local: this.#local,
      user: USER,
    }
    const line = this.#newLine(id, 'taken', dialog, userOf(message.from), message.dialled)
    line.onOver = () => this.onOver(line)
    this.#lines.set(message.callId, line)
    const say = (status: string, content?: Content) => {
      line.answer = this.#reply(message, status, line, content)
    }
    const callee = this.behave(line.to)
    if (callee !== 'never' && 'refuse' in callee) {
      say(`${callee.refuse} Refused`)
      return this.#end(line, `we said ${callee.refuse}`)
    }
    say('180 Ringing')
    this.onRing(line)
    if (callee === 'never') return
    line.speaks = callee.speaks
    line.key = callee.key
    after(line, callee.answerAfterMs, () => {
      mark(line, 'answered')
      say('200 OK', this.#sound)
      this.#repeat(line, null, () => !line.acknowledged)
      this.#openMedia(line, audioPort(message.body))
    })
  }

  /** The PBX asks anew within a call: a session's timer, another name on the line. */
  #onReinvite(line: Line | undefined, message: SipMessage): void {
    const lives = line?.end === null
    const status = lives ? '200 OK' : '481 Call Does Not Exist'
    this.#reply(message, status, line, lives ? this.#sound : {})
  }

  #onCancel(line: Line, cancel: SipMessage): void {
    if (line.at.answered !== undefined || line.end !== null) return
    const invite = { ...cancel, cseq: { ...cancel.cseq, method: 'INVITE' } }
    this.#reply(invite, '487 Request Terminated', line)
    mark(line, 'cancelled')
    this.#end(line, 'cancelled')
  }

  /** Again until it is answered: a lost CANCEL is a phone that rings for nobody. */
  #cancel(line: Line): void {
    mark(line, 'cancelled')
    const cancel = sipRequest(line.dialog, 'CANCEL', 1, { transaction: 'INVITE' })
    this.#repeat(line, cancel, () => line.end === null)
  }

  #bye(line: Line): void {
    line.acknowledged = false
    mark(line, 'bye')
    const bye = sipRequest(line.dialog, 'BYE', ++line.cseq)
    this.#out(bye)
    setTimeout(() => {
      if (line.acknowledged) return
      this.repeats++
      this.#out(bye)
    }, REPEAT_MS).unref()
  }

  /** Sends, and sends again while `wanted`; `message` null: the line's answer, which was sent already. */
  #repeat(line: Line, message: string | null, wanted: () => boolean, ms = REPEAT_MS): void {
    if (message !== null) this.#out(message)
    after(line, ms, () => {
      if (!wanted()) return
      this.repeats++
      this.#repeat(line, message ?? line.answer, wanted, ms * 2)
    })
  }

  #end(line: Line, end: CallEnd): void {
    if (line.end !== null) return
    line.end = end
    mark(line, 'over')
    for (const timer of line.timers) clearTimeout(timer)
    this.#speaking.delete(line)
    if (this.#byMediaPort.get(line.mediaPort) === line) this.#byMediaPort.delete(line.mediaPort)
    setTimeout(() => this.#lines.delete(line.dialog.callId), REMEMBER_MS).unref()
    line.onOver()
  }

  #openMedia(line: Line, port: number): void {
    line.mediaPort = port
    this.#byMediaPort.set(port, line)
    if (!line.speaks) return
    this.#speaking.add(line)
    this.#send(line, voicePacket(line.stream, line.voice))
  }

  #onRtp(packet: Buffer, port: number): void {
    const line = this.#byMediaPort.get(port)
    const sound = line && readSound(packet)
    if (!sound || line.at[sound] !== undefined) return
    mark(line, sound)
    if (sound === 'menu' && line.key) {
      const { digit, afterMs } = line.key
      after(line, afterMs, () => this.#press(line, digit))
    }
    this.onSound(line, sound)
  }

  #press(line: Line, digit: string): void {
    const { held, end } = digitPackets(line.stream, TELEPHONE_EVENT, digit)
    const next = () => {
      const packet = held.shift()
      if (packet) {
        this.#send(line, packet)
        return void after(line, FRAME_MS, next)
      }
      mark(line, 'key')
      for (const last of end) this.#send(line, last)
    }
    next()
  }

  #send(line: Line, packet: Buffer): void {
    this.#rtp.send(packet, line.mediaPort, HOST)
  }

  #reply(request: SipMessage, status: string, line: Line | undefined, content?: Content): string {
    const answer = sipReply(request, status, { local: this.#local, user: USER, tag: line?.id ?? 'gone' }, content)
    this.#out(answer)
    return answer
  }

  #out(text: string): void {
    this.#sip.send(Buffer.from(text, 'latin1'), this.#pbxPort, HOST)
  }
}

function bind(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: SOCKET_BYTES, sendBufferSize: SOCKET_BYTES })
  return new Promise((resolve, reject) => {
    socket.once('error', reject).bind(0, HOST, () => resolve(socket))
  })
}
