/** A channel of notices needs its admin. Pure. */
import type { Language } from '../../runtime/i18n.ts'
import { alarmText } from '../alarm-messages.ts'
import type { AlarmPayload } from '../payload.ts'
import { fullTime } from '../wording.ts'
import type { Field, MailView } from './view.ts'

export function alarmView(payload: AlarmPayload, language: Language): MailView {
  const { company, what, why, since } = payload
  const channel = channelWords(payload.channel, language)
  const moved = what === 'moved-chat'
  const own = moved || what === 'recipient' ? (`.${what}` as const) : ''
  const title = alarmText(language, `title${own}`, { channel })
  const field = (label: 'channel' | 'since' | 'what' | 'said' | 'do' | 'new', value: string): Field => ({
    label: alarmText(language, `field.${label}`),
    values: [value],
    href: null,
  })
  const happens = alarmText(language, what)
  const when = fullTime(since, company.zone, language)
  return {
    subject: alarmText(language, 'subject', { channel, company: company.name }),
    title,
    preheader: happens,
    brief: alarmText(language, 'brief', { title, why }),
    fields: [
      field('channel', channel),
      field('since', when),
      field('what', happens),
      field(moved ? 'new' : 'said', why),
      field('do', alarmText(language, `do${own}`)),
    ],
    note: null,
    call: null,
    actions: [],
    footer: alarmText(language, 'footer', { company: company.name }),
    plain: { language, company, channel, happens, why, when },
  }
}

/** `почта`, `почта mail.example.ru:587`, `telegram:sales` */
export function channelWords(channel: string, language: Language): string {
  return channel.replace(/^mail\b/, alarmText(language, 'mail'))
}
