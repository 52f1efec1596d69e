import { channelOf, type ChannelKind } from '../../model/channel-name.ts'
import { readPhone } from '../../model/phone-number.ts'
import { readingsInWords } from '../../model/phone-refusal.ts'
import { mailAddress } from '../values.ts'
import type { Path } from '../problem.ts'
import { allSteps } from '../walk-steps.ts'
import { owningGroup } from '../groups.ts'
import { operatorOf } from './operator.ts'
import type { CheckInput } from './report.ts'

/** Mails about missed calls go to somebody: an address, a person who has one, or the group that was rung. */
export function checkRecipients({ config, names, report }: CheckInput): void {
  const check = (word: string, path: Path, group = true) => {
    if (word === 'group' && group) return
    const channel = channelOf(word)
    if (channel) return checkChannel(channel, path)
    if (word.includes('@')) {
      if (!mailAddress().safeParse(word).success) report('bad-mail-address', path, { values: { text: word } })
    } else if (!names.people.includes(word)) {
      report('bad-recipient', path, {
        values: { text: word },
        known: group ? [...names.people, 'group'] : names.people,
        meant: word,
      })
    } else if (Object.hasOwn(config.people, word) && !config.people[word]!.email)
      report('recipient-without-mail', path, { values: { name: word } })
  }
  const checkChannel = ({ kind, name }: { kind: ChannelKind; name: string }, path: Path) => {
    if (kind === 'sms') {
      if (!config.channels.sms) report('unknown-channel', path, { values: { name: 'sms' } })
      const reading = readPhone(name, config.company.country)
      if ('refused' in reading)
        report('bad-phone', path, { values: { text: name, why: reading.refused, ...readingsInWords(reading) } })
      return
    }
    const known = Object.keys(config.channels[kind])
    if (!known.includes(name))
      report('unknown-channel', path, { values: { name: `${kind}:${name}` }, known, meant: name })
  }
  config.missed_calls.mail.to.forEach((word, i) => check(word, ['missed_calls', 'mail', 'to', i]))
  config.missed_calls.escalate.forEach(({ to }, rule) =>
    to.forEach((word, i) => check(word, ['missed_calls', 'escalate', rule, 'to', i])),
  )
  for (const [key, { mail }] of Object.entries(config.lines))
    mail?.forEach((word, i) => check(word, ['lines', key, 'mail', i]))

  // neither an alarm nor a report is about a group that was rung
  config.channels.alarm.forEach((word, i) => check(word, ['channels', 'alarm', i], false))
  config.reports.weekly?.to.forEach((word, i) => check(word, ['reports', 'weekly', 'to', i], false))

  if (config.missed_calls.mail.to.some((word) => word !== 'group')) return
  const rung = new Set([operatorOf(config).ring])
  for (const line of Object.keys(config.lines)) rung.add(owningGroup(config, line, null))
  for (const { step } of allSteps(config)) if (step.kind === 'ring') rung.add(step.ring.to)
  for (const [key, { email, members }] of Object.entries(config.groups)) {
    const hasMail = email ?? members.some((name) => !Object.hasOwn(config.people, name) || config.people[name]!.email)
    if (rung.has(key) && !hasMail) report('group-without-mail', ['groups', key], { values: { group: key } }, 'key')
  }
}
