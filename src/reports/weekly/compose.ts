/** A row of the outbox becomes the weekly mail: text that is complete by itself, HTML, and the pictures inside of it. */
import { createHash } from 'node:crypto'
import type { Language } from '../../runtime/i18n.ts'
import { dayChart } from '../charts/days.ts'
import { heatMap } from '../charts/heat-map.ts'
import { renderPng } from '../charts/png.ts'
import { waitChart } from '../charts/waits.ts'
import { weeklyHtml } from './html.ts'
import { readWeekly, type WeeklyPayload } from './payload.ts'
import { weekDays, weeklyText } from './plain-text.ts'
import { weeklyWord } from './weekly-words.ts'

export interface WeeklyNotice {
  id: string
  recipient: string
  language: string
  payload: string
}

/** What the mail channel sends; see notices/channels/mail.ts. */
export interface WeeklyMailParts {
  from: { name: string; address: string }
  to: string
  replyTo: null
  subject: string
  text: string
  html: string
  messageId: string
  inReplyTo: null
  headers: Record<string, string>
  attachments: { filename: string; contentType: string; content: Buffer; cid: string }[]
  boundary: string
}

/** `from`: the sender's address; `idHost`: the right side of its ids. Throws when the row cannot be read. */
export async function composeWeekly(
  notice: WeeklyNotice,
  { from, idHost }: { from: string; idHost: string },
): Promise<WeeklyMailParts> {
  const language: Language = notice.language === 'ru' ? 'ru' : 'en'
  const payload = readWeekly(notice.payload)
  const { company } = payload
  const seed = createHash('sha256').update(notice.id).digest('hex').slice(0, 16)
  const cidOf = (name: string) => `${name}.${seed}@${idHost}`
  return {
    from: { name: company.name, address: from },
    to: notice.recipient,
    replyTo: null,
    subject: weeklyWord(language, 'subject', { company: company.name, days: weekDays(payload, language) }),
    text: weeklyText(payload, language),
    html: weeklyHtml(payload, language, cidOf),
    messageId: `<${notice.id}@${idHost}>`,
    inReplyTo: null,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `<weekly.${idHost}>`,
      'X-Perezvon-Notice': notice.id,
    },
    attachments: await pictures(payload, language, cidOf),
    boundary: seed,
  }
}

async function pictures(
  { hours, days, waits, goal, thresholds }: WeeklyPayload,
  language: Language,
  cidOf: (name: string) => string,
): Promise<WeeklyMailParts['attachments']> {
  const charts = {
    'days': dayChart(days, goal, language),
    'heat-map': heatMap(hours, language),
    'waits': waitChart(waits, thresholds, language),
  }
  const drawn = Object.entries(charts).map(async ([name, chart]) => ({
    filename: `${name}.png`,
    contentType: 'image/png',
    content: await renderPng(chart),
    cid: cidOf(name),
  }))
  return Promise.all(drawn)
}
