/** `perezvon campaign test`: asks the daemon for a call to the person at the terminal, and waits for how it came out. */
import { campaignMessage } from '../campaigns/messages.ts'
import type { Config } from '../config/schema.ts'
import { formatPhone, parsePhone } from '../model/phone-number.ts'
import { ulid } from '../model/ulid.ts'
import { sleep } from '../runtime/abort.ts'
import { findTestCall, requestTestCall } from '../store/test-calls.ts'
import { type CampaignContext, campaignOf, planOf } from './campaign-context.ts'
import { CommandFailed } from './environment.ts'

const LOOK_MS = 300
/** The daemon looks several times a second. */
const TAKEN_WITHIN_MS = 15_000

export async function testCall(
  context: CampaignContext,
  key: string,
  options: { to: string; row: string; json?: boolean },
): Promise<void> {
  const { language } = context
  const plan = planOf(context, key)
  const to = phoneOf(options.to, context.config())
  if (!to) throw new CommandFailed(campaignMessage(language, 'bad-number', { text: options.to }), 2)
  if (!/^\d{1,7}$/.test(options.row)) throw new CommandFailed(`--row ${options.row}: 2, 3, …?`, 2)
  const prisma = await context.open()
  const campaign = await campaignOf(context, prisma, key)
  const request = { id: `test-${ulid()}`, campaignId: campaign.id, to, row: Number(options.row), at: Date.now() }
  const id = await requestTestCall(prisma, request)
  const say = options.json ? context.printError : context.print
  say(campaignMessage(language, 'test-placed', { to: formatPhone(to), row: options.row }))

  const began = Date.now()
  const longest = plan.ring_for + context.config().dialling.max_call
  for (;;) {
    await sleep(LOOK_MS)
    const test = await findTestCall(prisma, id)
    const waited = Date.now() - began
    if (test?.status === 'passed' || test?.status === 'failed') {
      const result = test.result ?? ''
      if (options.json) context.print(JSON.stringify({ id, status: test.status, result }))
      say(campaignMessage(language, test.status === 'passed' ? 'test-passed' : 'test-failed', { result }))
      if (test.status === 'failed') context.exit(1)
      return
    }
    if ((test?.status === 'requested' && waited > TAKEN_WITHIN_MS) || waited > longest) {
      throw new CommandFailed(campaignMessage(language, 'test-no-answer'), 1)
    }
  }
}

/** E.164, or the endpoint of a person's phone by its extension; null: neither. */
function phoneOf(text: string, config: Config): string | null {
  for (const { rings } of Object.values(config.people)) {
    for (const device of rings) {
      if (device.kind === 'phone' && (device.extension === text || device.endpoint === text)) return device.endpoint
    }
  }
  return parsePhone(text, config.company.country)
}
