/** An operator transfers a caller: each time somebody must be told again unless a person takes the call, and no caller goes round for ever. */
import { expect, it } from 'vitest'
import type { Call } from '../../src/calls/call.ts'
import { CallPath } from '../../src/calls/call-path.ts'
import { runTransfers } from '../../src/calls/transfers.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import type { JournalEntry } from '../../src/store/journal.ts'
import type { Back, Transfer } from '../../src/telephony/api.ts'
import { configOf } from '../support/config-of.ts'

const CONFIG = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101 }, boris: { name: Борис, rings: PJSIP/102 } }
groups: { operators: { members: [anna] } }
lines: { "+73432001122": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.ru] } }
`)

/** `transfers`: those with which the leg comes back, one after another; `back`: how it comes back once it was passed on. */
async function runs(transfers: Transfer[], back: Back | null = null) {
  const committed: JournalEntry[] = []
  const carriedOut: Transfer[] = []
  const clock = { now: () => 1_000 }
  const path = new CallPath('call-1', { note: () => {} }, clock)
  path.add({ kind: 'talk', person: 'anna', name: 'Анна', ms: 9_000 })
  const left = [...transfers]
  let passedOn = back !== null
  const leg = {
    get passedOn() {
      return passedOn
    },
    takeTransfer: () => left.shift() ?? null,
    untilBack: () => {
      passedOn = false
      return Promise.resolve(back)
    },
  }
  const call = {
    id: 'call-1',
    leg,
    path,
    snapshot: { config: CONFIG, version: 'v' },
    log: silentLogger,
  } as unknown as Call
  const commit = (entries: JournalEntry[]) => Promise.resolve(void committed.push(...entries))
  await runTransfers(
    { clock, commit, transferred: (_, transfer) => Promise.resolve(void carriedOut.push(transfer)) },
    call,
  )
  return { committed, carriedOut, steps: path.steps.slice(1) }
}
const by101 = (to: string): Transfer => ({ to, by: 'PJSIP/101' })

it('a transfer by the phone: armed again and noted before it is carried out', async () => {
  const { committed, carriedOut, steps } = await runs([by101('102')])
  expect(committed.map(({ op }) => op)).toEqual(['call.rearm', 'step'])
  expect(carriedOut).toEqual([by101('102')])
  expect(steps).toMatchObject([{ kind: 'transfer', by: 'anna', name: 'Анна', to: '102' }])
})

it.each<[string, Back, object[], number]>([
  ['talks with the colleague to the end', 'talked', [{ kind: 'transferred', by: 'anna' }], 0],
  ['hangs up while the colleague’s phone rings', 'unanswered', [{ kind: 'transfer', by: 'anna', to: '' }], 0],
  ['is dropped by the colleague at once', 'dropped', [{ kind: 'transfer', by: 'anna', to: '' }], 1],
  ['comes back', { to: '', by: 'PJSIP/102' }, [{ kind: 'transfer', by: 'boris', to: '' }], 1],
])('a caller who was connected with a colleague and %s', async (_, back, steps, carriedOut) => {
  const ran = await runs([], back)
  expect(ran.steps).toMatchObject(steps)
  expect(ran.steps).toHaveLength(steps.length)
  expect(ran.carriedOut).toHaveLength(carriedOut)
})

it('phones that pass a caller to one another for ever are let do so twenty times', async () => {
  const { carriedOut } = await runs(Array.from({ length: 50 }, (_, i) => by101(i % 2 ? '102' : '101')))
  expect(carriedOut).toHaveLength(20)
})
