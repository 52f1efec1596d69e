/** Operators of a daemon and the orders that reach them through the database, without telephones. */
import { OperatorOrders } from '../../src/queues/operator-orders.ts'
import { Operators } from '../../src/queues/operators.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Journal } from '../../src/store/journal.ts'
import { configOf } from './config-of.ts'
import { FakeTelephony } from './fake-telephony.ts'
import { throwAwayDatabase } from './throw-away-database.ts'

const config = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  boris: { name: Борис, rings: PJSIP/102 }
groups: { operators: { members: [anna, boris] } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.ru] } }
`)

/** `orders` are not carried out before they are started. */
export async function operatorsHouse() {
  const database = await throwAwayDatabase()
  const { prisma } = database
  const journal = new Journal(prisma, silentLogger)
  const operators = new Operators(
    () => config,
    new FakeTelephony(),
    systemClock,
    (row) => journal.note({ op: 'operator.event', row }),
  )
  const written = () => journal.drain()
  const orders = new OperatorOrders({ prisma, operators, clock: systemClock, log: silentLogger, written })
  const close = async () => {
    await orders.stop()
    operators.stop()
    await journal.drain()
    await database.close()
  }
  return { config, prisma, journal, operators, orders, close }
}
