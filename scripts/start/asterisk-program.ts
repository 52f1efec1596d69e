/**
 * The Asterisk that is started: the one in the cache, or one that is installed on this machine.
 *
 * An installed one is shown to the rig in the shape of the cache (a program, its modules, its sounds), by links.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, realpath, rm, symlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { asteriskCache } from '../rig/local-asterisk.ts'

export interface AsteriskProgram {
  /** A folder in the shape of the cache. */
  cache: string
  /** `22.10.1` */
  version: string
}

/** Thrown when `--asterisk` names something else; the message says what was looked for. */
export class NoAsterisk extends Error {
  override name = 'NoAsterisk'
}

/** `named`: `--asterisk`; null takes the cache. `links`: a folder of ours for an installed one. */
export async function findAsterisk(named: string | null, links: string): Promise<AsteriskProgram> {
  if (named === null) return describe(asteriskCache())
  const path = resolve(named)
  if (existsSync(join(path, 'root')) && existsSync(join(path, 'asterisk'))) return describe(path)
  const program = await realpath(path).catch(() => null)
  if (program === null) throw new NoAsterisk(path)
  const prefix = dirname(dirname(program))
  const modules = await firstFolder(await moduleFolders(prefix), 'res_ari.so')
  const data = await firstFolder([join(prefix, 'share/asterisk'), '/usr/share/asterisk', '/var/lib/asterisk'], 'sounds')
  await rm(links, { recursive: true, force: true })
  await mkdir(join(links, 'root/usr/lib/installed-linux-gnu/asterisk'), { recursive: true })
  await mkdir(join(links, 'root/usr/share'), { recursive: true })
  await symlink(program, join(links, 'asterisk'))
  await symlink(modules, join(links, 'root/usr/lib/installed-linux-gnu/asterisk/modules'))
  await symlink(data, join(links, 'root/usr/share/asterisk'))
  await symlink(dirname(program), join(links, 'root/usr/sbin'))
  return describe(links)
}

/** Where distributions and `make install` put them. */
async function moduleFolders(prefix: string): Promise<string[]> {
  const lib = join(prefix, 'lib')
  const below = await readdir(lib).catch(() => [])
  return [
    lib,
    join(prefix, 'lib64'),
    ...below.filter((name) => name.includes('-linux-gnu')).map((name) => join(lib, name)),
  ].map((folder) => join(folder, 'asterisk/modules'))
}

async function firstFolder(folders: string[], holding: string): Promise<string> {
  const found = folders.find((folder) => existsSync(join(folder, holding)))
  if (!found) throw new NoAsterisk(`${holding}: ${folders.join(', ')}`)
  return found
}

async function describe(cache: string): Promise<AsteriskProgram> {
  try {
    const { stdout } = await promisify(execFile)(join(cache, 'asterisk'), ['-V'])
    return { cache, version: /^Asterisk (\d[\w.-]*?)(?:[+~].*)?$/m.exec(stdout)?.[1] ?? stdout.trim() }
  } catch (error) {
    throw new NoAsterisk(error instanceof Error ? error.message : String(error))
  }
}
