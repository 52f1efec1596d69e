/** Which sounds lie in a folder, and which of them Asterisk cannot play. */
import { opendir, open, realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { readWav } from './wav.ts'

/** Suffixes of `core show file formats` that hold speech; case counts: `.WAV` is GSM in a WAV. */
const playable = ['wav', 'wav16', 'WAV', 'wav49', 'gsm', 'g722', 'ulaw', 'ul', 'mu', 'pcm', 'alaw', 'al', 'sln', 'slin', 'raw', 'sln16', 'ogg', 'opus'] // prettier-ignore
const convertible = ['mp3', 'm4a', 'aac', 'flac', 'webm', 'aif', 'aiff', 'wma', 'mp4', 'oga']
const MOST_FILES = 20_000
const DEEPEST = 8

export type FormatFault = 'needs-conversion' | 'wrong-rate' | 'not-mono' | 'not-16-bit' | 'broken'
export interface SoundFault {
  /** Path below the folder, with suffix. */
  path: string
  id: FormatFault
  /** What was found: `44100 Hz`, `2`. */
  found: string
}

/** One sound in one or several formats, as Asterisk names it. */
export interface Sound {
  /** Path below the folder, without suffix. */
  path: string
  faults: SoundFault[]
}

/** Every sound below `folder`, by path without suffix. Hidden files and links that lead outside are left out; a missing folder is empty. */
export async function listSounds(folder: string): Promise<Map<string, Sound>> {
  const sounds = new Map<string, Sound>()
  const root = await realpath(folder).catch(() => null)
  if (root === null) return sounds
  for await (const path of filesBelow(root)) {
    const dot = path.lastIndexOf('.')
    const suffix = dot > path.lastIndexOf('/') + 1 ? path.slice(dot + 1) : ''
    const known = playable.includes(suffix)
    if (!known && !convertible.includes(suffix.toLowerCase()) && suffix.toLowerCase() !== 'wav') continue
    const base = path.slice(0, dot)
    const sound = sounds.get(base) ?? { path: base, faults: [] }
    const fault = known ? await faultOf(join(root, path), suffix) : { id: 'needs-conversion' as const, found: suffix }
    if (fault) sound.faults.push({ path, ...fault })
    if (known || !sounds.has(base)) sounds.set(base, sound)
  }
  return sounds
}

async function* filesBelow(root: string): AsyncGenerator<string> {
  const folders = [root]
  let seen = 0
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const entries = await opendir(folder).catch(() => null)
    if (!entries) continue
    for await (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || ++seen > MOST_FILES) continue
      const path = join(folder, entry.name)
      const real = entry.isSymbolicLink() ? await realpath(path).catch(() => '') : path
      if (!real.startsWith(root + sep)) continue
      if (entry.isDirectory()) {
        if (relative(root, path).split(sep).length < DEEPEST) folders.push(path)
      } else yield relative(root, path).split(sep).join('/')
    }
  }
}

/** Asterisk's format_wav reads the header itself and refuses all but mono 16 bit of the one rate. */
async function faultOf(path: string, suffix: string): Promise<{ id: FormatFault; found: string } | null> {
  const rate = { wav: 8000, wav16: 16_000 }[suffix]
  if (rate === undefined) return null
  const file = await open(path).catch(() => null)
  if (!file) return { id: 'broken', found: 'unreadable' }
  try {
    const head = Buffer.alloc(4096)
    const { bytesRead } = await file.read(head, 0, head.length, 0)
    const wav = readWav(head.subarray(0, bytesRead))
    if (!wav) return { id: 'broken', found: 'no WAV header' }
    if (wav.channels !== 1) return { id: 'not-mono', found: String(wav.channels) }
    if (wav.encoding !== 1 || wav.bits !== 16) return { id: 'not-16-bit', found: `${wav.encoding}/${wav.bits}` }
    if (wav.rate !== rate) return { id: 'wrong-rate', found: `${wav.rate} Hz` }
    return null
  } finally {
    await file.close()
  }
}
