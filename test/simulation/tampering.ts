/** Ways to plant a bug between the daemon and its world: in what it writes, in what it asks of Asterisk, in what it hears. */
import type { Prisma } from '../../src/store/database.ts'
import type { AriOperation, AriParameters } from '../../src/telephony/ari-operations.ts'
import type { PlayedAri } from './ari.ts'

type Raw = (parts: TemplateStringsArray, ...values: unknown[]) => Promise<unknown>
type Ask = (question: Question) => Promise<unknown>
interface Question {
  where?: Record<string, unknown>
}
interface Statement {
  sql: string
  parts: readonly string[]
  values: unknown[]
}

/** `change` returns the statement that is carried out instead, or a value that is returned without one. */
export function statements(
  change: (statement: Statement) => Statement | { instead: unknown },
): (prisma: Prisma) => Prisma {
  return (prisma) =>
    new Proxy(prisma, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (key !== '$executeRaw' && key !== '$queryRaw') return value
        return (parts: TemplateStringsArray, ...values: unknown[]) => {
          const changed = change({ sql: parts.join('?'), parts, values })
          if ('instead' in changed) return Promise.resolve(changed.instead)
          const text = Object.assign([...changed.parts], { raw: [...changed.parts] })
          return (value as Raw)(text, ...changed.values)
        }
      },
    })
}

interface Entry {
  op: string
  row: Record<string, unknown>
}

/** What is written into the journal, changed; null: it never reaches it. */
export function journalRows(
  change: (op: string, row: Entry['row']) => Entry['row'] | null,
): (prisma: Prisma) => Prisma {
  return statements((statement) => {
    if (!statement.sql.includes('json_each') || !statement.sql.includes('"journal')) return statement
    const entries = JSON.parse(String(statement.values[0])) as Entry[]
    const changed = entries.flatMap(({ op, row }) => {
      const left = change(op, row)
      return left ? [{ op, row: left }] : []
    })
    return { ...statement, values: [JSON.stringify(changed)] }
  })
}

/** Entries of the journal that never reach it. */
export function losing(...ops: string[]): (prisma: Prisma) => Prisma {
  return journalRows((op, row) => (ops.includes(op) ? null : row))
}

/** A question to Prisma, changed; or its answer is `instead`. */
export function questions(
  model: 'notice' | 'case' | 'callback' | 'closing' | 'meeting',
  method: string,
  change: (question: Question) => Question | { instead: unknown },
): (prisma: Prisma) => Prisma {
  const tampered = (delegate: object) =>
    new Proxy(delegate, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (key !== method) return value
        return (question: Question) => {
          const changed = change(question)
          return 'instead' in changed ? Promise.resolve(changed.instead) : (value as Ask)(changed)
        }
      },
    })
  return (prisma) =>
    new Proxy(prisma, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        return key === model ? tampered(value as object) : value
      },
    })
}

export function omitting(start: RegExp, instead: unknown = 1): (prisma: Prisma) => Prisma {
  return statements((statement) => (start.test(statement.sql) ? { instead } : statement))
}

export function requests(
  change: (operation: AriOperation, parameters: AriParameters) => AriParameters | null,
): (ari: PlayedAri) => void {
  return (ari) => {
    const request = ari.request.bind(ari)
    ari.request = (operation, parameters, options) => {
      const changed = change(operation, parameters)
      return changed ? request(operation, changed, options) : Promise.resolve(null)
    }
  }
}

/** What Asterisk answers is not what is heard. `nth`: which answer of this kind it is in this life, from 1. */
export function answering(
  operation: AriOperation,
  change: (reply: unknown, nth: number) => unknown,
): (ari: PlayedAri) => void {
  return (ari) => {
    const request = ari.request.bind(ari)
    let nth = 0
    ari.request = async (asked, parameters, options) => {
      const reply = await request(asked, parameters, options)
      return asked === operation ? change(reply, ++nth) : reply
    }
  }
}
