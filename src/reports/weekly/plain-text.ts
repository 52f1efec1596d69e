/** The weekly mail for those who see no HTML: the same figures, none left out. Pure. */
import type { Language } from '../../runtime/i18n.ts'
import type { HourOfWeek } from '../charts/heat-map.ts'
import { columnLabel } from '../labels.ts'
import { cutLabel } from '../period.ts'
import { tableLines } from '../text.ts'
import { waitTable } from '../wait-figures.ts'
import { shownCell } from '../wording.ts'
import type { Headline, WeeklyPayload } from './payload.ts'
import { weeklyWord } from './weekly-words.ts'

/** Mail programs wrap later than this. */
const WIDTH = 76

export function weeklyText(payload: WeeklyPayload, language: Language): string {
  const { company, tables } = payload
  const { busiest, worst } = sentences(payload.hours, language)
  const style = { language, zone: company.zone, width: WIDTH }
  const lines = [
    company.name,
    weeklyWord(language, 'title', { days: weekDays(payload, language) }),
    '',
    ...payload.headlines.map((headline) => headlineLine(headline, language, company.zone)),
    '',
    busiest,
    worst,
    ...[...tables, waitTable({ language }, payload.waits)].flatMap((table) => ['', ...tableLines(table, style)]),
    '',
    '-- ',
    weeklyWord(language, 'footer', { company: company.name }),
  ]
  return `${lines.join('\n')}\n`
}

/** `16–22 ноября 2026`, `28 сентября – 4 октября 2026`; the reader's way of writing a stretch of days. */
export function weekDays(
  { from, to, company }: Pick<WeeklyPayload, 'from' | 'to' | 'company'>,
  language: Language,
): string {
  const style = { day: 'numeric', month: 'long', year: 'numeric', timeZone: company.zone } as const
  return new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', style)
    .formatRange(from, to - 1)
    .replace(/\sг\.$/, '')
}

function headlineLine({ column, now, before }: Headline, language: Language, zone: string): string {
  const shown = (value: number | null) => shownCell(column, value, language, zone)
  return `${columnLabel(language, column)}: ${shown(now)} (${weeklyWord(language, 'before', { before: shown(before) })})`
}

/** When most called, and when most were lost. */
export function sentences(hours: readonly HourOfWeek[], language: Language): { busiest: string; worst: string } {
  const when = ({ weekday, hour }: HourOfWeek) =>
    weeklyWord(language, 'at', { day: cutLabel('weekday', weekday, language), hour: cutLabel('hour', hour, language) })
  const most = (value: (hour: HourOfWeek) => number) =>
    hours.reduce<HourOfWeek | null>((top, hour) => (value(hour) > (top ? value(top) : 0) ? hour : top), null)
  const [busiest, worst] = [most(({ received }) => received), most(({ lost }) => lost)]
  return {
    busiest: busiest ? weeklyWord(language, 'busiest', { when: when(busiest), received: busiest.received }) : '',
    worst: worst
      ? weeklyWord(language, 'worst', { when: when(worst), lost: worst.lost, received: worst.received })
      : weeklyWord(language, 'none-lost'),
  }
}

/** `пн 86 %, вт 62 %`: what the picture of the days says, for who cannot see it. */
export function daysInWords({ days, company }: WeeklyPayload, language: Language): string {
  const words = days.map(
    ({ label, serviceLevel }) => `${label} ${shownCell('service_level', serviceLevel, language, company.zone)}`,
  )
  return words.join(', ')
}
