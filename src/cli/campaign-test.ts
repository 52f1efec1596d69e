/** `perezvon campaign test`: asks the daemon for a call to the person at the terminal, and waits for how it came out. */
import { campaignMessage } from '../campaigns/messages.ts'
import { cleanText } from '../model/clean-text.ts'
import { formatPhone, readPhone } from '../model/phone-number.ts'
import { phoneRefusalText } from '../model/phone-refusal.ts'
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
  const to = phoneOf(context, options.to)
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

/** E.164, or the endpoint of a person's phone by its extension. Throws CommandFailed when the text is neither. */
function phoneOf({ language, ...context }: CampaignContext, text: string): string {
  const config = context.config()
  for (const { rings } of Object.values(config.people)) {
    for (const device of rings) {
      if (device.kind === 'phone' && (device.extension === text || device.endpoint === text)) return device.endpoint
    }
  }
  const reading = readPhone(text, config.company.country)
  if ('number' in reading) return reading.number
  const why = phoneRefusalText(reading, language)
  throw new CommandFailed(campaignMessage(language, 'bad-test-number', { text: cleanText(text, 40), why }), 2)
}
