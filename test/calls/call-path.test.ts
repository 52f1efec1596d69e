import { expect, it } from 'vitest'
import { CallPath } from '../../src/calls/call-path.ts'
import type { StepRow } from '../../src/model/call-outcome.ts'
import type { JournalEntry } from '../../src/store/journal.ts'

function path(steps?: StepRow[]) {
  const noted: JournalEntry[] = []
  let now = 1_000
  const clock = { now: () => (now += 1_000) }
  return { noted, path: new CallPath('call-1', { note: (...entries) => noted.push(...entries) }, clock, steps) }
}

it('what happens is numbered in its order, with its time, for the journal and for the rules alike', () => {
  const { noted, path: call } = path()
  call.add({ kind: 'arrived', did: '+73432001122' })
  call.add({ kind: 'key', key: '1', label: 'Продажи' })
  expect(noted).toEqual([
    { op: 'step', row: { callId: 'call-1', seq: 0, at: 2_000, kind: 'arrived', detail: { did: '+73432001122' } } },
    { op: 'step', row: { callId: 'call-1', seq: 1, at: 3_000, kind: 'key', detail: { key: '1', label: 'Продажи' } } },
  ])
  expect(call.steps).toEqual([
    { kind: 'arrived', did: '+73432001122', time: 2_000 },
    { kind: 'key', key: '1', label: 'Продажи', time: 3_000 },
  ])
})

it('an entry for a commit of its own is not noted twice', () => {
  const { noted, path: call } = path()
  expect(call.entry({ kind: 'menu' })).toMatchObject({ op: 'step', row: { seq: 0, kind: 'menu' } })
  expect(noted).toEqual([])
  expect(call.steps).toHaveLength(1)
})

it('a call that is taken over goes on counting where its last life ended', () => {
  const { noted, path: call } = path([
    { kind: 'arrived', did: '1', time: 1 },
    { kind: 'menu', time: 2 },
  ])
  call.add({ kind: 'recovered', how: 'waiting' })
  expect(noted).toMatchObject([{ row: { seq: 2, kind: 'recovered' } }])
})
