/** Who is told of a missed call, in which language. Pure. */
import { membersOf, owningGroup } from '../config/groups.ts'
import type { Config } from '../config/schema.ts'
import type { Person } from '../config/sections/people.ts'
import { channelOf, type ChannelKind } from '../model/channel-name.ts'
import { parseMailAddress } from '../model/mail-address.ts'
import { parsePhone } from '../model/phone-number.ts'
import type { Language } from '../runtime/i18n.ts'

export interface Recipient {
  /** A mail address, or `webhook:crm`, `telegram:sales`, `sms:+7…`. */
  address: string
  language: Language
  /** Wants the call-back in his calendar. */
  calendar?: boolean
}

/**
 * The recipients of the line that was called, else of `missed_calls.mail.to`. `group` stands for the mailbox of the group that was rung, or
 * for its members' where it has none. The same address is told once. Never empty: when a call reached no group, `group` is whose line it is
 * (config/groups.ts), and if nobody of it has a mailbox, everybody who has one is told rather than nobody.
 */
export function recipientsOf(config: Config, line: string, group: string | null): Recipient[] {
  const found = listed(
    config,
    config.lines[line]?.mail ?? config.missed_calls.mail.to,
    owningGroup(config, line, group),
  )
  const all = found.length > 0 ? found : Object.keys(config.people).flatMap((person) => one(config, person))
  return once(all)
}

/** Those of a list; `group` in it stands for `owner`, a group or a person. May be empty. */
export function listed(config: Config, list: readonly string[], owner: string): Recipient[] {
  return once(list.flatMap((entry) => (entry === 'group' ? groupOf(config, owner) : one(config, entry))))
}

function once(recipients: Recipient[]): Recipient[] {
  return [...new Map(recipients.map((recipient) => [recipient.address.toLowerCase(), recipient])).values()]
}

function groupOf(config: Config, name: string): Recipient[] {
  const mailbox = config.groups[name]?.email
  if (mailbox) return [{ address: mailbox, language: config.company.language }]
  return membersOf(config, name).flatMap((person) => one(config, person))
}

function one(config: Config, entry: string): Recipient[] {
  const person = config.people[entry]
  if (person) return person.email ? [mailboxOf(person, config)] : []
  const channel = channelOf(entry)
  if (channel) return [{ address: channelAddress(config, channel), language: config.company.language }]
  if (!entry.includes('@')) return []
  return [{ address: parseMailAddress(entry) ?? entry, language: config.company.language }]
}

function mailboxOf(person: Person, config: Config): Recipient {
  const recipient = { address: person.email ?? '', language: person.language ?? config.company.language }
  return person.calendar ? { ...recipient, calendar: true } : recipient
}

function channelAddress(config: Config, { kind, name }: { kind: ChannelKind; name: string }): string {
  return `${kind}:${kind === 'sms' ? (parsePhone(name, config.company.country) ?? name) : name}`
}
