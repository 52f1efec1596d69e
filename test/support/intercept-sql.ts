/** A database that does as the test says just before a statement: fails, or lets somebody else in first. */
import type { Prisma } from '../../src/store/database.ts'

const STATEMENTS: ReadonlySet<unknown> = new Set(['$executeRaw', '$queryRaw'])

/** `before` gets each raw statement, its values as `?`; what it throws is what the statement rejects with. */
export function interceptSql(prisma: Prisma, before: (sql: string) => void | Promise<void>): Prisma {
  return new Proxy(prisma, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (!STATEMENTS.has(key) || typeof value !== 'function') return value
      return async (parts: TemplateStringsArray, ...values: unknown[]): Promise<unknown> => {
        await before(parts.join('?'))
        return (value as (...args: unknown[]) => unknown).call(target, parts, ...values)
      }
    },
  })
}
