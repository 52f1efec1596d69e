/** `npm run mail-outage -- --notices 50000 --hours 72 --seed 1`: plays the outage without and with digests, and prints one page. */
import { Command } from 'commander'
import { type Outage, playOutage } from './outage.ts'
import { broken } from './verdict.ts'

const options = new Command('mail-outage')
  .option('--notices <n>', 'how many calls are lost meanwhile', '50000')
  .option('--hours <n>', 'how long no server can be reached', '72')
  .option('--seed <n>', 'of the callers and the waits', '1')
  .option('--only <way>', '`mails` or `digests`')
  .parse()
  .opts<{ notices: string; hours: string; seed: string; only?: string }>()

const say = (text: string) => process.stdout.write(`${text}\n`)
let failed = false
for (const digests of options.only ? [options.only === 'digests'] : [false, true]) {
  const began = performance.now()
  const plan = { notices: Number(options.notices), hours: Number(options.hours), seed: Number(options.seed), digests }
  const outage = await playOutage(plan)
  say(page(outage, (performance.now() - began) / 1000))
  const faults = broken(outage)
  failed ||= faults.length > 0
  say(faults.length === 0 ? 'none lost, none doubled, in order, no flood\n' : `${faults.slice(0, 20).join('\n')}\n`)
}
process.exit(failed ? 1 : 0)

function page({ plan, losses, taken, tries, endedAt, drainedAt, statuses }: Outage, seconds: number): string {
  const told = taken.reduce((sum, { calls }) => sum + calls.length, 0)
  const drained = (drainedAt - endedAt) / 1000
  const mailboxes = new Set(losses.map(({ recipient }) => recipient)).size
  return [
    `${plan.digests ? 'with digests' : 'a mail for each call'}: ${losses.length} lost calls, ${mailboxes} mailboxes, ${plan.hours} h without a server`,
    `  asked while it was away   ${tries.away}`,
    `  greylisted                ${tries.greylisted}`,
    `  mails taken               ${taken.length}, of them digests ${taken.filter(({ calls }) => calls.length > 1).length}`,
    `  calls told                ${told}`,
    `  drained within            ${Math.round(drained)} s, ${(taken.length / drained).toFixed(1)} mails a second`,
    `  rows                      ${Object.entries(statuses)
      .map((entry) => entry.join(': '))
      .join(', ')}`,
    `  played in                 ${seconds.toFixed(0)} s`,
  ].join('\n')
}
