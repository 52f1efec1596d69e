import { expect, it } from 'vitest'
import type { Person } from '../../src/config/sections/people.ts'
import { ringDevices, type Rung } from '../../src/dialling/ring-devices.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import type { DialResult, Leg } from '../../src/telephony/api.ts'

const OLGA: [string, Person] = [
  'olga',
  { name: 'Ольга', rings: [{ kind: 'outside', number: '+79121110000' }] } as unknown as Person,
]
const full = { kind: 'refused', why: 'trunk-full' } as const
const leg = { id: 'leg-1', signal: new AbortController().signal } as Leg
const answered: DialResult = { kind: 'answered', leg }

/** What the guard and the trunk say to one dialling after another. */
async function rings(...replies: (DialResult | typeof full)[]) {
  const rung: Rung[] = []
  const winner = await ringDevices(
    {
      telephony: { dial: () => Promise.reject(new Error('no desk phone')), phoneState: () => 'idle' },
      dialOutside: () => Promise.resolve(replies.shift()!),
      accepts: () => Promise.resolve(true),
    },
    { callerId: { number: '+79120000001', name: '' }, line: '+73432001122', log: silentLogger },
    [OLGA],
    { timeoutMs: 5_000, screen: true, signal: new AbortController().signal, onRung: (one) => rung.push(one) },
  )
  return { winner: winner?.person ?? null, rung: rung.map(({ result }) => result) }
}

it('a line that was freed a moment ago is his who has the person reserved', async () => {
  expect(await rings(full, answered)).toEqual({ winner: 'olga', rung: [] })
})

it('where none is free a moment later either there is none', async () => {
  expect(await rings(full, full)).toEqual({ winner: null, rung: ['congestion'] })
})
