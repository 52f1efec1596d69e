/**
 * The texts of the settings before anybody looks at them: from the environment, and secrets from the files that it
 * names.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { fromFile, variables } from './env-values.ts'
import type { SettingProblem } from './env.ts'

/** More than any key or list of servers; a file that never ends (`/dev/zero`) is not read for ever. */
const LARGEST_SECRET = 64 * 1024

/** `NAME_FILE` stands for the content of the file; empty variables count as not set. */
export function settingTexts(
  env: Readonly<Record<string, string | undefined>>,
  problems: SettingProblem[],
): Record<string, string> {
  const texts: Record<string, string> = {}
  // what is no Unicode is made some: no later step stumbles over half a sign
  for (const name of Object.keys(variables.shape)) if (env[name]) texts[name] = Buffer.from(env[name]).toString('utf8')
  for (const name of fromFile) {
    const file = env[`${name}_FILE`]
    if (!file) continue
    const refuse = (id: SettingProblem['id'], text = file) => problems.push({ name: `${name}_FILE`, id, text })
    if (texts[name]) refuse('both', name)
    const read = readSecret(file)
    if (typeof read === 'string') texts[name] = read
    else refuse(read.id)
  }
  for (const [name, text] of Object.entries(texts)) {
    if (/\S/.test(text)) continue
    problems.push({ name, id: 'blank', text: '' })
    delete texts[name]
  }
  return texts
}

/** Without the line's end that editors add, and without the mark that Windows puts before it. */
function readSecret(file: string): string | { id: 'file-unreadable' | 'file-too-large' | 'file-empty' } {
  const bytes = Buffer.alloc(LARGEST_SECRET + 1)
  let size = 0
  try {
    const handle = openSync(file, 'r')
    try {
      // a pipe gives what is in it piece by piece
      for (let got = -1; got !== 0 && size < bytes.length; size += got)
        got = readSync(handle, bytes, size, bytes.length - size, null)
    } finally {
      closeSync(handle)
    }
  } catch {
    return { id: 'file-unreadable' }
  }
  if (size > LARGEST_SECRET) return { id: 'file-too-large' }
  const text = bytes
    .toString('utf8', 0, size)
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n$/, '')
  return text === '' ? { id: 'file-empty' } : text
}
