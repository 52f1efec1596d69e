/** A campaign on a real database with a fake telephone: days pass as fast as the calls are made. */
import { Dialer, type DialerParts } from '../../src/campaigns/dialer.ts'
import { importContacts, type ImportReport } from '../../src/campaigns/import-contacts.ts'
import type { Config } from '../../src/config/schema.ts'
import type { Guard } from '../../src/dialling/guard.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { attemptsOf } from '../../src/store/attempts.ts'
import { findCampaign, startCampaign } from '../../src/store/campaigns.ts'
import { type ContactResult, contactResults } from '../../src/store/campaign-results.ts'
import { nextDue } from '../../src/store/contacts.ts'
import type { Prisma } from '../../src/store/database.ts'
import type { Leg } from '../../src/telephony/api.ts'
import { FakeTelephony } from './fake-telephony.ts'
import { outboundConfig } from './outbound-config.ts'
import { campaignScript } from '../../src/ivr/campaign-script.ts'
import { throwAwayDatabase } from './throw-away-database.ts'

/** A Tuesday noon in Yekaterinburg, within all hours. */
export const NOON = Date.parse('2026-11-24T12:00:00+05:00')
export const KEY = 'delivery'

export class CampaignWorld {
  config: Config
  now = NOON
  telephony = new FakeTelephony({ speed: 200 })
  /** Legs that talk with our people until they hang up. */
  readonly handedOver: Leg[] = []
  prisma: Prisma
  readonly close: () => Promise<void>
  readonly guard: Guard
  readonly file: string

  private constructor(config: Config, database: { prisma: Prisma; file: string; close(): Promise<void> }) {
    this.config = config
    this.prisma = database.prisma
    this.file = database.file
    this.close = () => database.close()
    this.guard = { prisma: this.prisma, config: () => this.config, clock: { now: () => this.now }, log: silentLogger }
  }

  static async open(edits: Record<string, unknown> = {}): Promise<CampaignWorld> {
    return new CampaignWorld(outboundConfig(edits), await throwAwayDatabase())
  }

  dialer(change: Partial<DialerParts> = {}): Dialer {
    return new Dialer({
      prisma: this.prisma,
      guard: this.guard,
      telephony: this.telephony,
      config: () => this.config,
      clock: this.guard.clock,
      log: silentLogger,
      node: 'test',
      call: {
        runScript: campaignScript({
          config: () => this.config,
          clock: this.guard.clock,
          sounds: (sound) => [sound],
          spoken: async () => [],
        }),
        mediaOf: (sound) => sound,
        handOver: (leg) => {
          this.handedOver.push(leg)
          return new Promise((resolve) => leg.signal.addEventListener('abort', () => resolve('talked'), { once: true }))
        },
        monotonic: this.telephony.monotonic,
      },
      trunkInUse: () => 0,
      minIntervalMs: 0,
      ...change,
    })
  }

  import(csv: string | Uint8Array, listName = 'list.csv'): Promise<ImportReport> {
    const bytes = typeof csv === 'string' ? new TextEncoder().encode(csv) : csv
    const { prisma, config } = this
    return importContacts({ prisma, config, key: KEY, listName, bytes, takeFirst: false, at: this.now })
  }

  /** Imports numbers and starts without a test call. */
  async start(numbers: string[]): Promise<void> {
    await this.import(['Телефон', ...numbers].join('\n'))
    const campaign = (await findCampaign(this.prisma, KEY))!
    if (!(await startCampaign(this.prisma, campaign.id, this.now, 'test')))
      throw new Error('the campaign did not start')
  }

  /** Passes, each followed by the end of the calls it placed, until the campaign stands still; time jumps to whatever is due next. */
  async runToTheEnd(dialer: Dialer): Promise<void> {
    for (let pass = 0; pass < 500; pass++) {
      const placed = this.telephony.dialled.length
      await dialer.pass()
      await dialer.idle()
      const campaign = (await findCampaign(this.prisma, KEY))!
      if (campaign.status !== 'running') return
      const due = await nextDue(this.prisma, campaign.id)
      if (this.telephony.dialled.length === placed && due !== null) this.now = Math.max(this.now, due)
    }
    throw new Error('the campaign does not come to an end')
  }

  async campaign() {
    return (await findCampaign(this.prisma, KEY))!
  }

  /** Results by number. */
  async results(): Promise<Record<string, ContactResult>> {
    const results: Record<string, ContactResult> = {}
    for await (const result of contactResults(this.prisma, (await this.campaign()).id)) results[result.number] = result
    return results
  }

  async statuses(): Promise<Record<string, string>> {
    return Object.fromEntries(Object.values(await this.results()).map(({ number, status }) => [number, status]))
  }

  async attempts(number: string) {
    const contact = await this.prisma.contact.findFirstOrThrow({ where: { number } })
    return attemptsOf(this.prisma, contact.id)
  }
}
