/** How long callers waited: classes of seconds, answered and lost, and where the threshold is. Pure. */
import type { Language } from '../../runtime/i18n.ts'
import { shownSpan } from '../wording.ts'
import { chartWord } from './chart-words.ts'
import { card, type Chart, legend, line, MARGIN, palette, rect, text, WIDTH } from './svg.ts'

export interface WaitClass {
  /** Seconds; null: longer than all. */
  upTo: number | null
  answered: number
  lost: number
}

const TOP = 34
const HEIGHT = 150

/** `thresholds`: seconds, of the service levels; what stands to the left of a line is within it. */
export function waitChart(classes: readonly WaitClass[], thresholds: readonly number[], language: Language): Chart {
  const step = (WIDTH - 2 * MARGIN) / Math.max(1, classes.length)
  const most = Math.max(1, ...classes.map(({ answered, lost }) => answered + lost))
  const bottom = TOP + HEIGHT
  const high = (calls: number) => (calls / most) * (HEIGHT - 22)
  const columns = classes.map(({ upTo, answered, lost }, i) => {
    const left = MARGIN + i * step + 3
    const width = step - 6
    const [below, above] = [high(answered), high(lost)]
    const middle = left + width / 2
    const label = upTo === null ? chartWord(language, 'longer') : `≤ ${shownSpan(upTo, language)}`
    return [
      rect(left, bottom - below, width, below, palette.answered, 2),
      rect(left, bottom - below - above, width, above, palette.lost, 2),
      answered + lost > 0
        ? text(middle, bottom - below - above - 6, String(answered + lost), {
            size: 11,
            colour: palette.strong,
            anchor: 'middle',
          })
        : '',
      text(middle, bottom + 17, label, { size: 10.5, anchor: 'middle' }),
    ].join('')
  })
  const marks = thresholds.map((threshold, i) => {
    const x = MARGIN + placeOf(threshold, classes) * step
    const words = chartWord(language, 'threshold', { span: shownSpan(threshold, language) })
    return (
      line(x, TOP - 4, x, bottom, { 'stroke': palette.good, 'stroke-width': 1.5, 'stroke-dasharray': '5 4' }) +
      text(x + 6, TOP + 6 + 14 * i, words, { size: 11, colour: palette.good })
    )
  })
  const key = legend(MARGIN, 12, [
    { colour: palette.answered, words: chartWord(language, 'answered') },
    { colour: palette.lost, words: chartWord(language, 'lost') },
  ])
  const content = [key, line(MARGIN, bottom, WIDTH - MARGIN, bottom), ...columns, ...marks].join('')
  return card(chartWord(language, 'waits'), bottom + 36, content)
}

/** How many classes lie before it, with a part of the one in which it falls; beyond all limits it stands before the last. */
export function placeOf(threshold: number, classes: readonly WaitClass[]): number {
  const limits = classes.flatMap(({ upTo }) => (upTo === null ? [] : [upTo]))
  const at = limits.findIndex((limit) => threshold <= limit)
  if (at < 0) return limits.length
  const from = limits[at - 1] ?? 0
  return at + (threshold - from) / (limits[at]! - from)
}
