/** `perezvon campaign watch`: a table that redraws itself, or a line for each change where nothing can be redrawn. */
import { sleep } from '../runtime/abort.ts'
import { liveCalls } from '../store/attempts.ts'
import { nextDue, countContacts } from '../store/contacts.ts'
import type { Prisma } from '../store/database.ts'
import { type CampaignContext, campaignOf } from './campaign-context.ts'
import { type CampaignView, plainLine, viewLines } from './campaign-view.ts'

const LOOK_MS = 1_000

/** Ends when the campaign is done or stopped; Ctrl-C ends the watching only, with 130. */
export async function watch(context: CampaignContext, key: string, json: boolean): Promise<void> {
  const { language, print, write } = context
  const interrupted = context.interrupted()
  const prisma = await context.open()
  const zone = context.config().company.timezone
  let drawn = 0
  let said = ''
  for (;;) {
    const view = await look(context, prisma, key)
    if (context.terminal && !json) {
      const lines = viewLines(view, Date.now(), language, zone)
      // back to the first line, each line cleared to its end, the rest of the old table cleared
      write(`${drawn > 0 ? `\u001b[${drawn}A` : ''}${lines.map((line) => `\u001b[2K${line}\n`).join('')}\u001b[J`)
      drawn = lines.length
    } else {
      const { campaign, counts, live } = view
      const line = json
        ? JSON.stringify({ campaign: campaign.id, status: campaign.status, reason: campaign.reason, counts, live })
        : plainLine(view, language)
      if (line !== said) print(line)
      said = line
    }
    if (view.campaign.status === 'done' || view.campaign.status === 'stopped') return
    try {
      await sleep(LOOK_MS, interrupted)
    } catch {
      return context.exit(130)
    }
  }
}

async function look(context: CampaignContext, prisma: Prisma, key: string): Promise<CampaignView> {
  const campaign = await campaignOf(context, prisma, key)
  return {
    campaign,
    name: context.config().campaigns[key]?.name ?? key,
    counts: await countContacts(prisma, campaign.id),
    live: await liveCalls(prisma, campaign.id),
    nextDue: await nextDue(prisma, campaign.id),
  }
}
