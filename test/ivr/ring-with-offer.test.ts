import { expect, it } from 'vitest'
import { untilAborted } from '../../src/runtime/abort.ts'
import type { RingEnd } from '../../src/ivr/step-context.ts'
import { CALLER, callerOf } from './caller.ts'

const FLOW = `
  main:
    - ring: { to: sales, offer_callback: { key: 5 } }
    - play: sorry
    - hangup: normal`
const NUMBER = '"prompts/perezvon/call-back-number"'
const PROMISED = 'prompts/perezvon/call-back-promised'

/** Rings until the ringing is ended; `ends` ends the n-th by itself, with its result. */
function waiting(ends: Record<number, RingEnd> = {}) {
  const caller = callerOf(FLOW)
  const rings: AbortSignal[] = []
  caller.context.ring = async ({ ring }, signal) => {
    caller.rung.push(ring.to)
    rings.push(signal)
    const end = ends[rings.length]
    if (end !== undefined) return end
    await untilAborted(signal)
    throw signal.reason
  }
  const over = caller.run()
  /** Resolves when he is rung for the n-th time. */
  const rung = async (n: number) => {
    while (rings.length < n) await caller.phone.wait(50)
  }
  return { ...caller, over, rung }
}

it('one key: the phones stop, he confirms the number, and what he asked for is on disk with his place before it is promised', async () => {
  const { phone, leg, path, over, rung } = waiting()
  await rung(1)
  phone.press('5')
  void phone.hears(NUMBER).then(() => phone.press('1'))
  await over
  expect(path).toContainEqual(expect.objectContaining({ kind: 'key', key: '5' }))
  expect(path).toContainEqual(
    expect.objectContaining({ kind: 'callback-asked', number: CALLER, to: 'sales', since: 1_000, afterMeeting: false }),
  )
  expect(leg.heard).toContain(PROMISED)
  expect(leg.heard).not.toContain('sorry')
})

it('another key means nothing, and the flow goes on when nobody answers', async () => {
  const { phone, leg, path, over, rung } = waiting({ 1: 'nobody' })
  await rung(1)
  phone.press('7')
  await over
  expect(leg.heard).toContain('sorry')
  expect(path.some(({ kind }) => kind === 'callback-asked')).toBe(false)
})

it('the operator’s key is heard while it rings, and is a digit of the number that he dials', async () => {
  const first = waiting({ 2: 'talked' })
  await first.rung(1)
  first.phone.press('0')
  await first.over
  expect(first.path).toContainEqual(expect.objectContaining({ kind: 'key', key: '0' }))

  const second = waiting()
  await second.rung(1)
  second.phone.press('5')
  void second.phone.hears(NUMBER).then(() => second.phone.press('2'))
  void second.phone.hears('prompts/perezvon/call-back-enter').then(() => second.phone.press('89120000777#'))
  await second.over
  expect(second.path).toContainEqual(expect.objectContaining({ kind: 'callback-asked', number: '+79120000777' }))
  expect(second.path.filter(({ kind }) => kind === 'key')).toHaveLength(1)
})

it('who is answered in the same moment talks', async () => {
  const caller = callerOf(FLOW)
  caller.context.ring = async () => {
    caller.phone.press('5')
    return 'talked'
  }
  await caller.run()
  expect(caller.path.some(({ kind }) => kind === 'callback-asked')).toBe(false)
  expect(caller.leg.heard).toEqual([])
})

it('whose time is over in the same moment is called', async () => {
  const caller = callerOf(FLOW)
  caller.context.ring = async () => {
    caller.phone.press('51')
    return 'nobody'
  }
  await caller.run()
  expect(caller.path.some(({ kind }) => kind === 'callback-asked')).toBe(true)
})

it('who has no number that could be called waits on', async () => {
  const { context, phone, over, rung, path } = waiting({ 2: 'nobody' })
  context.callbacks!.caller = null
  await rung(1)
  phone.press('5###') // no number, three times
  await rung(2)
  await over
  expect(path.some(({ kind }) => kind === 'callback-asked')).toBe(false)
})
