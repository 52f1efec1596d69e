/** SVG as text. The few shapes that the charts are made of. Pure. */

type Attributes = Record<string, string | number>

/** Text content and attributes are escaped; `children` are markup already. */
export function tag(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(shown(value))}"`)
  return `<${name}${written.join('')}>${children.join('')}</${name}>`
}

export interface TextStyle {
  size?: number
  colour?: string
  anchor?: 'start' | 'middle' | 'end'
  weight?: 400 | 600
}

export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { size = 12, colour = palette.weak, anchor = 'start', weight = 400 } = style
  const attributes = { x, y, 'font-size': size, 'fill': colour, 'text-anchor': anchor, 'font-weight': weight }
  return tag('text', attributes, escaped(words))
}

export function rect(x: number, y: number, width: number, height: number, fill: string, radius = 0): string {
  return tag('rect', { x, y, width: Math.max(0, width), height: Math.max(0, height), fill, rx: radius })
}

export function line(x1: number, y1: number, x2: number, y2: number, more: Attributes = {}): string {
  return tag('line', { x1, y1, x2, y2, stroke: palette.rule, ...more })
}

/** A coloured square with its meaning, for below a title. Returns the markup and where the next one may begin. */
export function legend(x: number, y: number, entries: readonly { colour: string; words: string }[]): string {
  let at = x
  return entries
    .map(({ colour, words }) => {
      const entry = rect(at, y - 9, 10, 10, colour, 2) + text(at + 15, y, words, { size: 11.5 })
      // the mean width of a letter of this font; a gap that is a little off harms nobody
      at += 15 + words.length * 6.4 + 18
      return entry
    })
    .join('')
}

/**
 * A picture on a card of its own: mail programs show it on white and on black, and what is drawn must be read on both. `height` is that of
 * the content below the title.
 */
export function card(title: string, height: number, content: string): { svg: string; width: number; height: number } {
  const whole = height + TITLE_HEIGHT
  const frame = tag('rect', {
    x: 0.5,
    y: 0.5,
    width: WIDTH - 1,
    height: whole - 1,
    rx: 10,
    fill: palette.card,
    stroke: palette.rule,
  })
  const head = text(MARGIN, 30, title, { size: 15, colour: palette.strong, weight: 600 })
  const body = tag('g', { transform: `translate(0 ${TITLE_HEIGHT})` }, content)
  const attributes = {
    'xmlns': 'http://www.w3.org/2000/svg',
    'viewBox': `0 0 ${WIDTH} ${whole}`,
    'width': WIDTH,
    'height': whole,
    'font-family': 'Golos Text, Arial, sans-serif',
  }
  return { svg: tag('svg', attributes, frame, head, body), width: WIDTH, height: whole }
}

export type Chart = ReturnType<typeof card>

/** Units of the drawing; mails show a unit as a pixel. */
export const WIDTH = 552
export const MARGIN = 20
const TITLE_HEIGHT = 44

export const palette = {
  card: '#ffffff',
  strong: '#1f2328',
  weak: '#59636e',
  rule: '#dfe3e8',
  empty: '#f2f4f6',
  answered: '#2f6fde',
  lost: '#d9372b',
  good: '#1a8a4a',
  calls: ['#dce8fc', '#b0cbf7', '#7aa7f0', '#4480e3', '#1f57b8', '#123b85'],
  losses: ['#fbdedb', '#f5b1ab', '#ec7c73', '#dd4a3f', '#b3261c', '#7f1710'],
} as const

function shown(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : value
}

export function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
