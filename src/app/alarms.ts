/** Whom to tell that a channel cannot deliver: by a channel that can. Pure. */
import { owningGroup } from '../config/groups.ts'
import type { Config } from '../config/schema.ts'
import { listed, type Recipient } from '../missed-calls/recipients.ts'
import { channelOf } from '../model/channel-name.ts'
import type { Illness } from '../store/illnesses.ts'

/** People are told rather than programs; what rings in the pocket comes first. */
const ORDER = ['telegram', 'sms', 'mail', 'webhook'] as const

/**
 * Those of `channels: alarm:`, or one of all who are told of anything. `channel` is the ill one: a lane, one of several
 * mail servers, or one mailbox; `ill` are all that are.
 */
export function whomToTell(config: Config, channel: string, ill: ReadonlySet<string>): Recipient[] {
  const canHear = ({ address }: Recipient) => {
    const lane = laneOfRecipient(address)
    return lane !== channel && !ill.has(lane) && `${lane} ${address}` !== channel
  }
  const named = listed(config, config.channels.alarm, owningGroup(config, null, null)).filter(canHear)
  if (named.length > 0) return named
  const all = everybody(config).filter(canHear)
  const best = ORDER.flatMap((kind) => all.find(({ address }) => kindOf(address) === kind) ?? [])
  return best.slice(0, 1)
}

/** The lane of the outbox in which a recipient's notices wait; as the trigger `journal_notice` has it. */
export function laneOfRecipient(address: string): string {
  const kind = kindOf(address)
  return kind === 'mail' || kind === 'sms' ? kind : address
}

/** Is the illness of a channel, a mail server (`host:port`) or a mailbox that the settings still name? */
export function isNamed(config: Config, servers: readonly string[], illness: Pick<Illness, 'channel' | 'kind'>) {
  const { channel, kind } = illness
  const [lane = '', ...rest] = channel.split(' ')
  if (rest.length === 0) return lanesOf(config).includes(lane)
  const name = rest.join(' ')
  if (kind !== 'recipient') return servers.length > 1 && servers.includes(name)
  return everybody(config).some(({ address }) => address === name)
}

export function lanesOf({ channels }: Pick<Config, 'channels'>): string[] {
  const named = (kind: 'webhook' | 'telegram') => Object.keys(channels[kind]).map((name) => `${kind}:${name}`)
  return ['mail', ...named('webhook'), ...named('telegram'), ...(channels.sms ? ['sms'] : [])]
}

function everybody(config: Config): Recipient[] {
  const { mail, escalate } = config.missed_calls
  const lines = Object.values(config.lines).flatMap((line) => line.mail ?? [])
  const chats = Object.keys(config.channels.telegram).map((name) => `telegram:${name}`)
  const programs = Object.keys(config.channels.webhook).map((name) => `webhook:${name}`)
  const words = [...escalate.flatMap(({ to }) => to), ...mail.to, ...lines, ...chats, ...programs]
  const anyone = owningGroup(config, null, null)
  const groups = Object.values(config.groups).flatMap(({ email }) => email ?? [])
  const rest = [...config.channels.alarm, ...(config.reports.weekly?.to ?? []), ...groups]
  return [...listed(config, words, anyone), ...listed(config, [...rest, ...Object.keys(config.people)], anyone)]
}

function kindOf(address: string): (typeof ORDER)[number] {
  return channelOf(address)?.kind ?? 'mail'
}
