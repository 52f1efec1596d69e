import { beforeAll, expect, it } from 'vitest'
import { findPrompt, toneSpans } from '../../scripts/rig/hearing.ts'
import { spoken, tone } from '../../scripts/rig/sounds.ts'
import { readWav, type Sound } from '../../scripts/rig/wav.ts'

let prompt: Sound
let other: Sound
beforeAll(async () => {
  prompt = await readWav(await spoken('Цветочный двор. Нажмите один, чтобы поговорить с продавцом.'))
  other = await readWav(await spoken('К сожалению, все операторы заняты, оставайтесь на линии.'))
})

const silence = (seconds: number) => new Float32Array(Math.round(8000 * seconds))
function joined(...parts: Float32Array[]): Sound {
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    samples.set(part, at)
    at += part.length
  }
  return { rate: 8000, samples }
}

it('finds a prompt and when it began', () => {
  const found = findPrompt(joined(silence(1.5), prompt.samples, silence(1)), prompt)
  expect(found).toMatchObject({ heard: true, toEnd: true, share: 1 })
  expect(found.start).toBeCloseTo(1.5, 3)
})

it('finds it at a tenth of the volume', () => {
  expect(findPrompt(joined(prompt.samples.map((value) => value / 10)), prompt)).toMatchObject({ heard: true, share: 1 })
})

it('tells how far a prompt was heard that was cut off', () => {
  const found = findPrompt(joined(silence(0.5), prompt.samples.subarray(0, 2.05 * 8000), silence(3)), prompt)
  expect(found).toMatchObject({ heard: true, toEnd: false })
  expect(found.to).toBe(2)
})

it('does not take one prompt for another', () => {
  expect(findPrompt(joined(silence(1), other.samples), prompt).heard).toBe(false)
  expect(findPrompt(joined(silence(5)), prompt).heard).toBe(false)
})

it('measures a beep', async () => {
  const beep = await readWav(await tone(1000, 0.4))
  const [span, ...more] = toneSpans(joined(other.samples, beep.samples, silence(1)), 1000)
  expect(more).toEqual([])
  expect((span?.[1] ?? 0) - (span?.[0] ?? 0)).toBeCloseTo(0.4, 1)
})
