/** When people call, and when they are lost: hour by weekday, twice. Pure. */
import type { Language } from '../../runtime/i18n.ts'
import { cutLabel } from '../period.ts'
import { chartWord } from './chart-words.ts'
import { card, type Chart, MARGIN, palette, rect, text, WIDTH } from './svg.ts'

export interface HourOfWeek {
  /** 0 is Monday. */
  weekday: number
  hour: number
  received: number
  lost: number
}

const LEFT = 52
const ROW = 23
const GAP = 2
/** Hours that are shown although nobody called. */
const OFFICE = { first: 9, last: 17 }

export function heatMap(hours: readonly HourOfWeek[], language: Language): Chart {
  const called = hours.filter(({ received }) => received > 0).map(({ hour }) => hour)
  const first = Math.min(OFFICE.first, ...called)
  const last = Math.max(OFFICE.last, ...called)
  const map = (top: number, head: string, valueOf: (hour: HourOfWeek) => number, shades: readonly string[]) => {
    const most = Math.max(1, ...hours.map(valueOf))
    const cell = (WIDTH - LEFT - MARGIN) / (last - first + 1)
    const parts = [text(MARGIN, top + 12, head, { size: 12.5, colour: palette.strong, weight: 600 })]
    for (let hour = first; hour <= last; hour++) {
      const x = LEFT + (hour - first + 0.5) * cell
      parts.push(text(x, top + 30, String(hour), { size: 10.5, anchor: 'middle' }))
    }
    for (let weekday = 0; weekday < 7; weekday++) {
      const y = top + 36 + weekday * ROW
      parts.push(text(MARGIN, y + 15, cutLabel('weekday', weekday, language), { size: 11.5 }))
      for (let hour = first; hour <= last; hour++) {
        const found = hours.find((one) => one.weekday === weekday && one.hour === hour)
        const value = found ? valueOf(found) : 0
        const x = LEFT + (hour - first) * cell
        const shade = value === 0 ? null : Math.min(shades.length - 1, Math.ceil((value / most) * shades.length) - 1)
        parts.push(rect(x, y, cell - GAP, ROW - GAP, shade === null ? palette.empty : shades[shade]!, 3))
        if (shade === null) continue
        // dark on the light half of the shades, light on the dark half
        const colour = shade >= shades.length / 2 ? '#ffffff' : palette.strong
        const size = cell < 24 || value > 999 ? 9 : 11
        parts.push(text(x + (cell - GAP) / 2, y + 14.5, String(value), { size, colour, anchor: 'middle' }))
      }
    }
    return parts.join('')
  }
  const height = 36 + 7 * ROW
  const content =
    map(0, chartWord(language, 'received'), ({ received }) => received, palette.calls) +
    map(height + 22, chartWord(language, 'lost'), ({ lost }) => lost, palette.losses)
  return card(chartWord(language, 'heat-map'), 2 * height + 22 + MARGIN, content)
}
