/** The caller's voice message on its way into a mail: small enough to send, and in words where a program can tell them. */
import { open, readFile, realpath, writeFile } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { cleanText } from '../model/clean-text.ts'
import type { Programs } from '../prompts/programs.ts'
import { runProgram } from '../prompts/run-program.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Mail } from './channels/mail.ts'
import type { MissedCallPayload } from './payload.ts'
import type { AttachmentState } from './templates/view.ts'
import { voicemailName } from './wording.ts'

export interface Transcription {
  /** Program and arguments; `{file}` is the recording, which otherwise comes last. */
  command: readonly string[]
  deadlineMs: number
}

export interface VoiceParts {
  /** Where `voicemail.file` of a payload lies. Nothing outside of it is ever attached. */
  folder: string
  /** What makes an mp3 of a WAV on its standard input; null: the WAV itself is sent. */
  mp3: readonly [string, ...string[]] | null
  transcription: () => Transcription | null
  log: Logger
}

export interface VoiceMessage {
  state: AttachmentState
  attachment: Mail['attachments'][number] | null
  transcript: string | null
}

/** Some ten times a long message; many servers refuse mails of 10 MB, and base64 adds a third. */
const LARGEST_ATTACHMENT = 5 * 1024 * 1024
const LARGEST_RECORDING = 50 * 1024 * 1024
const LONGEST_TRANSCRIPT = 2_000

/** How ffmpeg or lame is asked; the result has the same bytes every time. */
export function mp3Command(programs: Pick<Programs, 'ffmpeg' | 'lame'>): VoiceParts['mp3'] {
  const { ffmpeg, lame } = programs
  if (ffmpeg) {
    const input = ['-nostdin', '-loglevel', 'error', '-protocol_whitelist', 'pipe', '-f', 'wav', '-i', 'pipe:0']
    const output = ['-map_metadata', '-1', '-fflags', '+bitexact', '-ac', '1', '-b:a', '32k', '-f', 'mp3', 'pipe:1']
    return [ffmpeg, ...input, ...output]
  }
  return lame ? [lame, '--quiet', '-m', 'm', '-b', '32', '-', '-'] : null
}

/** `attach` false: the channel, or the server, takes no recording. */
export async function voiceMessage(
  payload: MissedCallPayload,
  attach: 'attach' | 'too-large' | 'words-only',
  parts: VoiceParts,
): Promise<VoiceMessage> {
  const file = payload.voicemail?.file
  if (!file) return { state: 'missing', attachment: null, transcript: null }
  try {
    const path = await pathBelow(parts.folder, file)
    const transcript = await transcriptOf(path, parts)
    if (attach !== 'attach') return { state: attach, attachment: null, transcript }
    const attachment = await attachmentOf(payload, path, parts)
    return { state: attachment ? 'attached' : 'too-large', attachment, transcript }
  } catch (error) {
    parts.log.warn('a voice message could not be attached to its mail', { file, error })
    return { state: 'missing', attachment: null, transcript: null }
  }
}

/** Symbolic links and `..` are followed first and judged then. */
async function pathBelow(folder: string, file: string): Promise<string> {
  const root = await realpath(folder)
  const path = await realpath(resolve(root, file))
  if (!path.startsWith(root + sep)) throw new Error('the recording lies outside the recordings folder')
  return path
}

async function attachmentOf(payload: MissedCallPayload, path: string, { mp3, log }: VoiceParts) {
  const wav = await readUpTo(path, LARGEST_RECORDING)
  if (!wav) return null
  const small = mp3 && (await encode(mp3, wav, log))
  const content = small ?? wav
  if (content.length > LARGEST_ATTACHMENT) return null
  return {
    filename: voicemailName(payload, small ? 'mp3' : 'wav'),
    contentType: small ? 'audio/mpeg' : 'audio/wav',
    content,
  }
}

async function readUpTo(path: string, most: number): Promise<Buffer | null> {
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    return size > most ? null : await handle.readFile()
  } finally {
    await handle.close()
  }
}

async function encode(argv: readonly [string, ...string[]], wav: Buffer, log: Logger): Promise<Buffer | null> {
  const made = await runProgram({ argv, stdin: wav, timeoutMs: 20_000 })
  if (made.kind === 'done' && made.stdout.length > 0) return made.stdout
  log.warn('a voice message goes as WAV: it could not be made an mp3', { why: made.kind === 'failed' ? made.why : '' })
  return null
}

/** Kept beside the recording, so that every recipient and every try of the mail gets the same words. */
async function transcriptOf(path: string, { transcription, log }: VoiceParts): Promise<string | null> {
  const rules = transcription()
  if (!rules) return null
  const kept = await readFile(`${path}.txt`, 'utf8').catch(() => null)
  if (kept !== null) return kept || null
  const [program = '', ...rest] = rules.command.map((word) => word.replaceAll('{file}', path))
  const named = rules.command.some((word) => word.includes('{file}'))
  const heard = await runProgram({
    argv: [program, ...rest, ...(named ? [] : [path])],
    timeoutMs: rules.deadlineMs,
    maxOutput: 100_000,
    maxMemory: null,
    maxCpu: null,
  })
  if (heard.kind === 'failed') {
    log.warn('a voice message could not be put into words', { why: heard.why })
    return null
  }
  const text = cleanText(heard.stdout.toString('utf8'), LONGEST_TRANSCRIPT)
  await writeFile(`${path}.txt`, text, { mode: 0o600 })
  return text || null
}
