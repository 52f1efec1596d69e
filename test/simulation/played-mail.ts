/** The mail server of a day: it takes, refuses, asks to come again, falls silent, and loses its own word. */
import type { Mail, SendResult } from '../../src/notices/channels/mail.ts'
import type { MailServer } from '../../src/app/mail.ts'
import type { Chance } from './chance.ts'
import type { Chronicle } from './chronicle.ts'
import type { Life } from './life.ts'
import type { PlayedTime } from './played-time.ts'

export type Mood = 'well' | 'unreachable' | 'greylists' | 'slow' | 'loses its word' | 'refuses for good'

interface MailParts {
  time: PlayedTime
  chance: Chance
  chronicle: Chronicle
}

export class PlayedMailServer {
  #mood: Mood = 'well'
  #parts: MailParts

  constructor(parts: MailParts) {
    this.#parts = parts
  }

  set mood(mood: Mood) {
    this.#mood = mood
    this.#parts.chronicle.mailServerIs(mood)
  }

  /** The way one life of the daemon has to it. */
  forLife(life: Life): MailServer {
    const { time } = this.#parts
    const wait = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve))
    return {
      send: async (mail) => {
        const fate = life.next()
        if (fate === 'before') return life.never()
        const { chance } = this.#parts
        await wait(this.#mood === 'slow' ? chance.int(5_000, 40_000) : chance.int(20, 300))
        if (life.dead) return life.never()
        const result = this.#answer(mail, fate === 'after')
        if (fate === 'after') life.die()
        await new Promise<void>((resolve) => time.reach(chance.int(5, 100), resolve))
        return life.dead ? life.never() : result
      },
      verify: () => Promise.resolve({ ok: true }),
      close: () => {},
    }
  }

  #answer(mail: Mail, unheard: boolean): SendResult {
    switch (this.#mood) {
      case 'unreachable':
        return failed('ECONNECTION', 'CONN', null, false)
      case 'greylists':
        return failed('EENVELOPE', 'RCPT TO', 451, false)
      case 'refuses for good':
        return failed('EENVELOPE', 'RCPT TO', 550, false)
      case 'loses its word':
        this.#take(mail, true)
        return failed('ETIMEDOUT', 'DATA', null, true)
      case 'well':
      case 'slow':
        this.#take(mail, unheard)
        return { kind: 'sent', response: '250 taken' }
    }
  }

  #take(mail: Mail, unheard: boolean): void {
    const { chronicle, time } = this.#parts
    const { 'X-Perezvon-Notice': notice = '', 'X-Perezvon-Call': call = '' } = mail.headers
    const { to, messageId, subject, text } = mail
    chronicle.mails.push({ at: time.now(), notice, call, to, messageId, subject, text, unheard })
    chronicle.tell(`a mail for ${to} about ${call}${unheard ? ', and nobody heard that it came' : ''}`)
  }
}

function failed(code: string, command: string, responseCode: number | null, bodySent: boolean): SendResult {
  return {
    kind: 'failed',
    failure: {
      code,
      command,
      responseCode,
      text: `${responseCode ?? code} as it is today`,
      begun: command !== 'CONN',
      bodySent,
    },
  }
}
