/** What must hold of the figures whatever happened: many invented fortnights, in zones that change their clocks. */
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { addedUp } from '../../src/reports/call-figures.ts'
import { cuts, type Period } from '../../src/reports/period.ts'
import { type CallRules, callSums, type CallSums, waitHistogram, weekMap } from '../../src/store/reports/calls.ts'
import { trunkHours } from '../../src/store/reports/lines.ts'
import { madeMonth } from './support/made-month.ts'
import { chance } from './support/random.ts'
import { reportsDatabase } from './support/reports-database.ts'

const RULES: CallRules = { shortMs: 5_000, ringMs: 5_000, thresholds: { sales: 10_000 }, thresholdMs: 20_000 }

describe.each([
  [1, 'Europe/Berlin', '2026-10-18'],
  [2, 'America/New_York', '2026-03-01'],
  [3, 'Australia/Lord_Howe', '2026-04-01'],
  [4, 'Asia/Kolkata', '2026-12-25'],
  [5, 'Asia/Yekaterinburg', '2026-02-22'],
])('seed %i, %s', (seed, zone, first) => {
  const day = DateTime.fromISO(first, { zone })
  const period: Period = { from: day.toMillis(), to: day.plus({ days: 14 }).toMillis(), zone }

  it('every call is in one row of each cut, each lost call has one reason, and parts make the whole', async () => {
    const month = madeMonth(seed, 600, period.from - 86_400_000, period.to + 86_400_000)
    const database = await reportsDatabase(month)
    try {
      const { reports } = database
      const [whole] = (await callSums(reports, period, 'total', RULES)) as [CallSums]
      expect(whole.received).toBeGreaterThan(300)
      for (const cut of cuts) {
        const rows = await callSums(reports, period, cut, RULES)
        expect({ ...addedUp(rows), key: 0 }).toEqual(whole)
        for (const row of [...rows, whole]) {
          expect(row.answered + row.short + row.abandoned + row.unanswered).toBe(row.offered)
          expect(row.offered).toBeLessThanOrEqual(row.received)
          const { withinRing1, withinRing2, withinRing3, withinThreshold, answered } = row
          const rising = [0, withinRing1, withinRing2, withinRing3, answered]
          expect(rising).toEqual(rising.toSorted((a, b) => a - b))
          expect(withinThreshold).toBeLessThanOrEqual(answered)
        }
      }
      const slots = await waitHistogram(reports, period, [5_000, 20_000, 60_000])
      expect(slots.reduce((sum, { answered, lost }) => sum + answered + lost, 0)).toBe(whole.offered)
      const map = await weekMap(reports, period)
      expect(map.reduce((sum, { received }) => sum + received, 0)).toBe(whole.received)
      expect(map.reduce((sum, { lost }) => sum + lost, 0)).toBe(whole.offered - whole.answered)

      // two periods that meet are the one that holds both, wherever they meet
      const middle = chance(seed).whole(period.from + 1, period.to - 1)
      const halves = [
        { ...period, to: middle },
        { ...period, from: middle },
      ]
      const sums = await Promise.all(halves.map((half) => callSums(reports, half, 'total', RULES)))
      expect({ ...addedUp(sums.flat()), key: 0 }).toEqual(whole)
    } finally {
      await database.close()
    }
  })

  it('the load of the hours is the time of the calls, and no hour is fuller than its calls', async () => {
    const month = madeMonth(seed + 100, 400, period.from - 86_400_000, period.to + 86_400_000)
    const database = await reportsDatabase(month)
    try {
      const hours = await trunkHours(database.reports, period)
      const legs = [
        ...month.calls
          .filter(({ direction }) => direction === 'inbound')
          .map((call) => [call.arrivedAt, call.endedAt] as const),
        ...month.dials.map((dial) => [dial.at, dial.endedAt] as const),
      ]
      const time = legs.reduce((sum, [from, to]) => {
        return to === null ? sum : sum + Math.max(0, Math.min(to, period.to) - Math.max(from, period.from))
      }, 0)
      expect(hours.reduce((sum, { busyMs }) => sum + busyMs, 0)).toBe(time)
      for (const { busyMs, at } of hours) {
        expect(busyMs).toBeGreaterThan(0)
        const minute = DateTime.fromMillis(at, { zone }).minute
        // where the clocks are changed by half an hour, half of the year begins its hours at half past
        expect(zone === 'Australia/Lord_Howe' ? minute % 30 : minute).toBe(0)
      }
    } finally {
      await database.close()
    }
  })
})
