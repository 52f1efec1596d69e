/** Speaks every prompt that has a text but no recording, and speaks it again when its text or the voice has changed. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Language } from '../runtime/i18n.ts'
import type { PromptLibrary } from './library.ts'
import { AT_ONCE, type SpeakFailure } from './speech.ts'

/** Names are `ru prompts/greeting`. */
export interface MakeReport {
  made: string[]
  /** Made before and still right. */
  kept: string[]
  /** There is a person's recording; ours is not needed. */
  recorded: string[]
  failed: { prompt: string; id: SpeakFailure | 'no-text'; why: string }[]
}

export interface MakeOptions {
  library: PromptLibrary
  languages: Language[]
  /** Only these, again even if they are up to date. */
  names?: string[]
  signal?: AbortSignal
}

/** Goes on after a failure. Each prompt can be played as soon as it is made; the library is fresh when this resolves. */
export async function makePrompts({ library, languages, names, signal }: MakeOptions): Promise<MakeReport> {
  await library.refresh()
  const { speech, soundsDir } = library.options
  const index = await readIndex(soundsDir)
  const report: MakeReport = { made: [], kept: [], recorded: [], failed: [] }
  const due: Due[] = []
  for (const language of languages) {
    const words = new Set(library.words(language))
    for (const name of names ?? [...library.described, ...words]) {
      const prompt = `${language} ${name}`
      const text = library.says(name, language)
      const source = library.source(name, language)
      if (source === 'recorded') report.recorded.push(prompt)
      else if (text !== null) {
        const key = speech.key(text, language, words.has(name))
        if (!names && source === 'made' && index[prompt] === key) report.kept.push(prompt)
        else due.push({ prompt, name, language, text, word: words.has(name), key })
      } else if (names) report.failed.push({ prompt, id: 'no-text', why: 'no text' })
    }
  }
  const speakOne = async ({ prompt, name, language, text, word, key }: Due) => {
    const result = await speech.sayInto(library.madeFile(name, language), text, language, word)
    if (result.kind === 'failed') report.failed.push({ prompt, id: result.id, why: result.why })
    else {
      library.noteMade(name, language) // a caller may be waiting for it
      index[prompt] = key
      report.made.push(prompt)
    }
  }
  const lane = async () => {
    for (let next = due.shift(); next && !signal?.aborted; next = due.shift()) await speakOne(next)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  if (report.made.length > 0) await writeIndex(soundsDir, index)
  await library.refresh()
  return report
}

interface Due {
  prompt: string
  name: string
  language: Language
  text: string
  word: boolean
  key: string
}

/** Prompt -> key of the speech it was made with. Lost or broken it costs one more speaking of everything. */
type MadeIndex = Record<string, string>

async function readIndex(soundsDir: string): Promise<MadeIndex> {
  try {
    const found: unknown = JSON.parse(await readFile(join(soundsDir, 'made.json'), 'utf8'))
    if (typeof found !== 'object' || found === null) return {}
    return Object.fromEntries(
      Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    return {}
  }
}

async function writeIndex(soundsDir: string, index: MadeIndex): Promise<void> {
  await mkdir(soundsDir, { recursive: true })
  const file = join(soundsDir, 'made.json')
  await writeFile(`${file}.new`, JSON.stringify(index, null, 1))
  await rename(`${file}.new`, file)
}
