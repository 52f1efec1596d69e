/** Bugs that are planted into ordinary days: what operators do with their phones, and companies that show one number for all their people. */
import { Operators } from '../../src/queues/operators.ts'
import { AriLeg } from '../../src/telephony/ari-leg.ts'
import { LegAway } from '../../src/telephony/leg-away.ts'
import type { PlayedAri } from './ari.ts'
import type { Planted } from './planted.ts'
import { journalRows, statements } from './tampering.ts'

export const plantedOrdinary: Planted[] = [
  {
    name: 'a talk with one of a company counts for all who show its number',
    breaks: /^I1 .* nobody was told/,
    faults: false,
    prisma: journalRows((op, row) =>
      op === 'notice.cancel' || op === 'case.close' ? { ...row, began: Number.MAX_SAFE_INTEGER } : row,
    ),
  },
  {
    name: 'a caller who was transferred is taken for one whose talk is over',
    breaks: /^I18 .* counts as answered/,
    faults: false,
    code: replaced(LegAway.prototype, 'takeTransfer', () => null),
  },
  {
    name: 'a colleague whose phone still rings is taken for one who talks',
    breaks: /^I18 .* counts as answered/,
    faults: false,
    // one day in a hundred has a caller who leaves just then
    from: 80,
    code: replaced(AriLeg.prototype, 'isConnectedWith', function (this: AriLeg) {
      this.dials('ANSWER')
    }),
  },
  {
    name: 'who was taken after a transfer is told of as missed',
    breaks: /^I18 .* and taken, and counts as/,
    faults: false,
    prisma: journalRows((op, row) =>
      op === 'call.end' && row['verdict'] === 'answered' ? { ...row, verdict: 'missed', reason: 'other' } : row,
    ),
  },
  {
    name: 'an operator who has transferred a caller is busy from then on',
    breaks: /^I18 .* still taken for talking/,
    faults: false,
    code: replaced(Operators.prototype, 'release', () => {}),
  },
  {
    name: 'Asterisk is not told that a phone that forwards is a refusal',
    breaks: /^I18 .* rang because another phone forwards/,
    faults: false,
    ari: (ari) => {
      const request = ari.request.bind(ari)
      ari.request = (operation, parameters, options) =>
        request(operation, parameters, operation === 'channels.originateWithId' ? { ...options, body: {} } : options)
    },
  },
  {
    name: 'a phone that forwards is taken for one that nobody answered',
    breaks: /^I18 .* met phones that forward/,
    faults: false,
    ari: (ari) => {
      notHearing('Dial')(ari)
      unsaid(ari)
    },
  },
  {
    name: 'a refusal that is about us is read as one that is about the mailbox',
    breaks: /^I1 .* is buried/,
    faults: false,
    mail: (mail) => (mail.reworded = () => '550 5.1.1 no such user'),
  },
  {
    name: 'the copies that were sent into silence are not counted',
    breaks: /^I2 .* into silence/,
    faults: false,
    prisma: statements((statement) =>
      statement.sql.includes('"copies" = "copies" + 1')
        ? { ...statement, parts: statement.parts.map((part) => part.replace('"copies" + 1', '1')) }
        : statement,
    ),
  },
]

/** What of a class does something else; returns how to take it out. */
function replaced<T extends object, K extends keyof T & string>(of: T, name: K, other: unknown): () => () => void {
  return () => {
    const own: unknown = Reflect.get(of, name)
    Reflect.set(of, name, other)
    return () => void Reflect.set(of, name, own)
  }
}

function hearing(change: (message: Record<string, unknown>) => Record<string, unknown> | null) {
  return (ari: PlayedAri) => {
    const { socket } = ari
    ari.socket = (options) =>
      socket({
        ...options,
        onMessage: (message) => {
          const heard = change(message)
          if (heard) options.onMessage(heard as typeof message)
        },
      })
  }
}

function notHearing(type: string): (ari: PlayedAri) => void {
  return hearing((message) => (message['type'] === type ? null : message))
}

/** Asterisk loses what SIP has answered every time. */
const unsaid = hearing((message) => {
  if (message['tech_cause'] !== 302) return message
  const { tech_cause: _lost, ...rest } = message
  return { ...rest, cause: 19 }
})
