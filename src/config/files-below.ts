/** Reading below the configuration folder, and never outside of it: not by `..`, not by an absolute path, not through a link. */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'

export const biggestFile = 1_048_576

export type ReadResult = { text: string } | { refused: 'unreadable' | 'outside' | 'too-big' | 'not-utf8'; why: string }

export type BytesResult = { bytes: Buffer } | { refused: 'missing' | 'unreadable' | 'outside' | 'too-big'; why: string }

/** A file of whatever kind, of at most `biggest` bytes, without holding up anybody. */
export async function readBytesBelow(folder: string, file: string, biggest: number): Promise<BytesResult> {
  try {
    const real = await realpath(join(folder, file))
    if (!isBelow(await realpath(folder), real)) return { refused: 'outside', why: real }
    const { size, isFile: isOne } = await stat(real).then((found) => ({ size: found.size, isFile: found.isFile() }))
    if (!isOne) return { refused: 'unreadable', why: 'not a file' }
    if (size > biggest) return { refused: 'too-big', why: `${size} bytes` }
    return { bytes: await readFile(real) }
  } catch (error) {
    const why = reason(error)
    return { refused: why === 'ENOENT' ? 'missing' : 'unreadable', why }
  }
}

/** When a file was last written: milliseconds since 1970; null: it is not there. */
export async function changedAt(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs
  } catch {
    return null
  }
}

/** A text file, UTF-8 with or without a byte order mark, at most 1 MiB. */
export function readBelow(folder: string, file: string): ReadResult {
  try {
    const real = realpathSync(join(folder, file))
    if (!isBelow(realpathSync(folder), real)) return { refused: 'outside', why: real }
    return readText(real)
  } catch (error) {
    return { refused: 'unreadable', why: reason(error) }
  }
}

/** The same without a folder to stay in: for the file that the admin named himself. */
export function readText(path: string): ReadResult {
  try {
    const stat = statSync(path)
    if (!stat.isFile()) return { refused: 'unreadable', why: 'not a file' }
    if (stat.size > biggestFile) return { refused: 'too-big', why: `${stat.size} bytes` }
    const bytes = readFileSync(path)
    if (bytes.length > biggestFile) return { refused: 'too-big', why: `${bytes.length} bytes` }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    if (error instanceof TypeError) return { refused: 'not-utf8', why: error.message }
    return { refused: 'unreadable', why: reason(error) }
  }
}

/** The files that a pattern like `flows/*.yaml` means, relative to the folder, sorted. `*` stays within one name; hidden files are left out. */
export function matchBelow(folder: string, pattern: string): string[] {
  let found = ['']
  for (const part of pattern.split('/').filter((part) => part && part !== '.')) {
    if (!part.includes('*')) {
      found = found.map((path) => join(path, part))
      continue
    }
    const name = new RegExp(`^(?!\\.)${part.split('*').map(escapeRegExp).join('[^/]*')}$`, 'u')
    found = found.flatMap((path) =>
      namesIn(join(folder, path))
        .filter((entry) => name.test(entry))
        .map((entry) => join(path, entry)),
    )
  }
  return found.filter((path) => isFile(join(folder, path))).map((path) => path.split(sep).join('/'))
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** Names in a folder, sorted; none when it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`)
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function reason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
