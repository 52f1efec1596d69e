/** Against printed tables: Erlang B of ITU-T Handbook “Teletraffic Engineering” (Iversen), Erlang C of the usual call-centre example. */
import { describe, expect, it } from 'vitest'
import {
  erlangB,
  erlangC,
  linesNeeded,
  meanWait,
  offeredLoad,
  operatorsNeeded,
  serviceLevel,
} from '../../src/reports/erlang.ts'

describe('Erlang B', () => {
  // offered traffic that so many lines carry at a loss of 1 %, 5 %: the table that every textbook has
  it.each([
    [1, 0.0101, 0.0526],
    [2, 0.153, 0.381],
    [3, 0.455, 0.899],
    [4, 0.869, 1.52],
    [5, 1.36, 2.22],
    [10, 4.46, 6.22],
    [15, 8.11, 10.6],
    [20, 12.0, 15.2],
    [30, 20.3, 24.8],
    [50, 37.9, 44.5],
    [100, 84.1, 95.2],
  ])('%i lines', (lines, at1, at5) => {
    expect(erlangB(at1, lines)).toBeCloseTo(0.01, 2.5)
    expect(erlangB(at5, lines)).toBeCloseTo(0.05, 2.5)
    expect(linesNeeded(at1 * 0.995, 0.01)).toBe(lines)
    expect(linesNeeded(at5 * 0.995, 0.05)).toBe(lines)
    expect(linesNeeded(at1 * 1.01, 0.01)).toBe(lines + 1)
  })

  it('is the formula itself for small numbers', () => {
    const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
    for (const load of [0.1, 1, 3.7, 9]) {
      for (let lines = 0; lines <= 12; lines++) {
        const terms = Array.from({ length: lines + 1 }, (_, k) => load ** k / factorial(k))
        const exact = terms[lines]! / terms.reduce((sum, term) => sum + term, 0)
        expect(erlangB(load, lines)).toBeCloseTo(exact, 12)
      }
    }
  })

  it('does not overflow and knows the ends', () => {
    expect(erlangB(0, 5)).toBe(0)
    expect(erlangB(5, 0)).toBe(1)
    expect(erlangB(5_000, 5_200)).toBeGreaterThan(0)
    expect(erlangB(1e-9, 100)).toBeCloseTo(0, 12)
    expect(linesNeeded(0, 0.01)).toBe(0)
  })
})

describe('Erlang C', () => {
  // 100 calls in half an hour, 180 s each: 10 erlangs, 14 operators, 88.8 % within 20 s, a wait of 7.8 s on average
  it('the example of the call-centre schools', () => {
    expect(erlangC(10, 14)).toBeCloseTo(0.1741, 3)
    expect(serviceLevel(10, 14, 20, 180)).toBeCloseTo(0.888, 3)
    expect(meanWait(10, 14, 180)).toBeCloseTo(7.8, 1)
    expect(operatorsNeeded(10, 180, 0.8, 20)).toBe(14)
    expect(serviceLevel(10, 13, 20, 180)).toBeLessThan(0.8)
  })

  // one operator is the queue M/M/1: waits with probability ρ, ρ/(1−ρ) × handling
  it('one operator', () => {
    expect(erlangC(0.6, 1)).toBeCloseTo(0.6, 12)
    expect(meanWait(0.6, 1, 100)).toBeCloseTo(150, 9)
  })

  it('a load that cannot be carried', () => {
    expect(erlangC(5, 5)).toBe(1)
    expect(serviceLevel(5, 5, 20, 180)).toBe(0)
    expect(meanWait(5, 4, 180)).toBe(Infinity)
    expect(operatorsNeeded(0, 180, 0.8, 20)).toBe(0)
    expect(operatorsNeeded(5, 180, 0.8, 20)).toBeGreaterThan(5)
  })
})

describe('the load that was offered', () => {
  it.each([1, 2, 4, 8, 30])('is found again from what %i lines carried', (lines) => {
    for (const offered of [0.05, 0.5, lines / 2, lines, lines * 2]) {
      const carried = offered * (1 - erlangB(offered, lines))
      expect(offeredLoad(carried, lines)).toBeCloseTo(offered, 5)
    }
  })

  it('is nothing for nothing, and unknown when all lines were always busy', () => {
    expect(offeredLoad(0, 4)).toBe(0)
    expect(offeredLoad(4, 4)).toBeNull()
    expect(offeredLoad(4.2, 4)).toBeNull()
  })
})
