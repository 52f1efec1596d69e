import { expect, it } from 'vitest'
import { inboundScript } from '../../src/ivr/inbound-script.ts'
import type { Call } from '../../src/calls/call.ts'
import type { Spoken } from '../../src/config/sections/flows.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { callerOf } from './caller.ts'

const SAID: Spoken[] = ['prompts/in-meeting', { until: 'boris' }, { digits: '7' }]

it.each<[string, number | null, Spoken[]]>([
  [
    'the time of the day in the company’s zone',
    Date.parse('2026-11-26T10:30Z'),
    ['prompts/in-meeting', { time: '15:30' }, { digits: '7' }],
  ],
  ['nothing, when nobody knows when it ends', null, ['prompts/in-meeting', { digits: '7' }]],
])('say: { until } is %s', async (_, until, expected) => {
  const { context, leg } = callerOf('\n  main: [{ hangup: normal }]')
  const spoken: (readonly Spoken[])[] = []
  const call = { leg, snapshot: { config: context.config, version: 'v' }, caller: { number: null } } as unknown as Call
  const script = inboundScript(
    {
      clock: systemClock,
      recordingsDir: '/nowhere',
      sounds: () => [],
      spoken: async (parts) => {
        spoken.push(parts)
        return []
      },
      ring: async () => 'nobody',
      onKey: () => {},
      meetings: { isOn: () => true, untilOf: (person) => (person === 'boris' ? until : 0) },
      mayBeCalled: async () => true,
      commit: async () => {},
    },
    call,
  )
  await script.spoken(SAID)
  expect(spoken).toEqual([expected])
})
