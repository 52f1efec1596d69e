/** A daemon that does what a story says and notes down what it sees: the product's own AriTelephony, with nothing of the house behind it. */
import { silentLogger } from '../../../src/runtime/logger.ts'
import { sleep } from '../../../src/runtime/abort.ts'
import { CallEnded, type DialRequest, type DialResult, type Leg, TakenAway } from '../../../src/telephony/api.ts'
import type { AriTelephony } from '../../../src/telephony/ari-telephony.ts'
import type { Arrival, LinkEvents } from '../../../src/telephony/link.ts'

const LONG_MS = 25_000

export class House {
  /** What was seen, in words that are the same on each stage. */
  readonly trace: string[]
  readonly telephony: AriTelephony
  #arrivals: Arrival[] = []
  #entries: string[] = []
  #connected = false

  /** `trace`: goes on through all lives of a story. */
  constructor(trace: string[], build: (events: LinkEvents) => AriTelephony) {
    this.trace = trace
    this.telephony = build({
      arrival: (arrival) => void this.#arrivals.push(arrival),
      transferred: () => {},
      desk: () => {},
      feature: () => {},
      stranger: (channel) => void this.telephony.hangUp(channel.id),
      doorbell: (channelId, entry) => {
        this.#entries.push(`${channelId}: ${entry}`)
        return Promise.resolve('ack')
      },
      connected: () => Promise.resolve({ goOn: () => (this.#connected = true) }),
      fenced: () => {},
    })
  }

  /** Connected, its heart beats, and its phones are there. */
  async open(): Promise<void> {
    await this.telephony.watchPhones(['PJSIP/101', 'PJSIP/102'])
    this.telephony.start()
    await until(() => this.#connected && this.telephony.ready, 'the connection')
    for (const phone of ['PJSIP/101', 'PJSIP/102'])
      await until(() => this.telephony.phoneState(phone) === 'idle', `phone ${phone}`)
  }

  /** The next caller. */
  async arrival(): Promise<Leg> {
    await until(() => this.#arrivals.length > 0, 'a caller')
    const { leg, did, callerNumber, trunk } = this.#arrivals.shift()!
    this.trace.push(`arrival of ${callerNumber || 'nobody'} at ${did} over ${trunk}`)
    return leg
  }

  /** Notes how a deed came out. */
  async sees<T>(what: string, deed: Promise<T>): Promise<T | null> {
    try {
      const result = await deed
      this.trace.push(`${what}: ${inWords(result)}`)
      return result
    } catch (error) {
      this.trace.push(`${what}: ${inWords(error)}`)
      return null
    }
  }

  async dial(who: string, options: Partial<Pick<DialRequest, 'timeoutMs' | 'signal'>> = {}): Promise<Leg | null> {
    const endpoint = who.startsWith('+') ? `PJSIP/${who}@provider` : `PJSIP/${who}`
    let rang = false
    const result = await this.telephony.dial({
      channelId: `leg-${Date.now()}-${Math.random().toString(36).slice(2)}`,
      target: { endpoint },
      callerId: { number: CALLER_ID, name: '' },
      timeoutMs: 10_000,
      log: silentLogger,
      onRinging: () => (rang = true),
      ...options,
    })
    this.trace.push(`dial ${who}: ${inWords(result)}${rang ? ', it rang' : ''}`)
    return result.kind === 'answered' ? result.leg : null
  }

  /** How and why the channel is not ours any more. `by: us`: the cause that Asterisk then tells means nothing to the house. */
  async end(name: string, leg: Leg, by?: 'us'): Promise<void> {
    await until(() => leg.signal.aborted, `the end of ${name}`)
    this.trace.push(`${name} ended: ${by ?? inWords(leg.signal.reason)}`)
  }

  /** Reads the doorbell book; told in the order of the calls, for AstDB has it in that of the text of their ids. `names`: of channels that an entry may speak of. */
  async book(names: Record<string, string>): Promise<void> {
    if (!(await this.telephony.drainDoorbell(10_000))) this.trace.push('the book was not read')
    const countOf = (entry: string) => Number(/^[^:]*\.(\d+)/.exec(entry)?.[1] ?? 0)
    for (const entry of this.#entries.splice(0).toSorted((a, b) => countOf(a) - countOf(b))) {
      const [id = '', text = ''] = entry.split(/: (.*)/)
      const [caller, did, came = '', state, who = '', answered, ended] = text.split('|')
      const trunk = came.split('@')[1] ?? ''
      const times = `${answered ? 'answered' : ''} ${ended ? 'ended' : ''}`.trim()
      this.trace.push(
        ['book', names[id] ?? 'somebody', caller, did, trunk, state, names[who] ?? who, times]
          .filter(Boolean)
          .join(' '),
      )
    }
  }
}

const CALLER_ID = '+79123456789'

function inWords(seen: unknown): string {
  if (seen instanceof TakenAway) return 'taken by the dialplan'
  if (seen instanceof CallEnded) return `the call has ended, cause ${seen.causeCode}`
  if (seen instanceof Error) return `failed: ${seen.name}`
  if (typeof seen !== 'object' || seen === null)
    return seen === undefined ? 'done' : JSON.stringify(seen).replaceAll('"', '')
  const { kind, endedBy } = seen as Partial<DialResult> & { endedBy?: string }
  return [kind, endedBy && `ended by ${endedBy}`].filter(Boolean).join(', ')
}

export async function until(isSo: () => boolean, what: string, ms = LONG_MS): Promise<void> {
  for (const end = performance.now() + ms; !isSo(); await sleep(20))
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`)
}
