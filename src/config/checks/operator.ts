import type { Config } from '../schema.ts'
import { allSteps } from '../walk-steps.ts'
import type { CheckInput } from './report.ts'

/** The key that reaches a living person from anywhere, and whom it rings. */
export function operatorOf(config: Pick<Config, 'operator'>): { key: string; ring: string } {
  return config.operator ?? { key: '0', ring: 'operators' }
}

/** There is an operator, and no menu of a flow gives his key another meaning; in the scripts of campaigns it has none. */
export function checkOperator({ config, names, report }: CheckInput): void {
  const operator = operatorOf(config)
  if (!config.operator && !names.groups.includes('operators') && !names.people.includes('operators'))
    report('no-operator', ['groups'], {}, 'key')
  for (const { step, path, owner } of allSteps(config)) {
    if (owner.kind === 'campaign') continue
    const offered = step.kind === 'ring' ? step.ring.offer_callback?.key : undefined
    if (offered === operator.key) {
      const values = { key: operator.key, operator: operator.ring }
      report('operator-key-taken', [...path, 'ring', 'offer_callback', 'key'], { values })
    }
    if (step.kind !== 'menu') continue
    const taken = step.menu.keys[operator.key]
    if (taken && !taken.some((inner) => inner.kind === 'ring' && inner.ring.to === operator.ring)) {
      const values = { key: operator.key, operator: operator.ring }
      report('operator-key-taken', [...path, 'menu', 'keys', operator.key], { values }, 'key')
    }
  }
}
