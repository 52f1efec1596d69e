/** Every name that a sequencer can emit must be a file of the Asterisk that we run, or a word of our own list. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asteriskCache } from '../../scripts/rig/local-asterisk.ts'
import { english } from '../../src/prompts/speak-numbers/en.ts'
import { russian } from '../../src/prompts/speak-numbers/ru.ts'
import type { Speaker, Unit, Word } from '../../src/prompts/speak-numbers/word.ts'
import { coreWords as coreEn, ownWords as ownEn } from '../../src/prompts/words/en.ts'
import { coreWords as coreRu, ownWords as ownRu } from '../../src/prompts/words/ru.ts'

const sounds = join(asteriskCache(), 'root/usr/share/asterisk/sounds')

function soundFiles(language: string): Set<string> {
  const names = readdirSync(join(sounds, language), { recursive: true, encoding: 'utf8' })
  return new Set(names.map((name) => name.replace(/\.[a-z0-9]+$/, '')))
}

function everyWord(speaker: Speaker): Set<Word> {
  const words = new Set<Word>()
  const add = (list: Word[]) => list.forEach((word) => words.add(word))
  const units: Unit[] = ['none', 'rouble', 'kopeck', 'second', 'minute', 'hour', 'day']
  for (const unit of units) {
    for (let n = 0; n < 1200; n++) add(speaker.wholeNumber(n, unit))
    for (const scale of [1e3, 1e6, 1e9]) for (let n = 1; n < 1000; n++) add(speaker.wholeNumber(n * scale, unit))
  }
  add(speaker.wholeNumber(-1))
  add(speaker.digits('0123456789 0'))
  for (let n = 0; n < 1000; n++) add(speaker.phone(`+7${String(n).padStart(3, '0')}2001122`))
  for (let year = 1900; year < 2100; year++) {
    for (const form of ['nominative', 'genitive'] as const) {
      add(speaker.date({ year, month: 1, day: 1 }, { year: true, form }))
    }
  }
  for (let month = 1; month <= 12; month++) {
    for (let day = 1; day <= 31; day++) {
      for (const form of ['nominative', 'genitive'] as const) {
        add(speaker.date({ year: 2026, month, day }, { weekday: true, form }))
      }
    }
  }
  for (let minute = 0; minute < 1440; minute++) add(speaker.timeOfDay(Math.floor(minute / 60), minute % 60))
  for (let seconds = 0; seconds < 90_000; seconds += 61) add(speaker.duration(seconds))
  return words
}

describe.each([
  ['ru', russian, coreRu, ownRu],
  ['en', english, coreEn, ownEn],
] as const)('%s', (language, speaker, core, own) => {
  const emitted = everyWord(speaker)
  const named = (scheme: string) => [...emitted].filter((w) => w.startsWith(scheme)).map((w) => w.slice(scheme.length))

  it('emits only core sounds that Asterisk has', () => {
    const files = soundFiles(language)
    expect(files.size).toBeGreaterThan(400)
    expect(named('sound:').filter((name) => !files.has(name))).toEqual([])
  })

  it('knows what each core sound says, and lists none that is never said', () => {
    expect(named('sound:').toSorted()).toEqual(Object.keys(core).toSorted())
  })

  it('has each word of its own, and keeps none that is never said', () => {
    expect(named('word:').toSorted()).toEqual(Object.keys(own).toSorted())
  })
})
