/** Operators over HTTP: the same rows and orders as `perezvon operators`. */
import type { OperatorsApiParts } from '../http/operators-api.ts'
import { askOperator, type WishWord, wishWords } from '../queues/ask-operator.ts'
import { lastOperatorEvents } from '../store/operators.ts'
import type { Ground } from './ground.ts'
import type { People } from './people.ts'

type ApiGround = Pick<Ground, 'prisma' | 'config'> & { secrets: Pick<Ground['secrets'], 'apiToken'> }

/** Null without a token: there is no such interface then. */
export function operatorsApiRoom(
  { prisma, config, secrets }: ApiGround,
  { lookAtOrders }: Pick<People, 'lookAtOrders'>,
): OperatorsApiParts | null {
  const { apiToken } = secrets
  if (apiToken === null) return null
  return {
    token: apiToken,
    words: Object.keys(wishWords),
    list: async () => {
      const { people } = config()
      const rows = await lastOperatorEvents(prisma, Object.keys(people))
      return Object.entries(people).map(([person, { name }]) => {
        const last = rows.find((row) => row.person === person)
        return { person, name, state: last?.state ?? null, at: last?.at ?? null, reason: last?.reason ?? null }
      })
    },
    ask: async (person, word, reason) => {
      if (!Object.hasOwn(config().people, person)) return 'unknown'
      return (await askOperator(prisma, { person, word: word as WishWord, reason }, lookAtOrders)) ?? 'waits'
    },
  }
}
