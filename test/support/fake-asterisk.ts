/** The connection to Asterisk without Asterisk: the fake telephone, channels that a former life left, and a doorbell book. */
import { type Leg, type Recording, TakenAway } from '../../src/telephony/api.ts'
import type { AsteriskLink, LivingChannel } from '../../src/telephony/link.ts'
import { type FakeLeg, FakeTelephony } from './fake-telephony.ts'

export class FakeAsterisk extends FakeTelephony implements AsteriskLink {
  readonly reconnects = 0
  readonly takesCallers = true
  /** Entries of calls that are over. */
  readonly book = new Map<string, string>()
  /** Channels that were hung up without a handle. */
  readonly hungUp: string[] = []
  onDoorbell: (channelId: string, entry: string) => Promise<'ack' | 'keep'> = async () => 'keep'

  /** What a former life began to record. */
  readonly recordings = new Map<string, Recording>()

  leftRecording(name: string): Promise<Recording | null> {
    return Promise.resolve(this.recordings.get(name) ?? null)
  }
  start(): void {}
  retire(): Promise<void> {
    return Promise.resolve()
  }
  stop(): Promise<void> {
    return Promise.resolve()
  }
  async tellLimits(): Promise<void> {}
  resynchronise(): void {}
  watchPhones(): Promise<void> {
    return Promise.resolve()
  }
  living(): Promise<string[]> {
    // what the dialplan has taken lives on without us
    const lives = ({ signal }: FakeLeg) => !signal.aborted || signal.reason instanceof TakenAway
    return Promise.resolve(this.legs.filter(lives).map(({ id }) => id))
  }
  channelsOn(endpoint: string): number {
    return this.legs.filter(({ channelName, signal }) => channelName.startsWith(`${endpoint}-`) && !signal.aborted)
      .length
  }

  adopt(channel: LivingChannel): Promise<Leg> {
    const leg = this.legs.find(({ id }) => id === channel.id)
    return leg ? Promise.resolve(leg) : Promise.reject(new Error(`no channel ${channel.id}`))
  }

  async hangUp(channelId: string): Promise<void> {
    this.hungUp.push(channelId)
    await this.legs.find(({ id }) => id === channelId)?.hangup()
  }

  async drainDoorbell(): Promise<boolean> {
    for (const [id, entry] of this.book) if ((await this.onDoorbell(id, entry)) === 'ack') this.book.delete(id)
    return true
  }
}
