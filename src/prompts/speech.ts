/**
 * Text to speech by a program of the machine: the admin's own (`PEREZVON_TTS`) or espeak-ng.
 *
 * The text may be a stranger's (a name in a contact list), so it never becomes an argument: it goes in by standard input or a file,
 * cleaned of control characters and of what speech programs take for markup. Results are kept by what they were made of.
 */
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Language } from '../runtime/i18n.ts'
import type { Programs } from './programs.ts'
import { runProgram } from './run-program.ts'
import { makePair, makeSilence, type PairResult } from './telephone-wav.ts'

/** Letters that one prompt may have: about two minutes of speech. */
export const LONGEST_TEXT = 2000
const PAUSE_MS = 300
/** Speech programs at once; a campaign's preview must not take the processor from the calls. */
export const AT_ONCE = 2

export type SpeakFailure = 'no-speech-program' | 'nothing-to-say' | 'too-long' | 'failed'
export interface SpeakFailed {
  kind: 'failed'
  id: SpeakFailure
  why: string
}
/** `.wav` and `.wav16` lie where they were wanted. */
export type SpeakResult = { kind: 'spoken' } | SpeakFailed

export interface SpeechOptions {
  programs: Programs
  /**
   * `PEREZVON_TTS`: a program and its arguments, no shell. The text comes by standard input, or in the file `{text}`; WAV goes to the
   * standard output, or to the file `{out}`; `{language}` is `ru` or `en`. `RHVoice-test -p anna -o {out}`
   */
  command?: string | undefined
  /** Where results are kept. */
  cacheDir: string
}

/** Folders in the cache in which a text is being spoken; none is needed for so long. */
const SCRATCH = '.making-'
const SCRATCH_MS = 10 * 60_000

export class Speech {
  #engine: readonly [string, ...string[]] | null
  #options: SpeechOptions
  #running = new Map<string, Promise<PairResult>>()
  #free = AT_ONCE
  #waiting: (() => void)[] = []

  constructor(options: SpeechOptions) {
    this.#options = options
    const espeak = options.programs.espeak
    this.#engine = options.command
      ? splitCommand(options.command)
      : espeak
        ? [espeak, '-v', '{language}', '-s', '145', '-b', '1', '--stdin', '--stdout']
        : null
  }

  /** What this machine has; conversions of recordings use the same. */
  get programs(): Programs {
    return this.#options.programs
  }

  /** Why nothing can be spoken here, or null. */
  get missing(): string | null {
    if (!this.#engine) return 'espeak-ng is not installed and PEREZVON_TTS is not set'
    const { sox, ffmpeg } = this.#options.programs
    return sox || ffmpeg ? null : 'neither sox nor ffmpeg is installed'
  }

  /** Names what the result depends on: program, settings and text. The same key is the same sound. */
  key(text: string, language: Language, word = false): string {
    const parts = [version, this.#engine, language, word, cleanForSpeech(text)]
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
  }

  /** Into the cache, `<cacheDir>/<key>`; a text that was spoken before costs one touch of its file. */
  async say(text: string, language: Language): Promise<{ kind: 'spoken'; key: string } | SpeakFailed> {
    const key = this.key(text, language)
    const file = join(this.#options.cacheDir, key)
    const now = new Date()
    const kept = await utimes(`${file}.wav`, now, now).then(
      () => true,
      () => false,
    )
    if (kept) return { kind: 'spoken', key }
    const result = await this.sayInto(file, text, language)
    return result.kind === 'spoken' ? { kind: 'spoken', key } : result
  }

  /** Removes from the cache what nobody wanted since `before` (ms since 1970): texts hold names of people. Resolves with how many. */
  async forget(before: number): Promise<number> {
    let removed = 0
    for (const name of await readdir(this.#options.cacheDir).catch(() => [])) {
      const path = join(this.#options.cacheDir, name)
      if (name.startsWith(SCRATCH)) await removeIfLeftBehind(path)
      if (!name.endsWith('.wav')) continue
      if ((await stat(path)).mtimeMs >= before) continue
      await Promise.all([rm(path, { force: true }), rm(`${path}16`, { force: true })])
      removed++
    }
    return removed
  }

  /** Into a file of its own; an empty text is a short pause. `word`: one of a row, without silence around it. */
  async sayInto(file: string, text: string, language: Language, word = false): Promise<SpeakResult> {
    if (text.length > LONGEST_TEXT) return failed('too-long', `longer than ${LONGEST_TEXT} letters`)
    const clean = cleanForSpeech(text)
    if (text !== '' && !/[\p{L}\p{N}]/u.test(clean)) return failed('nothing-to-say', 'no letter or digit in it')
    if (this.missing !== null && text !== '') return failed('no-speech-program', this.missing)
    let making = this.#running.get(file)
    if (!making) {
      making = text === '' ? makeSilence(file, PAUSE_MS) : this.#synthesise(clean, language, file, word)
      this.#running.set(file, making)
      const done = () => this.#running.delete(file)
      making.then(done, done)
    }
    const result = await making
    return result.kind === 'made' ? { kind: 'spoken' } : failed('failed', result.why)
  }

  async #synthesise(text: string, language: Language, file: string, word: boolean): Promise<PairResult> {
    await this.#enter()
    await mkdir(this.#options.cacheDir, { recursive: true })
    const folder = await mkdtemp(join(this.#options.cacheDir, SCRATCH))
    try {
      const [textFile, out] = [join(folder, 'text'), join(folder, 'out.wav')]
      await writeFile(textFile, text)
      const places = { '{text}': textFile, '{out}': out, '{language}': language }
      const argv = this.#engine!.map((arg) =>
        Object.entries(places).reduce((filled, [place, value]) => filled.replaceAll(place, value), arg),
      ) as [string, ...string[]]
      const result = await runProgram({ argv, stdin: text, cwd: folder, timeoutMs: 30_000, maxMemory: null })
      if (result.kind === 'failed') return result
      if (!(await exists(out))) await writeFile(out, result.stdout)
      if ((await stat(out)).size < 45) return { kind: 'failed', why: 'the speech program gave no sound' }
      return await makePair({ input: out, output: file, programs: this.#options.programs, trim: word })
    } finally {
      await rm(folder, { recursive: true, force: true })
      this.#leave()
    }
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free++
  }
}

/** A process that was killed while it spoke has left its text. */
async function removeIfLeftBehind(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null)
  if (found && found.mtimeMs < Date.now() - SCRATCH_MS) await rm(folder, { recursive: true, force: true })
}

/** Changes when the way from program to file changes, so that old results are made anew. */
const version = 1

/** One line of NFC text. `[[ ]]` are phonemes to espeak-ng, `< >` markup and `\` commands to others; none is ever read aloud. */
export function cleanForSpeech(text: string): string {
  return text
    .slice(0, LONGEST_TEXT)
    .normalize('NFC')
    .replace(/[\p{C}\p{Z}<>[\]{}\\|`^~]+/gu, ' ')
    .trim()
}

/** Words of a command line; quotes hold words together, nothing else is special. */
export function splitCommand(command: string): [string, ...string[]] | null {
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '')
  return words[0] ? [words[0], ...words.slice(1)] : null
}

function failed(id: SpeakFailure, why: string): SpeakFailed {
  return { kind: 'failed', id, why }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
