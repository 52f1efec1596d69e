/** Which sound programs this machine has: in PATH, or beside the cached Asterisk (scripts/get-asterisk puts them there). */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Absolute paths; null when missing. `doctor` prints this. */
export interface Programs {
  ffmpeg: string | null
  sox: string | null
  espeak: string | null
  lame?: string | null
}

/** `beside`: further folders, searched after PATH. */
export function findPrograms(beside: string[] = []): Programs {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter((dir) => dir.startsWith('/')), ...beside]
  const find = (name: string) => folders.map((dir) => join(dir, name)).find(isExecutable) ?? null
  return { ffmpeg: find('ffmpeg'), sox: find('sox'), espeak: find('espeak-ng'), lame: find('lame') }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
