/** `scripts/up --demo`: what a person sees in his first two minutes, and that nothing of it stays behind. */
import { afterEach, expect, it } from 'vitest'
import { processesLeft, processesWith } from '../support/processes.ts'
import { runUp, type Up } from '../support/up.ts'

/** The daemon drains, Asterisk hangs up: some seconds, more on a busy machine. */
const ENDED_MS = 20_000
/** From the stage that is set to the outcome: nobody watches longer. */
const NARRATED_SEC = 120

let demo: Up
afterEach(() => demo?.close())

it('plays the main job, keeps every promise, and leaves nothing behind', { timeout: 300_000 }, async () => {
  demo = await runUp('--demo', '--once', '--lang', 'ru')
  const code = await demo.exit
  expect(demo.text.split('\n').filter((line) => /^ +✗ /.test(line))).toEqual([])
  expect(code).toBe(0)
  expect(secondsNarrated(demo.text)).toBeLessThan(NARRATED_SEC)
  expect(demo.text).toContain('DEMO')
  expect(demo.text).toContain('Пропущен: Мария +7 922 100-20-30 — Главный')
  expect(demo.text).toMatch(/Олег +1025 +opted-out/)
  expect(demo.text).not.toContain('\u001b[') // a pipe gets no colours
  expect(await processesLeft(demo.mark, ENDED_MS)).toEqual([])
  expect(await demo.leftFolders()).toEqual([])
})

it('ends everything in order at Ctrl-C', { timeout: 120_000 }, async () => {
  demo = await runUp('--demo', '--lang', 'en')
  await demo.says('2. A caller hangs up in the menu', 90_000)
  demo.child.kill('SIGINT')
  expect(await demo.exit).toBe(130)
  expect(await processesLeft(demo.mark, ENDED_MS)).toEqual([])
  expect(await demo.leftFolders()).toEqual([])
})

it('takes Asterisk and the daemon with it when it is killed', { timeout: 120_000 }, async () => {
  demo = await runUp('--demo', '--lang', 'en')
  await demo.says('1. A caller is answered', 90_000)
  expect((await processesWith(demo.mark)).size).toBeGreaterThan(3)
  demo.child.kill('SIGKILL')
  expect(await processesLeft(demo.mark, ENDED_MS)).toEqual([])
})

/** By the clock that the audience sees. */
function secondsNarrated(text: string): number {
  const times = [...text.matchAll(/^(\d\d):(\d\d):(\d\d) {2}/gm)].map(
    ([, h, m, s]) => Number(h) * 3600 + Number(m) * 60 + Number(s),
  )
  return (times.at(-1)! - times[0]! + 86_400) % 86_400
}
