/** Whether the data folder can be used at all: a wrong PEREZVON_DATA is a sentence, not a stack trace. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SettingProblem } from './env.ts'

/**
 * The machine's words for "this place is not for you". A full disk is none of them: it passes without a change of the
 * setting.
 */
const UNUSABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENAMETOOLONG', 'ENOENT', 'ELOOP'])

/** The problem behind an error of the file system; null: it has nothing to do with the setting. */
export function dataFolderProblem(folder: string, error: unknown): SettingProblem | null {
  const { code, message } = error as NodeJS.ErrnoException
  if (!(error instanceof Error) || code === undefined || !UNUSABLE.has(code)) return null
  return { name: 'PEREZVON_DATA', id: 'folder-unusable', text: folder, why: message.split(',')[0]! }
}

/** Makes the folder where it is missing. Null: it may be written, and the database in it too. */
export function checkDataFolder(folder: string): SettingProblem | null {
  try {
    makeFolder(folder)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    const database = join(folder, 'perezvon.db')
    if (existsSync(database)) accessSync(database, constants.R_OK | constants.W_OK)
    return null
  } catch (error) {
    const problem = dataFolderProblem(folder, error)
    if (problem) return problem
    throw error
  }
}

/** Node's own recursive mkdir never ends below a folder in which nothing can be made (`/proc`). */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && statSync(folder).isDirectory()) return
    const parent = dirname(folder)
    if (code !== 'ENOENT' || parent === folder || existsSync(parent)) throw error
    makeFolder(parent)
    mkdirSync(folder, { mode: 0o700 })
  }
}
