/**
 * From the name of a prompt to what Asterisk is told to play.
 *
 * Looked for in this order: a person's recording for the language (`prompts/ru/greeting.wav`), a person's recording for all
 * (`prompts/greeting.wav`), the one we made from its text. Ours lie in the data folder, so nothing that a person recorded is ever overwritten.
 * The words of numbers are prompts like others: `prompts/words/ru/rouble-2.wav` in the configuration replaces our own, and
 * `prompts/words/ru/digits/20.wav` Asterisk's; so one announcer can say everything.
 */
import { join, resolve } from 'node:path'
import { readPromptTexts, type PromptTexts } from '../config/prompt-texts.ts'
import type { Language } from '../runtime/i18n.ts'
import type { Media } from '../telephony/api.ts'
import { housePrompts } from './house-prompts.ts'
import { findPrograms } from './programs.ts'
import { listSounds, type Sound, type SoundFault } from './sound-files.ts'
import { Speech, type SpeakFailed } from './speech.ts'
import type { Word } from './speak-numbers/word.ts'
import * as english from './words/en.ts'
import * as russian from './words/ru.ts'

export interface LibraryOptions {
  configDir: string
  /** Where we keep sounds: `made/` from the prompts' texts, `said/` from texts with a contact's values. `<data>/sounds`. */
  soundsDir: string
  /** The same two folders as Asterisk sees them, when it runs elsewhere (`PEREZVON_SOUNDS`). */
  asterisk?: { configDir?: string | undefined; soundsDir?: string | undefined }
  speech: Speech
  /** `own`: also the words that Asterisk has are spoken by our voice, so that all of a sentence is one voice. */
  words?: 'core' | 'own'
}

export type PromptSource = 'recorded' | 'made' | 'missing'

/** The library as the daemon and the command line use it. `beside`: folders with espeak-ng and sox besides PATH (the Asterisk cache). */
export async function openLibrary(options: {
  configDir: string
  dataDir: string
  asterisk?: LibraryOptions['asterisk']
  ttsCommand?: string | undefined
  beside?: string[]
  words?: LibraryOptions['words']
}): Promise<PromptLibrary> {
  const { configDir, dataDir, asterisk, ttsCommand, beside, words } = options
  const soundsDir = join(resolve(dataDir), 'sounds')
  const speech = new Speech({ programs: findPrograms(beside), command: ttsCommand, cacheDir: join(soundsDir, 'said') })
  const library = new PromptLibrary({
    configDir: resolve(configDir),
    soundsDir,
    asterisk: asterisk ?? {},
    speech,
    words: words ?? 'core',
  })
  await library.refresh()
  return library
}

export class PromptLibrary {
  readonly options: LibraryOptions
  #recorded = new Map<string, Sound>()
  #made = new Map<string, Sound>()
  #texts: PromptTexts = {}
  #textFault: string | null = null

  constructor(options: LibraryOptions) {
    this.options = options
  }

  /** Reads the folders anew: at start, after a reload of the configuration, after prompts were made. */
  async refresh(): Promise<void> {
    const { texts, why } = readPromptTexts(this.options.configDir)
    const [recorded, made] = await Promise.all([
      listSounds(this.options.configDir),
      listSounds(`${this.options.soundsDir}/made`),
    ])
    this.#texts = texts
    this.#textFault = why ?? null
    this.#recorded = recorded
    this.#made = made
  }

  /** A prompt was made just now: it can be played, although the folders were not read anew. */
  noteMade(name: string, language: Language): void {
    const path = madePath(name, language)
    this.#made.set(path, { path, faults: [] })
  }

  /** What is wrong with prompts/index.yaml, or null. */
  get textFault(): string | null {
    return this.#textFault
  }

  /** The text of a prompt: as the index says, else of our own prompts and of the words of numbers. */
  says(name: string, language: Language): string | null {
    const word = wordId(name)
    const text = Object.hasOwn(this.#texts, name) ? this.#texts[name]?.[language] : undefined
    return text ?? housePrompts[name]?.[language] ?? (word === null ? null : (wordText(word, language) ?? null))
  }

  /** Names that have a text: in the index, or of our own. */
  get described(): string[] {
    return [...new Set([...Object.keys(this.#texts), ...Object.keys(housePrompts)])]
  }

  /** Names of the words that numbers need in this language. */
  words(language: Language): string[] {
    const { ownWords, coreWords } = wordLists[language]
    return [...Object.keys(ownWords), ...(this.options.words === 'own' ? Object.keys(coreWords) : [])].map(wordName)
  }

  source(name: string, language: Language): PromptSource {
    return this.#recordedPath(name, language) !== null
      ? 'recorded'
      : this.#madePath(name, language) !== null
        ? 'made'
        : 'missing'
  }

  /** `sound:/…/prompts/greeting`, without suffix: Asterisk takes the format nearest to the channel's. Null when nothing is there to play. */
  media(name: string, language: Language): Media | null {
    const { configDir, soundsDir, asterisk } = this.options
    const recorded = this.#recordedPath(name, language)
    if (recorded !== null) return `sound:${asterisk?.configDir ?? configDir}/${recorded}`
    const made = this.#madePath(name, language)
    return made === null ? null : `sound:${asterisk?.soundsDir ?? soundsDir}/made/${made}`
  }

  /**
   * Media of a row of words, or the first word that nobody can say: half a number is worse than none. The language is written into the path
   * of Asterisk's own words, so that a channel with another language does not mix two.
   */
  wordMedia(words: Word[], language: Language): { media: Media[] } | { missing: string } {
    const media: Media[] = []
    for (const word of words) {
      const id = word.slice(word.indexOf(':') + 1)
      const ours = this.#wordMedia(word, wordName(id), language)
      if (ours !== null) media.push(ours)
      else if (word.startsWith('sound:')) media.push(`sound:${language}/${id}`)
      else return { missing: wordName(id) }
    }
    return { media }
  }

  /** A free text, spoken now or taken from what was spoken before. */
  async textMedia(text: string, language: Language): Promise<{ media: Media } | SpeakFailed> {
    const { soundsDir, asterisk, speech } = this.options
    const result = await speech.say(text, language)
    if (result.kind === 'failed') return result
    return { media: `sound:${asterisk?.soundsDir ?? soundsDir}/said/${result.key}` }
  }

  /** Recordings of the configuration folder that Asterisk would refuse or cannot know. */
  get faults(): SoundFault[] {
    return [...this.#recorded.values()].flatMap((sound) => sound.faults)
  }

  /** Path of the made file without suffix, whether it exists or not. */
  madeFile(name: string, language: Language): string {
    return `${this.options.soundsDir}/made/${madePath(name, language)}`
  }

  #wordMedia(word: Word, name: string, language: Language): Media | null {
    const spare = word.startsWith('sound:') && this.options.words !== 'own'
    return spare && this.#recordedPath(name, language) === null ? null : this.media(name, language)
  }

  #recordedPath(name: string, language: Language): string | null {
    return [inLanguage(name, language), name].find((path) => isGood(this.#recorded.get(path))) ?? null
  }

  #madePath(name: string, language: Language): string | null {
    const path = madePath(name, language)
    return isGood(this.#made.get(path)) ? path : null
  }
}

const wordLists = { ru: russian, en: english }
const wordFolder = 'prompts/words/'

function wordName(id: string): string {
  return wordFolder + id
}

function wordId(name: string): string | null {
  return name.startsWith(wordFolder) ? name.slice(wordFolder.length) : null
}

function wordText(id: string, language: Language): string | undefined {
  return wordLists[language].ownWords[id] ?? wordLists[language].coreWords[id]
}

function madePath(name: string, language: Language): string {
  return `${language}/${name}`
}

/** Asterisk's own convention for paths: `prompts/greeting` -> `prompts/ru/greeting`; of the words the folder is `prompts/words/ru`. */
function inLanguage(name: string, language: Language): string {
  const word = wordId(name)
  if (word !== null) return `${wordFolder}${language}/${word}`
  const slash = name.lastIndexOf('/')
  return `${name.slice(0, slash + 1)}${language}/${name.slice(slash + 1)}`
}

function isGood(sound: Sound | undefined): boolean {
  return sound !== undefined && sound.faults.length === 0
}
