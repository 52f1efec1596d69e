import { expect, it } from 'vitest'
import {
  custodies,
  type Custody,
  type CustodyEvent,
  custodyEvents,
  isAway,
  transition,
} from '../../src/telephony/custody.ts'

/** Every pair of custody and event. `·`: the event changes nothing. */
const TABLE = `
                    ours      left   dialplan  talking    passed-on  taken  ended
handed-to-dialplan  dialplan  ·      ·         ·          ·          ·      ·
handed-to-talk      talking   ·      talking   ·          ·          ·      ·
order-refused       ·         ·      ours      ours       ·          ·      ·
left                left      ·      ·         ·          ·          ·      ·
hung-up             ended     ·      ·         ·          ·          ·      ·
destroyed           ended     taken  ended     ended      ended      ·      ·
returned            ·         ours   ours      ours       ours       ·      ·
seen-elsewhere      taken     taken  ·         ·          ·          ·      ·
not-found           taken     taken  ended     ended      ended      ·      ·
left-to-book        taken     taken  taken     taken      taken      ·      ·
partner-gone        ·         ·      ·         passed-on  ·          ·      ·
came-anew           ·         ·      taken     ·          ·          ·      ·
`
const [head, ...rows] = TABLE.trim().split('\n')
const columns = head!.trim().split(/\s+/) as Custody[]

it.each(rows.map((row) => row.trim().split(/\s+/)))('%s', (event, ...expected) => {
  const next = columns.map((custody) => transition(custody, event as CustodyEvent))
  expect(next).toEqual(expected.map((custody, i) => (custody === '·' ? columns[i] : custody)))
})

it('the table has every custody and every event', () => {
  expect(columns).toEqual(custodies)
  expect(rows.map((row) => row.trim().split(/\s+/)[0])).toEqual(custodyEvents)
})

it('no event brings back what is taken or ended, and nothing that is away ends by leaving us', () => {
  for (const event of custodyEvents) {
    for (const custody of ['taken', 'ended'] as const) expect(transition(custody, event)).toBe(custody)
  }
  for (const custody of custodies.filter(isAway))
    for (const event of ['left', 'hung-up'] as const) expect(transition(custody, event)).toBe(custody)
})
