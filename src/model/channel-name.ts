/** Recipients that are no mail addresses: `webhook:crm`, `telegram:sales`, `sms:+79123456789`. */

export const channelKinds = ['webhook', 'telegram', 'sms'] as const
export type ChannelKind = (typeof channelKinds)[number]

/** Null: the word is a mail address, a person, or a group. */
export function channelOf(recipient: string): { kind: ChannelKind; name: string } | null {
  const found = /^(webhook|telegram|sms):(.*)$/s.exec(recipient)
  return found && { kind: found[1] as ChannelKind, name: found[2]!.trim() }
}
