/** Operators who go for a while and come back, by command: `operators out | pause | dnd`, then `in | resume`. */
import { wishWords } from '../../src/queues/ask-operator.ts'
import { orderOperator } from '../../src/store/operators.ts'
import { PHONES } from './company.ts'
import type { Office } from './list-work.ts'

const MINUTE = 60_000
const MOST_TIMES = 3

export function comeAndGo(office: Office, until: number): void {
  const { time, chance } = office
  const people = Object.keys(PHONES)
  const times = chance.int(0, MOST_TIMES)
  for (let i = 0; i < times; i++) {
    const person = chance.pick(people)
    const goes = chance.by({ out: 40, pause: 45, dnd: 15 })
    // most calls come soon
    const at = chance.yes(0.5) ? chance.int(1_000, 2 * MINUTE) : chance.int(0, until - time.now())
    const back = at + chance.int(10_000, 20 * MINUTE)
    time.after(at, () => order(office, person, goes))
    time.after(back, () => order(office, person, goes === 'out' ? 'in' : 'resume'))
  }
}

/** Without waiting for the answer. */
function order({ chronicle, commandLine }: Office, person: string, word: keyof typeof wishWords): void {
  commandLine.run(async (prisma) => {
    const id = `order-${chronicle.orders.length}`
    chronicle.order({ id, person, wish: wishWords[word] })
    await orderOperator(prisma, { id, person, wish: wishWords[word], reason: null, at: Date.now() })
  })
}
