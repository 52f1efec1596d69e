/** SVG to PNG: mail programs show no SVG. The renderer and its font come inside npm packages, nothing of the machine is used. */
import { createRequire } from 'node:module'
import { renderAsync } from '@resvg/resvg-js'
import type { Chart } from './svg.ts'

const require = createRequire(import.meta.url)
const FONTS = ['400Regular/GolosText_400Regular.ttf', '600SemiBold/GolosText_600SemiBold.ttf']
/** Twice the pixels: sharp on a telephone. */
const SCALE = 2

/** The same chart gives the same bytes. Drawn on a thread of its own: callers do not wait for a picture. */
export async function renderPng(chart: Chart): Promise<Buffer> {
  const rendered = await renderAsync(chart.svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    font: {
      loadSystemFonts: false,
      fontFiles: FONTS.map((file) => require.resolve(`@expo-google-fonts/golos-text/${file}`)),
      defaultFontFamily: 'Golos Text',
    },
  })
  return rendered.asPng()
}
