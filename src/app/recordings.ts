/** Recordings of talks are fetched from Asterisk, kept for a time, and deleted. */
import { join } from 'node:path'
import { RecordingKeeper } from '../recordings/keeper.ts'
import type { AsteriskLink } from '../telephony/link.ts'
import type { Ground } from './ground.ts'

/** Null: this telephony keeps no recordings. */
export function recordingsRoom(ground: Ground, telephony: AsteriskLink): RecordingKeeper | null {
  const { prisma, clock, log, config, settings } = ground
  const { talkRecordings } = telephony
  if (!talkRecordings) return null
  return new RecordingKeeper({
    prisma,
    clock,
    log,
    spool: {
      get ready() {
        return telephony.ready
      },
      save: (name, file) => talkRecordings.save(name, file),
      remove: (name) => talkRecordings.remove(name),
    },
    folder: talkRecordingsFolder(settings.dataFolder),
    keepMs: () => config().recordings.keep,
  })
}

export function talkRecordingsFolder(dataFolder: string): string {
  return join(dataFolder, 'recordings')
}
