/**
 * Groups of Telegram that became supergroups: the new number is on disk before it is used, and the admin hears of it
 * once.
 */
import type { ChatMoves } from '../notices/channel-delivery.ts'
import { alarm } from '../notices/illness.ts'
import type { Recipient } from '../missed-calls/recipients.ts'
import { MovedChats } from '../store/illnesses.ts'
import type { Ground } from './ground.ts'

export function chatMoves(
  { prisma, journal, clock, log, config }: Ground,
  whom: (channel: string) => Recipient[],
  onNotices: () => void,
): ChatMoves {
  const store = new MovedChats(prisma)
  return {
    movedTo: (channel, from) => store.movedTo(channel, from),
    async moved(channel, from, to) {
      const now = clock.now()
      log.warn('a chat has a new number; put it into the configuration', { channel, from, to })
      const { name, timezone: zone } = config().company
      const payload = { company: { name, zone }, channel, what: 'moved-chat' as const, why: to, since: now }
      // where nobody else can be told, the chat itself is
      const people = whom(channel)
      const told = people.length > 0 ? people : [{ address: channel, language: config().company.language }]
      // the word first: a death in between tells it again under the same id, and the other way round it would not be
      // told at all
      await journal.commit(told.map((person) => alarm(`moved.${channel}.${to}`, person, payload, now)))
      await store.save(channel, from, to, now)
      onNotices()
    },
  }
}
