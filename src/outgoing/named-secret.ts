/** Secrets that the configuration names and does not hold: read where they stand each time they are needed, and kept nowhere. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { SecretPlace } from '../config/secret-place.ts'

/** Says which secret is missing, never what it is. */
export class SecretMissing extends Error {
  override name = 'SecretMissing'
}

export type ReadSecret = (place: SecretPlace) => string

/** `folder`: what relative files are below. */
export function secretsFrom(env: NodeJS.ProcessEnv, folder: string): ReadSecret {
  return (place) => {
    if ('env' in place) {
      const value = env[place.env]
      if (!value) throw new SecretMissing(`the variable ${place.env} with the secret is not set`)
      return value
    }
    let value = ''
    try {
      value = readFileSync(resolve(folder, place.file), 'utf8').replace(/\r?\n$/, '')
    } catch {
      throw new SecretMissing(`the file ${place.file} with the secret cannot be read`)
    }
    if (!value) throw new SecretMissing(`the file ${place.file} with the secret is empty`)
    return value
  }
}
