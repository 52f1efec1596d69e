/** Secrets of the channels: read where they stand each time they are needed, and kept nowhere. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { SecretPlace } from '../../config/sections/channels.ts'

/** The channel cannot be used as it is configured: every notice would hear the same, and the admin mends it. */
export class ChannelUnusable extends Error {
  override name = 'ChannelUnusable'
}

/** Says which secret is missing, never what it is. */
export class SecretMissing extends ChannelUnusable {
  override name = 'SecretMissing'
}

export type ReadSecret = (place: SecretPlace) => string

export function secretsFrom(env: NodeJS.ProcessEnv, folder: string): ReadSecret {
  return (place) => {
    if ('env' in place) {
      const value = env[place.env]
      if (!value) throw new SecretMissing(`the variable ${place.env} with the channel's secret is not set`)
      return value
    }
    let value = ''
    try {
      value = readFileSync(resolve(folder, place.file), 'utf8').replace(/\r?\n$/, '')
    } catch {
      throw new SecretMissing(`the file ${place.file} with the channel's secret cannot be read`)
    }
    if (!value) throw new SecretMissing(`the file ${place.file} with the channel's secret is empty`)
    return value
  }
}
