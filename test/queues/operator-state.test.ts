import { describe, expect, it } from 'vitest'
import {
  type OperatorEventKind,
  type OperatorState,
  type OperatorStateName,
  operatorStates,
  type Standing,
  transition,
  wishes,
} from '../../src/queues/operator-state.ts'

const state = (name: OperatorStateName, standing: Standing = 'available', there = true): OperatorState => ({
  name,
  standing,
  there,
  reason: null,
})
const shown = ({ name, standing }: OperatorState) => (name === standing ? name : `${name}, ${standing}`)

describe('the table', () => {
  it.each<[string, OperatorState, OperatorEventKind, string | null]>([
    ['signs in', state('offline', 'signed-out'), 'sign-in', 'available'],
    ['signs in while his phone is off', state('offline', 'signed-out', false), 'sign-in', 'offline, available'],
    ['his phone comes back', state('offline', 'available', false), 'there', 'available'],
    [
      'his phone comes back, but he has signed out',
      state('offline', 'signed-out', false),
      'there',
      'offline, signed-out',
    ],
    ['his phone comes back, and he is still paused', state('offline', 'paused', false), 'there', 'paused'],
    ['his phone goes', state('available'), 'away', 'offline, available'],
    ['signs out', state('available'), 'sign-out', 'offline, signed-out'],
    ['is rung', state('available'), 'rung', 'ringing, available'],
    ['did not answer', state('ringing'), 'ring-over', 'available'],
    ['answers', state('ringing'), 'talk', 'talking, available'],
    ['picks up, as his phone says', state('ringing'), 'phone-busy', 'talking, available'],
    ['ends a talk', state('talking'), 'talk-over', 'wrap-up, available'],
    ['ends a talk that has no wrap-up', state('talking'), 'talk-ended', 'available'],
    ['ends the wrap-up', state('wrap-up'), 'wrap-up-over', 'available'],
    ['resumes within the wrap-up', state('wrap-up'), 'resume', 'available'],
    ['calls somebody himself', state('available'), 'phone-busy', 'talking, available'],
    ['calls somebody himself in a pause', state('paused', 'paused'), 'phone-busy', 'talking, paused'],
    ['has ended his own call', state('talking', 'paused'), 'phone-idle', 'paused'],
    ['the phone is put down, and his wrap-up goes on', state('wrap-up'), 'phone-idle', 'wrap-up, available'],
    ['pauses', state('available'), 'pause', 'paused'],
    ['pauses while it rings: it rings on', state('ringing'), 'pause', 'ringing, paused'],
    ['and is paused after it', state('ringing', 'paused'), 'ring-over', 'paused'],
    ['signs out while he talks', state('talking'), 'sign-out', 'talking, signed-out'],
    ['and is gone after it', state('talking', 'signed-out'), 'talk-ended', 'offline, signed-out'],
    ['wants his peace', state('available'), 'do-not-disturb', 'do-not-disturb'],
    ['resumes', state('do-not-disturb', 'do-not-disturb'), 'resume', 'available'],
    ['signs in out of a pause', state('paused', 'paused'), 'sign-in', 'available'],
    [
      'uses his phone while signed out: that is his affair',
      state('offline', 'signed-out'),
      'phone-busy',
      'offline, signed-out',
    ],
    ['talks since before the daemon was there', state('paused', 'paused'), 'talk', 'talking, paused'],
    ['is rung twice', state('ringing'), 'rung', 'ringing, available'],
    ['pauses without having signed in', state('offline', 'signed-out'), 'pause', null],
    ['resumes without having signed in', state('offline', 'signed-out'), 'resume', null],
    ['wants peace without having signed in', state('offline', 'signed-out'), 'do-not-disturb', null],
    ['is rung in a pause', state('paused', 'paused'), 'rung', null],
    ['is rung in his wrap-up', state('wrap-up'), 'rung', null],
    ['ends a talk that was none', state('available'), 'talk-over', null],
    ['ends a wrap-up that was none', state('available'), 'wrap-up-over', null],
  ])('%s', (_, from, kind, expected) => {
    const next = transition(from, { kind })
    expect(next && shown(next)).toBe(expected)
  })

  it('keeps the reason of a pause as long as the pause', () => {
    const paused = transition(state('available'), { kind: 'pause', reason: '2' })!
    expect(paused.reason).toBe('2')
    const calling = transition(paused, { kind: 'phone-busy' })!
    expect(calling.reason).toBe('2')
    expect(transition(transition(calling, { kind: 'phone-idle' })!, { kind: 'resume' })!.reason).toBeNull()
  })

  it('takes every wish of one who has signed in, in every state', () => {
    for (const name of operatorStates)
      for (const kind of wishes) expect(transition(state(name), { kind }), `${name} ${kind}`).not.toBeNull()
  })

  it('whatever happens: who is not there, has signed out or wants his peace does not rest as available', () => {
    const kinds: OperatorEventKind[] = [...wishes, 'there', 'away', 'phone-rings', 'phone-busy', 'phone-idle', 'wrap-up-over', 'rung', 'ring-over', 'talk', 'talk-over', 'talk-ended'] // prettier-ignore
    const seen = new Map<string, OperatorState>([['', state('offline', 'signed-out', false)]])
    for (let before = 0; before < seen.size;) {
      before = seen.size
      for (const from of seen.values())
        for (const kind of kinds) {
          const next = transition(from, { kind })
          if (next) seen.set(JSON.stringify(next), next)
        }
    }
    expect(seen.size).toBeGreaterThan(30)
    const wrong = [...seen.values()].filter(
      ({ name, standing, there }) => name === 'available' && (!there || standing !== 'available'),
    )
    expect(wrong).toEqual([])
  })
})
