/** Passwords that `scripts/up` made, so that a softphone which was set up once goes on working. Readable by their owner only. */
import { randomInt } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const shape = z.object({
  ariPassword: z.string().min(12),
  /** By extension. */
  phones: z.record(z.string(), z.string().min(12)),
})
export type Kept = z.output<typeof shape>

/** Letters and digits that are not taken for one another when typed into a phone; 16 of them are 79 bits. */
const SIGNS = 'abcdefghjkmnpqrstuvwxyz23456789'
const LENGTH = 16

export function newPassword(): string {
  return Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join('')
}

/** What is kept in the data folder, with a password for each of `extensions`; those that are new are written down. */
export async function keptPasswords(dataFolder: string, extensions: readonly string[]): Promise<Kept> {
  const file = join(dataFolder, 'up.json')
  const known = await read(file)
  const phones = { ...known?.phones }
  for (const extension of extensions) phones[extension] ??= newPassword()
  const kept = { ariPassword: known?.ariPassword ?? newPassword(), phones }
  if (JSON.stringify(kept) !== JSON.stringify(known)) await write(file, kept)
  return kept
}

async function read(file: string): Promise<Kept | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  const parsed = shape.safeParse(JSON.parse(text))
  if (!parsed.success) throw new Error(`${file} is not what scripts/up wrote; remove it to have new passwords made`)
  return parsed.data
}

async function write(file: string, kept: Kept): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 })
  await writeFile(`${file}.new`, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}
