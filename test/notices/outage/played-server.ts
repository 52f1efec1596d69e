/** A mail server that is away for days, greylists everybody when it is back, and goes away again for moments. */
import type { Mail, MailSender, SendResult } from '../../../src/notices/channels/mail.ts'
import type { Clock } from '../../../src/runtime/clock.ts'

export interface Taken {
  at: number
  to: string
  messageId: string
  notice: string
  calls: string[]
}

export interface Weather {
  /** From, to: nobody listens. */
  away: readonly (readonly [number, number])[]
  /** A sender is sent away for so long after his first try at a mailbox. */
  greylistMs: number
}

export class PlayedServer implements MailSender {
  taken: Taken[] = []
  tries = { away: 0, greylisted: 0 }
  #firstTry = new Map<string, number>()
  #clock: Clock
  #weather: Weather

  constructor(clock: Clock, weather: Weather) {
    this.#clock = clock
    this.#weather = weather
  }

  send(mail: Mail): Promise<SendResult> {
    return Promise.resolve(this.#answer(mail))
  }

  #answer(mail: Mail): SendResult {
    const at = this.#clock.now()
    if (this.#weather.away.some(([from, to]) => at >= from && at < to)) {
      this.tries.away++
      return failed('ECONNECTION', 'CONN', null)
    }
    const key = `${mail.from.address} ${mail.to}`
    const first = this.#firstTry.get(key) ?? at
    this.#firstTry.set(key, first)
    if (at < first + this.#weather.greylistMs) {
      this.tries.greylisted++
      return failed('EENVELOPE', 'RCPT TO', 451)
    }
    const { 'X-Perezvon-Notice': notice = '', 'X-Perezvon-Call': calls = '' } = mail.headers
    this.taken.push({ at, to: mail.to, messageId: mail.messageId, notice, calls: calls.split(' ') })
    return { kind: 'sent', response: '250 2.0.0 taken' }
  }
}

function failed(code: string, command: string, responseCode: number | null): SendResult {
  const text = responseCode === null ? 'connect ECONNREFUSED' : `${responseCode} 4.7.1 greylisted, come again`
  return {
    kind: 'failed',
    failure: { code, command, responseCode, text, begun: responseCode !== null, bodySent: false },
  }
}
