/**
 * How fast a bot may write: thirty messages a second in all, one a second into a chat, twenty a minute into a group or a channel
 * (core.telegram.org/bots/faq, "My bot is hitting limits"). Two channels of the configuration may share a bot or a chat, so this is no
 * business of a lane.
 */
import { Pace, type Stopwatch } from '../pace.ts'

const PER_SECOND = { bot: 30, chat: 1, group: 20 / 60 }

export class TelegramPace {
  #time: Stopwatch | undefined
  #paces = new Map<string, Pace>()

  constructor(time?: Stopwatch) {
    this.#time = time
  }

  /** Resolves when the bot may write into the chat; rejects with the signal's reason. */
  async turn(bot: string, chat: string, signal: AbortSignal): Promise<void> {
    // ids of groups and channels are negative, names are those of public channels
    const kind = /^[-@]/.test(chat) ? 'group' : 'chat'
    await this.#pace(`${bot} ${chat}`, PER_SECOND[kind]).turn(signal)
    await this.#pace(bot, PER_SECOND.bot).turn(signal)
  }

  #pace(key: string, perSecond: number): Pace {
    const pace = this.#paces.get(key) ?? new Pace(perSecond, this.#time)
    this.#paces.set(key, pace)
    return pace
  }
}
