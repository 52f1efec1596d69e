/** The mail server of a day: it takes, refuses, asks to come again, falls silent, and loses its own word. */
import type { Mail, SendResult } from '../../src/notices/channels/mail.ts'
import type { MailServer } from '../../src/app/mail.ts'
import type { Chance } from './chance.ts'
import type { Chronicle } from './chronicle.ts'
import type { Life } from './life.ts'
import type { PlayedTime } from './played-time.ts'

/** `takes its time`: over the last word, for minutes. `refuses us`: for what would hit every mail. */
export type Mood =
  | 'well'
  | 'unreachable'
  | 'greylists'
  | 'slow'
  | 'takes its time'
  | 'greets late'
  | 'loses its word'
  | 'refuses us'
  | 'refuses for good'

/** The words of a refusal that is about the mailbox. */
export const REFUSED_FOR_GOOD = 'as it is today'
/** What is said to us because of our quota, our sender, our name, our address or our login, whatever the mail. */
const REFUSALS = [
  ['EENVELOPE', 'RCPT TO', 550, '550 5.4.5 Daily user sending quota exceeded'],
  ['EENVELOPE', 'MAIL FROM', 553, '553 5.7.1 Sender address rejected: not owned by user perezvon@example.ru'],
  ['EENVELOPE', 'RCPT TO', 504, '504 5.5.2 Helo command rejected: need fully-qualified hostname'],
  ['EMESSAGE', 'DATA', 550, '550 5.7.1 Your IP address is blocked'],
  ['EAUTH', 'AUTH PLAIN', 535, '535 5.7.8 Authentication credentials invalid'],
] as const
/** RFC 5321 lets a server take ten minutes for its last word, and five for its first. */
const LAST_WORD_MS = { least: 60_000, most: 300_000 }
const GREETING_MS = { least: 10_000, most: 330_000, endured: 300_000 }
/** How long a mail that is taken may have been on its way, by the mood in which it was begun. */
export const LONGEST_MS: Partial<Record<Mood, number>> = {
  'takes its time': LAST_WORD_MS.most,
  'greets late': GREETING_MS.endured,
}

interface MailParts {
  time: PlayedTime
  chance: Chance
  chronicle: Chronicle
}

export class PlayedMailServer {
  #mood: Mood = 'well'
  #refusal: (typeof REFUSALS)[number] = REFUSALS[0]
  /** How it words the refusals that are about us; a planted bug reads them as others. */
  reworded: (text: string) => string = (text) => text
  #parts: MailParts

  constructor(parts: MailParts) {
    this.#parts = parts
  }

  set mood(mood: Mood) {
    this.#mood = mood
    if (mood === 'refuses us') this.#refusal = this.#parts.chance.pick(REFUSALS)
    this.#parts.chronicle.mailServerIs(mood)
  }

  /** The way one life of the daemon has to it. */
  forLife(life: Life): MailServer {
    const { time } = this.#parts
    const wait = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve))
    return {
      send: async (mail) => {
        const begunAt = time.now()
        const fate = life.next()
        if (fate === 'before') return life.never()
        const { chance } = this.#parts
        if (this.#mood === 'greets late') {
          const ms = chance.int(GREETING_MS.least, GREETING_MS.most)
          await wait(Math.min(ms, GREETING_MS.endured))
          if (life.dead) return life.never()
          if (ms > GREETING_MS.endured) return failed('ETIMEDOUT', 'CONN', null, false)
        }
        if (this.#mood === 'takes its time') {
          await wait(chance.int(LAST_WORD_MS.least, LAST_WORD_MS.most))
          // it has the mail since long before, whoever still waits for its word
          if (life.dead) this.#take(mail, true, begunAt)
        } else await wait(this.#mood === 'slow' ? chance.int(5_000, 40_000) : chance.int(20, 300))
        if (life.dead) return life.never()
        const result = this.#answer(mail, fate === 'after', begunAt)
        if (fate === 'after') life.die()
        await new Promise<void>((resolve) => time.reach(chance.int(5, 100), resolve))
        return life.dead ? life.never() : result
      },
      verify: () => Promise.resolve({ ok: true }),
      close: () => {},
    }
  }

  #answer(mail: Mail, unheard: boolean, begunAt: number): SendResult {
    switch (this.#mood) {
      case 'unreachable':
        return failed('ECONNECTION', 'CONN', null, false)
      case 'greylists':
        return failed('EENVELOPE', 'RCPT TO', 451, false)
      case 'refuses for good':
        return failed('EENVELOPE', 'RCPT TO', 550, false)
      case 'refuses us': {
        const [code, command, responseCode, text] = this.#refusal
        return failed(code, command, responseCode, false, this.reworded(text))
      }
      case 'loses its word':
        this.#take(mail, true, begunAt)
        return failed('ETIMEDOUT', 'DATA', null, true)
      case 'well':
      case 'slow':
      case 'takes its time':
      case 'greets late':
        this.#take(mail, unheard, begunAt)
        return { kind: 'sent', response: '250 taken' }
    }
  }

  #take(mail: Mail, unheard: boolean, begunAt: number): void {
    const { chronicle, time } = this.#parts
    const { 'X-Perezvon-Notice': notice = '', 'X-Perezvon-Call': call = '' } = mail.headers
    const { to, messageId, subject, text } = mail
    chronicle.mails.push({ begunAt, at: time.now(), notice, call, to, messageId, subject, text, unheard })
    chronicle.tell(`a mail for ${to} about ${call}${unheard ? ', and nobody heard that it came' : ''}`)
  }
}

function failed(
  code: string,
  command: string,
  responseCode: number | null,
  bodySent: boolean,
  text = `${responseCode ?? code} ${REFUSED_FOR_GOOD}`,
): SendResult {
  return {
    kind: 'failed',
    failure: {
      code,
      command,
      responseCode,
      text,
      begun: command !== 'CONN',
      bodySent,
    },
  }
}
