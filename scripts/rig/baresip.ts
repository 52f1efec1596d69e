/**
 * baresip as a desk phone: a SIP stack that others wrote, so that what our own phone says to Asterisk is not the only
 * witness. It is driven over its control port (module ctrl_tcp: JSON in netstrings), speaks one sound file in each
 * call, and throws away what it hears: its own player into a file hangs for ever when a call is put on hold.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { sleep, withTimeout } from '../../src/runtime/abort.ts'
import { freePort } from './free-ports.ts'
import { asteriskCache } from './local-asterisk.ts'
import { Waiting } from './waiting.ts'

export interface BaresipOptions {
  /** Work folder; made if missing. */
  dir: string
  /** host:port of the system under test. */
  pbx: string
  user: string
  password: string
  /** WAV that it speaks from the answer on: 16-bit, 8 kHz. */
  says: string
}

/** What ctrl_tcp tells: `REGISTER_OK`, `CALL_INCOMING`, `CALL_ESTABLISHED`, `CALL_CLOSED`, `CALL_DTMF_START`, … */
export interface BaresipEvent {
  type: string
  peeruri?: string
  param?: string
}

const START_MS = 10_000

export class Baresip {
  /** Oldest first. */
  readonly events: BaresipEvent[] = []
  readonly #process: ChildProcess
  readonly #exit: Promise<void>
  readonly #answers = new Map<string, (answer: { ok: boolean; data: string }) => void>()
  readonly #told = new Set<BaresipEvent>()
  readonly #waiting = new Waiting()
  #socket: Socket | null = null
  #read = Buffer.alloc(0)
  #commands = 0

  private constructor(process: ChildProcess) {
    this.#process = process
    this.#exit = new Promise((done) => process.once('exit', () => done()))
  }

  /** Resolves when it is registered. */
  static async start({ dir, pbx, user, password, says }: BaresipOptions): Promise<Baresip> {
    await mkdir(dir, { recursive: true })
    const control = await freePort()
    await writeFile(join(dir, 'config'), config(dir, says, { sip: await freePort(), control }))
    await writeFile(join(dir, 'accounts'), `<sip:${user}@${pbx};transport=udp>;auth_pass=${password};regint=600\n`)
    await writeFile(join(dir, 'contacts'), '')
    const log = await open(join(dir, 'log'), 'a')
    const command = ['--pdeathsig', 'KILL', join(asteriskCache(), 'baresip'), '-4', '-f', dir]
    const phone = new Baresip(spawn('setpriv', command, { cwd: dir, stdio: ['ignore', log.fd, log.fd] }))
    await log.close()
    try {
      await phone.#connect(control)
      await phone.#registered()
      return phone
    } catch (error) {
      await phone.stop()
      throw new Error(`baresip did not start:\n${await readFile(join(dir, 'log'), 'utf8')}`, { cause: error })
    }
  }

  /**
   * `dial`, `accept`, `transfer`, `hold`, `resume`, `hangup`, … Resolves with what it says; rejects when it refuses.
   */
  async command(name: string, params = ''): Promise<string> {
    const token = String(++this.#commands)
    const answer = new Promise<{ ok: boolean; data: string }>((resolve) => this.#answers.set(token, resolve))
    const text = JSON.stringify({ command: name, params, token })
    this.#socket?.write(`${Buffer.byteLength(text)}:${text},`)
    const { ok, data } = await withTimeout(answer, START_MS, `baresip's answer to ${name}`)
    if (!ok) throw new Error(`baresip refuses ${name} ${params}: ${data}`)
    return data
  }

  /** The next event of this type; each is told once, and one that came before the question too. */
  async event(type: string, ms = 20_000): Promise<BaresipEvent> {
    const found = () => this.events.find((event) => event.type === type && !this.#told.has(event))
    const came = () => this.events.map((event) => event.type).join(', ')
    await this.#waiting.until(
      () => found() !== undefined,
      ms,
      () => `baresip (told ${came()}): no ${type}`,
    )
    const event = found()!
    this.#told.add(event)
    return event
  }

  async stop(): Promise<void> {
    this.#socket?.destroy()
    this.#process.kill('SIGTERM')
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 3_000)
    await this.#exit
    clearTimeout(timer)
  }

  /** It may have been told before we could listen. */
  async #registered(): Promise<void> {
    const deadline = Date.now() + START_MS
    while (!/OK\b/.test(await this.command('reginfo'))) {
      if (Date.now() > deadline) throw new Error('it did not register')
      await sleep(50)
    }
  }

  async #connect(port: number): Promise<void> {
    for (const deadline = Date.now() + START_MS; ; await sleep(50)) {
      if (this.#process.exitCode !== null) throw new Error(`it ended with ${this.#process.exitCode}`)
      const socket = connect(port, '127.0.0.1')
      const isOpen = await new Promise<boolean>((resolve) =>
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
      )
      if (isOpen) {
        this.#socket = socket.on('data', (bytes) => this.#receive(bytes)).on('error', () => {})
        return
      }
      if (Date.now() > deadline) throw new Error('it does not listen on its control port')
    }
  }

  #receive(bytes: Buffer): void {
    this.#read = Buffer.concat([this.#read, bytes])
    for (;;) {
      const colon = this.#read.indexOf(':')
      const length = Number(this.#read.toString('latin1', 0, colon))
      if (colon < 0 || this.#read.length < colon + length + 2) return
      const text = this.#read.toString('utf8', colon + 1, colon + 1 + length)
      this.#read = this.#read.subarray(colon + length + 2)
      this.#heard(JSON.parse(text) as BaresipEvent & { token?: string; ok?: boolean; data?: string })
    }
  }

  #heard(message: BaresipEvent & { token?: string; ok?: boolean; data?: string }): void {
    if (message.token === undefined) this.events.push(message)
    else this.#answers.get(message.token)?.({ ok: message.ok ?? false, data: message.data ?? '' })
    this.#waiting.wake()
  }
}

function config(dir: string, says: string, { sip, control }: { sip: number; control: number }): string {
  const lib = join(asteriskCache(), 'root/usr/lib')
  const modules = join(lib, 'baresip/modules')
  if (!readdirSync(modules).includes('ctrl_tcp.so')) throw new Error(`no baresip in ${lib}: run scripts/get-asterisk`)
  return `sip_listen 127.0.0.1:${sip}
net_interface 127.0.0.1
audio_player aubridge,nobody
audio_source aufile,${says}
audio_alert aufile,/dev/null
audio_path ${dir}
module_path ${modules}
module g711.so
module aufile.so
module aubridge.so
module_tmp account.so
module_app contact.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${control}
`
}
