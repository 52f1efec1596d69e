/** Bugs that are planted on purpose: a simulation that finds none of them would prove nothing. */
import { type Place, WaitingLine } from '../../src/queues/waiting-line.ts'
import type { Prisma } from '../../src/store/database.ts'
import type { PlayedAri } from './ari.ts'
import type { PlayedAsterisk } from './asterisk.ts'
import type { Misfortune } from './misfortunes.ts'
import type { PlayedMailServer } from './played-mail.ts'
import { plantedOffice } from './planted-office.ts'
import { plantedOrdinary } from './planted-ordinary.ts'
import { answering, journalRows, losing, omitting, requests, statements } from './tampering.ts'

export interface Planted {
  name: string
  /** Which promise it breaks: one of these letters must be in the verdict. */
  breaks: RegExp
  /** The daemon's way to its database with the bug in it. */
  prisma?: (prisma: Prisma) => Prisma
  /** The daemon's way to Asterisk with the bug in it. */
  ari?: (ari: PlayedAri) => void
  /** Asterisk itself with the bug in it. */
  asterisk?: (asterisk: PlayedAsterisk) => void
  /** The mail server with the bug in it. */
  mail?: (mail: PlayedMailServer) => void
  /** In the product's own code; returns how to take it out. */
  code?: () => () => void
  /** The misfortunes of its days: one kind alone, none, or all if missing. */
  faults?: Misfortune | false
  /** The first of its days; for a bug that few days show. */
  from?: number
}

export const planted: Planted[] = [
  { name: 'a loss writes no notice', breaks: /^I1/, prisma: losing('notice') },
  { name: 'the row of a call is not written before it is served', breaks: /^I1/, prisma: losing('call.open') },
  { name: 'the end of a call is not written', breaks: /^I6 call .* has no end/, prisma: losing('call.end') },
  { name: 'a loss does not come into the open list', breaks: /^I1/, prisma: losing('case.loss') },
  { name: 'what became of a call-back is forgotten', breaks: /^I6 call-back/, prisma: losing('callback.state') },
  {
    name: 'a mail that was taken is not marked',
    breaks: /^I2/,
    prisma: omitting(/UPDATE "Notice" SET "status" = 'sent'/),
  },
  {
    name: 'the end of a call outside does not free its line',
    breaks: /^I6 the line of/,
    prisma: omitting(/^\s*UPDATE "DialLedger" SET "endedAt"/),
  },
  {
    name: 'a phone that rings for nobody rings on',
    breaks: /^I8/,
    ari: requests((operation, parameters) =>
      operation === 'channels.hangup' && String(parameters['channelId']).startsWith('leg-') ? null : parameters,
    ),
  },
  {
    name: 'the doorbell book is struck out before anybody has read it',
    breaks: /^I[136]/,
    ari: (ari) => {
      const { socket } = ari
      ari.socket = (options) =>
        socket({
          ...options,
          onMessage: (message) => {
            const [kind] = (message['args'] ?? []) as string[]
            const { id } = (message['channel'] ?? {}) as { id?: string }
            if (kind !== 'doorbell' || !id) return options.onMessage(message)
            void ari.request('channels.continueInDialplan', { channelId: id, extension: 'ack' }).catch(() => {})
          },
        })
    },
  },
  {
    name: 'the watch over those who wait sleeps',
    breaks: /^I7/,
    faults: 'freeze',
    asterisk: (asterisk) => (asterisk.dialplan.watches = false),
  },
  {
    name: 'after a line that fell silent nobody looks who is there',
    breaks: /^I[1678]/,
    faults: 'silence',
    ari: answering('channels.list', (reply, nth) => (nth > 1 ? [] : reply)),
  },
  {
    name: 'the end of a sound that no event told is never asked for',
    breaks: /^I7/,
    faults: 'events',
    ari: (ari) => {
      const request = ari.request.bind(ari)
      ari.request = (operation, parameters, options) =>
        request(operation, parameters, options).catch((error: unknown) => {
          if (operation !== 'playbacks.get') throw error
          return {}
        })
    },
  },
  {
    name: 'our own clock is taken for that of the dialplan',
    breaks: /^I13/,
    faults: 'clock',
    ari: answering('asterisk.getGlobalVar', () => ({ value: String(Math.floor(Date.now() / 1000)) })),
  },
  {
    name: 'a database that is busy is taken for one that has written',
    breaks: /^I[16]/,
    faults: 'database',
    prisma: (prisma) =>
      new Proxy(prisma, {
        get: (target, key) => {
          const value: unknown = Reflect.get(target, key)
          if (key !== '$executeRaw') return value
          return (...args: unknown[]) =>
            (value as (...args: unknown[]) => Promise<unknown>)(...args).catch((error: Error) => {
              if (error.message.includes('locked')) return 1
              throw error
            })
        },
      }),
  },
  {
    name: 'who was lost is not called back',
    breaks: /^I6 .* was lost, and nobody meant/,
    prisma: losing('callback.new'),
  },
  {
    name: 'a call-back is given up after its first try',
    breaks: /^I6 call-back .* is failed/,
    prisma: journalRows((op, row) =>
      op === 'callback.state' && row['status'] === 'waiting' && Number(row['tries']) > 0
        ? { ...row, status: 'failed' }
        : row,
    ),
  },
  {
    name: 'a call-back that nobody answered is taken for done',
    breaks: /^I6 call-back .* is done/,
    prisma: journalRows((op, row) =>
      op === 'callback.state' && row['outcome'] === 'no-answer' ? { ...row, status: 'done' } : row,
    ),
  },
  {
    name: 'the last to come is the first to be served',
    breaks: /^I9/,
    faults: false,
    code: () => {
      type Line = WaitingLine<{ place: Place }>
      const all = Reflect.get(WaitingLine.prototype, 'all') as (this: Line) => ReturnType<Line['all']>
      WaitingLine.prototype.all = function (this: Line) {
        return all.call(this).toReversed()
      } as Line['all']
      return () => void Reflect.set(WaitingLine.prototype, 'all', all)
    },
  },
  {
    name: 'a contact who did not answer is left alone',
    breaks: /^I6 contact/,
    prisma: statements((statement) =>
      /^\s*UPDATE "Contact" SET "status" = \?, "dueAt"/.test(statement.sql) && statement.values[0] === 'queued'
        ? { ...statement, values: ['no-answer', ...statement.values.slice(1)] }
        : statement,
    ),
  },
  ...plantedOffice,
  ...plantedOrdinary,
]
