/** Bugs that are planted into what the office sees: escalations, digests, the open list, orders, meetings. */
import { Meetings } from '../../src/callbacks/meetings.ts'
import { Operators } from '../../src/queues/operators.ts'
import { MANAGER } from './meetings.ts'
import type { Planted } from './planted.ts'
import { journalRows, losing, omitting, questions, statements } from './tampering.ts'

export const plantedOffice: Planted[] = [
  {
    name: 'nobody is told of a case that nobody took',
    breaks: /^I14 nobody took/,
    prisma: losing('escalation'),
  },
  {
    name: 'a case is told above before its time',
    breaks: /^I14 .* before its time/,
    prisma: journalRows((op, row) => (op === 'escalation' ? { ...row, dueAt: Number(row['dueAt']) - 600_000 } : row)),
  },
  {
    name: 'a digest tells of one call too few',
    breaks: /^I1 dg-.* does not tell of/,
    prisma: questions('notice', 'findMany', (question) =>
      question.where?.['status'] === 'digested' ? { ...question, skip: 1 } : question,
    ),
  },
  {
    name: 'a digest tells also of those who got through',
    breaks: /^I3 dg-/,
    from: 61,
    prisma: questions('notice', 'findMany', (question) =>
      question.where?.['status'] === 'digested' ? { where: { digestId: question.where['digestId'] } } : question,
    ),
  },
  {
    name: 'what is told by a digest goes alone as well',
    breaks: /^I2 .* is told by dg-/,
    prisma: (prisma) =>
      new Proxy(prisma, {
        get: (target, key) => {
          const value: unknown = Reflect.get(target, key)
          if (key !== '$executeRaw') return value
          return async (...args: unknown[]) => {
            const done = await (value as (...args: unknown[]) => Promise<unknown>)(...args)
            if (String(args[1]).includes('"notice.digest"'))
              await target.$executeRaw`UPDATE "Notice" SET "status" = 'pending' WHERE "status" = 'digested'`
            return done
          }
        },
      }),
  },
  {
    name: 'a storm is not seen',
    breaks: /^I2 .* went alone in a storm/,
    prisma: questions('notice', 'count', (question) => (question.where?.['sentAt'] ? { instead: 0 } : question)),
  },
  {
    name: 'who has taken a case is told on as if he had not',
    breaks: /^I14 .*, and somebody had/,
    prisma: questions('case', 'count', () => ({ instead: 1 })),
  },
  {
    name: 'who has taken a case is not left alone with it',
    breaks: /^I15 .* somebody had taken/,
    prisma: (prisma) =>
      questions('case', 'findMany', (question) => (question.where?.['takenAt'] ? { instead: [] } : question))(
        statements((statement) =>
          statement.sql.includes(`SET "status" = 'client'`)
            ? { ...statement, values: [...statement.values.slice(0, -1), Number.MAX_SAFE_INTEGER] }
            : statement,
        )(prisma),
      ),
  },
  {
    name: 'a call-back that was called off is made all the same',
    breaks: /^I15 .* was closed by hand/,
    prisma: (prisma) =>
      questions('callback', 'findMany', (question) =>
        question.where?.['status'] === 'waiting' && question.where['dueAt']
          ? { ...question, where: { ...question.where, status: { in: ['waiting', 'cancelled'] } } }
          : question,
      )(
        statements((statement) =>
          statement.sql.includes(`SET "status" = 'operator'`)
            ? {
                ...statement,
                parts: statement.parts.map((part) =>
                  part.replace(`"status" = 'waiting'`, `"status" IN ('waiting', 'cancelled')`),
                ),
              }
            : statement,
        )(prisma),
      ),
  },
  {
    name: 'who was told of a case does not hear that it is closed',
    breaks: /^I15 .* and not that it was closed/,
    prisma: questions('closing', 'findMany', () => ({ instead: [] })),
  },
  {
    name: 'an order is answered and not carried out',
    breaks: /^I16 .* and had gone/,
    code: () => {
      const wish = Reflect.get(Operators.prototype, 'wish')
      Operators.prototype.wish = () => true
      return () => void Reflect.set(Operators.prototype, 'wish', wish)
    },
  },
  {
    name: 'who has gone is back with the next life of the daemon',
    breaks: /^I16 .* and had gone/,
    faults: 'daemon',
    prisma: losing('operator.event'),
  },
  {
    name: 'an order is never answered',
    breaks: /^I16 order-.* was not carried out/,
    prisma: omitting(/^\s*UPDATE "OperatorOrder"/),
  },
  {
    name: 'who is in a meeting is asked to call back',
    breaks: /^I17 .* in her meeting/,
    code: isOn(() => false),
  },
  {
    name: 'a meeting is never over',
    breaks: /^I17 .* was not called after the meeting/,
    code: isOn((said, meetings) => said || seen.has(meetings)),
  },
]

const seen = new WeakSet<Meetings>()

/** What is said of who is in a meeting, changed. */
function isOn(change: (said: boolean, meetings: Meetings) => boolean): () => () => void {
  return () => {
    const own = Reflect.get(Meetings.prototype, 'isOn')
    Meetings.prototype.isOn = function (this: Meetings, person) {
      const said = own.call(this, person)
      if (said) seen.add(this)
      return change(said, this) && person === MANAGER
    }
    return () => void Reflect.set(Meetings.prototype, 'isOn', own)
  }
}
