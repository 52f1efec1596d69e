/** The service level of each day against its goal, and below it how many calls there were. Pure. */
import type { Language } from '../../runtime/i18n.ts'
import { shownShare } from '../wording.ts'
import { chartWord } from './chart-words.ts'
import { card, type Chart, legend, line, MARGIN, palette, rect, text, WIDTH } from './svg.ts'

export interface DayOfChart {
  label: string
  answered: number
  lost: number
  /** 0 to 1; null: nothing to say. */
  serviceLevel: number | null
}

const LEFT = 56
const LEVEL = { top: 34, height: 110 }
const BARS = { top: 190, height: 110 }

/** `goal`: 0 to 1. */
export function dayChart(days: readonly DayOfChart[], goal: number, language: Language): Chart {
  const step = (WIDTH - LEFT - MARGIN) / Math.max(1, days.length)
  const middle = (i: number) => LEFT + (i + 0.5) * step
  const width = Math.min(44, step * 0.66)
  const content = levels(days, goal, width, middle, language) + bars(days, width, middle, language)
  return card(chartWord(language, 'days'), BARS.top + BARS.height + 40, content)
}

function levels(
  days: readonly DayOfChart[],
  goal: number,
  width: number,
  x: (i: number) => number,
  language: Language,
): string {
  const y = (level: number) => LEVEL.top + (1 - level) * LEVEL.height
  const scale = [0, 0.5, 1].map(
    (level) =>
      line(LEFT, y(level), WIDTH - MARGIN, y(level)) +
      text(LEFT - 8, y(level) + 4, shownShare(level, language, 0), { size: 10.5, anchor: 'end' }),
  )
  const aim = line(LEFT, y(goal), WIDTH - MARGIN, y(goal), {
    'stroke': palette.good,
    'stroke-width': 1.5,
    'stroke-dasharray': '5 4',
  })
  // over the line of the goal, so that nothing crosses a number
  const levelBars = days.map(({ serviceLevel }, i) => {
    if (serviceLevel === null) return text(x(i), y(0) - 6, '–', { size: 11.5, anchor: 'middle' })
    const colour = serviceLevel >= goal ? palette.good : palette.lost
    const inside = serviceLevel * LEVEL.height > 24
    const style = { size: 12, colour: inside ? '#ffffff' : colour, anchor: 'middle', weight: 600 } as const
    return (
      rect(x(i) - width / 2, y(serviceLevel), width, y(0) - y(serviceLevel), colour, 2) +
      text(x(i), inside ? y(serviceLevel) + 16 : y(serviceLevel) - 6, shownShare(serviceLevel, language, 0), style)
    )
  })
  const key = legend(LEFT, 12, [
    { colour: palette.good, words: chartWord(language, 'goal-reached', { goal: shownShare(goal, language, 0) }) },
    { colour: palette.lost, words: chartWord(language, 'goal-missed') },
  ])
  return [key, ...scale, aim, ...levelBars].join('')
}

function bars(days: readonly DayOfChart[], width: number, x: (i: number) => number, language: Language): string {
  const most = Math.max(1, ...days.map(({ answered, lost }) => answered + lost))
  const bottom = BARS.top + BARS.height
  const high = (calls: number) => (calls / most) * (BARS.height - 16)
  const columns = days.map(({ label, answered, lost }, i) => {
    const left = x(i) - width / 2
    const [below, above] = [high(answered), high(lost)]
    const sum = answered + lost === 0 ? '–' : lost > 0 ? `${answered} + ${lost}` : String(answered)
    return [
      rect(left, bottom - below, width, below, palette.answered, 2),
      rect(left, bottom - below - above, width, above, palette.lost, 2),
      text(x(i), bottom - below - above - 6, sum, { size: 11, colour: palette.strong, anchor: 'middle' }),
      text(x(i), bottom + 18, label, { size: 11.5, anchor: 'middle' }),
    ].join('')
  })
  const key = legend(LEFT, BARS.top - 18, [
    { colour: palette.answered, words: chartWord(language, 'answered') },
    { colour: palette.lost, words: chartWord(language, 'lost') },
  ])
  return [key, line(LEFT, bottom, WIDTH - MARGIN, bottom), ...columns].join('')
}
