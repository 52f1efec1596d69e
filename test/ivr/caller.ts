/** A caller in a flow, without Asterisk: his keys, what he hears, and whom his flow rings. */
import { operatorOf } from '../../src/config/checks/operator.ts'
import { runFlow } from '../../src/ivr/flow-runner.ts'
import type { StepContext } from '../../src/ivr/step-context.ts'
import type { Step as PathStep } from '../../src/model/call-outcome.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { configOf } from '../support/config-of.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'

const PROMPTS = [
  'bye', 'closed', 'day', 'else', 'five', 'greeting', 'long', 'menu', 'open', 'second', 'silent-way', 'sorry', 'two', 'wrong', 'wrong-way',
  'lost/one', 'lost/menu', 'lost/three',
] // prettier-ignore

export const CALLER = '+79120000001'
/** Of the prompt `long`. */
export const LONG_MS = 600_000

/** Prompts that are not there are in a folder `lost`. A second takes 10 ms. */
export function callerOf(flows: string, more = '') {
  const config = configOf(
    `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  boris: { name: Борис, rings: PJSIP/102 }
groups:
  sales: { name: Продажи, members: [anna, boris] }
  operators: { members: [boris] }
hours:
  never: { week: {} }
  always: { week: { mon-sun: "24h" } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows:
${flows}
missed_calls: { mail: { to: [office@example.ru] } }
${more}`,
    PROMPTS,
  )
  const leg = new FakeTelephony({ speed: 100, lengthOf: (sound) => (sound === 'long' ? LONG_MS : 1_000) }).incoming(
    'call-1',
  )
  const path: PathStep[] = []
  const rung: string[] = []
  const context: StepContext = {
    leg,
    config,
    clock: systemClock,
    signal: leg.signal,
    operatorKey: operatorOf(config),
    note: (step) => path.push(step),
    sounds: (sound) => (sound.startsWith('lost/') ? [] : [sound]),
    spoken: async (parts) => parts.map((part) => JSON.stringify(part)),
    ring: async ({ ring }) => {
      rung.push(ring.to)
      return 'nobody'
    },
    voicemail: async () => 'recorded',
    inMeeting: (person) => person === 'boris',
    callbacks: {
      caller: CALLER,
      mayBeCalled: async (number) => !number.startsWith('+7809'),
      owner: () => rung.at(-1) ?? 'operators',
      waitsSince: () => 1_000,
      ask: async (step) => void path.push(step),
    },
    onAnswer: async () => {},
    onOptOut: async () => {},
  }
  return {
    context,
    leg,
    phone: leg.phone,
    path,
    /** Groups and people in the order in which they were rung. */
    rung,
    steps: (kind: PathStep['kind']) => path.filter((step) => step.kind === kind),
    /** Walks the flow `main`. */
    run: () => runFlow(context, 'main'),
  }
}
