/** One call of a campaign's script to a phone of ours: what it hears is what the contacts will hear. Answers and opt-outs are not kept. */
import type { Config } from '../config/schema.ts'
import { phoneTarget } from '../dialling/dial-string.ts'
import type { Guard } from '../dialling/guard.ts'
import { type PlaceResult, placeCall } from '../dialling/place-call.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { contactAtRow } from '../store/contacts.ts'
import type { Prisma } from '../store/database.ts'
import { endTestCall, type TestCallRow } from '../store/test-calls.ts'
import type { Telephony } from '../telephony/api.ts'
import { type CampaignCallParts, runCampaignCall, scriptValues } from './campaign-call.ts'
import type { TalkStatus } from './contact-status.ts'

export interface TestCallParts {
  prisma: Prisma
  guard: Guard
  telephony: Telephony
  config: () => Config
  clock: Clock
  log: Logger
  call: CampaignCallParts
  /** Aborts when the daemon ends. */
  cutOff: AbortSignal
}

/** Who hung up at once has not heard what he is about to send to others. */
const PASSED: ReadonlySet<TalkStatus> = new Set(['completed', 'partial', 'declined', 'opted-out'])
const nothing = async (): Promise<void> => {}

export async function runTestCall(parts: TestCallParts, test: TestCallRow): Promise<void> {
  const { prisma, clock } = parts
  const config = parts.config()
  const plan = config.campaigns[test.key]
  const contact = await contactAtRow(prisma, test.campaignId, test.row)
  const end = (passed: boolean, result: string) => endTestCall(prisma, test, passed, result, clock.now())
  if (!plan) return end(false, 'not-in-config')
  if (!contact) return end(false, 'no-such-row')

  const log = parts.log.child({ campaign: test.campaignId, test: test.id })
  const placed = await ring(parts, config, test, plan, log)
  if (placed.kind === 'refused') return end(false, placed.why)
  if (placed.kind !== 'answered') return end(false, placed.kind)
  const spoken = { values: scriptValues(plan, contact.values), language: config.company.language }
  const { status } = await runCampaignCall(placed.leg, plan, spoken, { answer: nothing, optOut: nothing }, parts.call)
  await end(PASSED.has(status), status)
}

function ring(
  parts: TestCallParts,
  config: Config,
  test: TestCallRow,
  plan: { trunk: string; line: string; ring_for: number },
  log: Logger,
): Promise<PlaceResult> {
  const options = { timeoutMs: plan.ring_for, signal: parts.cutOff, log }
  if (!test.to.startsWith('PJSIP/')) {
    const order = { purpose: 'test' as const, channelId: test.id, number: test.to, trunk: plan.trunk, shown: plan.line }
    return placeCall(parts.guard, parts.telephony, order, options)
  }
  const target = phoneTarget(config, test.to)
  if (!target) return Promise.resolve({ kind: 'not-placed', why: `nobody has the phone ${test.to}` })
  const callerId = { number: plan.line, name: config.company.name }
  return parts.telephony.dial({ ...options, channelId: test.id, target, callerId })
}
