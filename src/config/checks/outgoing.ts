import { allSteps } from '../walk-steps.ts'
import type { CheckInput } from './report.ts'

/** What we dial ourselves: lines of the trunks, prefixes, and the keys of campaigns. */
export function checkOutgoing({ config, report }: CheckInput): void {
  for (const [key, { lines, reserve_inbound: reserve }] of Object.entries(config.trunks))
    if (reserve >= lines) report('reserve-too-big', ['trunks', key, 'reserve_inbound'], { values: { reserve, lines } })

  config.dialling.allow.forEach((allow, i) => {
    const deny = config.dialling.deny.find((prefix) => allow.startsWith(prefix))
    if (deny) report('allow-denied', ['dialling', 'allow', i], { values: { allow, deny } })
  })

  for (const [name, { trunk: key, lines }] of Object.entries(config.campaigns)) {
    const trunk = Object.hasOwn(config.trunks, key) ? config.trunks[key]! : null
    const free = trunk ? trunk.lines - trunk.reserve_inbound : Infinity
    if (free > 0 && lines > free) report('campaign-lines-over', ['campaigns', name, 'lines'], { values: { free } })
  }
  for (const { step, path, owner } of allSteps(config)) {
    if (step.kind !== 'menu' || owner.kind !== 'campaign') continue
    const { key } = config.campaigns[owner.name]!.opt_out
    const taken = step.menu.keys[key]
    if (taken && !taken.some((inner) => inner.kind === 'opt_out'))
      report('opt-out-key-taken', [...path, 'menu', 'keys', key], { values: { key } }, 'key')
  }
}
