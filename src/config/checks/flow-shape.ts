import { allSteps } from '../walk-steps.ts'
import type { CheckInput } from './report.ts'

const onlyInScripts = new Set(['answer', 'opt_out'])
const neverInScripts = new Set([
  'voicemail',
  'unanswered',
  'go_to',
  'announce_recording',
  'offer_callback',
  'callback_after_meeting',
])

/** Each step stands where it has a meaning, a menu has keys, and each flow is entered from somewhere. */
export function checkFlowShape({ config, incomplete, report }: CheckInput): void {
  const entered = new Set(Object.values(config.lines).map(({ flow }) => flow))
  for (const { step, path, owner, depth } of allSteps(config)) {
    const word = [...path, step.kind]
    const values = { step: step.kind }
    if (owner.kind !== 'campaign' && onlyInScripts.has(step.kind)) report('only-in-script', word, { values }, 'key')
    if (owner.kind === 'campaign' && neverInScripts.has(step.kind)) report('not-in-script', word, { values }, 'key')
    if (owner.kind === 'campaign' && step.kind === 'ring' && step.ring.offer_callback)
      report('not-in-script', [...path, 'ring', 'offer_callback'], { values: { step: 'offer_callback' } }, 'key')
    if (step.kind === 'unanswered' && owner.kind !== 'campaign') {
      const isLast = owner.kind === 'flow' && depth === 0 && config.flows[owner.name]?.at(-1) === step
      if (!isLast) report('unanswered-not-last', word, {}, 'key')
    }
    if (
      step.kind === 'menu' &&
      Object.keys(step.menu.keys).length === 0 &&
      step.menu.extension === 'refused' &&
      !incomplete.has(`${owner.kind}s.${owner.name}`)
    )
      report('menu-without-keys', word, {}, 'key')
    if (step.kind === 'go_to' && !(owner.kind === 'flow' && owner.name === step.go_to)) entered.add(step.go_to)
  }
  if (incomplete.size > 0) return
  for (const flow of Object.keys(config.flows))
    if (!entered.has(flow)) report('flow-not-entered', ['flows', flow], { values: { flow } }, 'key')
}
