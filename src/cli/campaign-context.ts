/** What the campaign commands stand on; tests put their own in. */
import { campaignMessage } from '../campaigns/messages.ts'
import type { CampaignPlan } from '../config/sections/campaigns.ts'
import type { Config } from '../config/schema.ts'
import type { Language } from '../runtime/i18n.ts'
import { type CampaignRow, findCampaign } from '../store/campaigns.ts'
import type { Prisma } from '../store/database.ts'
import { CommandFailed } from './environment.ts'

export interface CampaignContext {
  open: () => Promise<Prisma>
  config: () => Config
  language: Language
  print: (line: string) => void
  exit: (code: number) => void
  /** Human text while stdout carries JSON. */
  printError: (line: string) => void
  /** Text without a line end, for files on stdout and the live table. */
  write: (text: string) => void
  /** Is there a terminal that can redraw? */
  terminal: boolean
  /** Who sits there, for what must be answered for later. */
  user: string
  /** From now on Ctrl-C does not end the process but aborts this. */
  interrupted: () => AbortSignal
}

/** The campaign's section in the configuration. Throws CommandFailed (5). */
export function planOf(context: CampaignContext, key: string): CampaignPlan {
  const { campaigns } = context.config()
  const plan = Object.hasOwn(campaigns, key) ? campaigns[key] : undefined
  if (plan) return plan
  const known = Object.keys(campaigns).join(', ') || '–'
  throw new CommandFailed(campaignMessage(context.language, 'unknown-campaign', { key, known }), 5)
}

/** The newest round of a campaign, which need not be in the configuration any more. Throws CommandFailed (5). */
export async function campaignOf(context: CampaignContext, prisma: Prisma, key: string): Promise<CampaignRow> {
  const campaign = await findCampaign(prisma, key)
  if (campaign) return campaign
  planOf(context, key)
  throw new CommandFailed(campaignMessage(context.language, 'no-list', { key }), 5)
}
