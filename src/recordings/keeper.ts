/**
 * Recordings of talks, from Asterisk's spool to our folder and out of it again when their time is over.
 *
 * Asterisk writes a recording while two people talk without us, so it is fetched when the call is over, by whichever life of the daemon comes to
 * it; who dies in between fetches it again to the same place. A file bears the id of its call and nothing else: who may list the folder learns no
 * numbers.
 */
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { Poller } from '../runtime/poller.ts'
import type { Prisma } from '../store/database.ts'
import { markRecording, recordingsBefore, recordingsToFetch, type TalkRecording } from '../store/talk-recordings.ts'

/** Asterisk's spool. */
export interface RecordingSpool {
  readonly ready: boolean
  /** `missing`: there is none of this name. */
  save: (name: string, file: string) => Promise<'saved' | 'missing'>
  remove: (name: string) => Promise<void>
}

export interface KeeperParts {
  prisma: Prisma
  clock: Clock
  log: Logger
  spool: RecordingSpool
  folder: string
  /** How long recordings are kept: milliseconds. */
  keepMs: () => number
}

const EVERY_MS = 10_000
/** Asterisk closes the file a moment after the hang-up. */
const CLOSED_MS = 2_000
/** Of one pass; the next follows. */
const MOST = 20
/** A talk that came to nothing has no recording, and that cannot be told from one that is late. */
const TRIES = 4
const AGAIN_MS = 60_000

export class RecordingKeeper {
  #parts: KeeperParts
  #poller: Poller

  constructor(parts: KeeperParts) {
    this.#parts = parts
    this.#poller = new Poller({ pass: () => this.pass(), everyMs: EVERY_MS, log: parts.log })
  }

  start(): void {
    this.#poller.start()
  }

  stop(): Promise<void> {
    return this.#poller.stop()
  }

  async pass(): Promise<void> {
    const { prisma, clock, spool, keepMs } = this.#parts
    if (!spool.ready) return
    const now = clock.now()
    for (const recording of await recordingsToFetch(prisma, now, now - CLOSED_MS, MOST)) await this.#fetch(recording)
    for (const recording of await recordingsBefore(prisma, now - keepMs(), MOST)) await this.#delete(recording)
  }

  async #fetch(recording: TalkRecording): Promise<void> {
    const { prisma, clock, log, spool, folder } = this.#parts
    const { name, callId, tries } = recording
    const file = fileName(recording)
    const part = join(folder, `${file}.part`)
    let saved: 'saved' | 'missing' | 'failed'
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      saved = await spool.save(name, part)
    } catch (error) {
      // Asterisk still has it: it is asked for until its time is over
      log.warn('the recording of a talk could not be fetched yet', { error, call: callId })
      saved = 'failed'
    }
    if (saved === 'saved') {
      await rename(part, join(folder, file))
      await markRecording(prisma, name, { status: 'kept', file })
      await spool.remove(name).catch((error: unknown) => log.warn('a recording stays in Asterisk', { error, name }))
      return
    }
    await rm(part, { force: true })
    const isLost = saved === 'missing' && tries + 1 >= TRIES
    const later = clock.now() + AGAIN_MS * 2 ** Math.min(tries, 6)
    await markRecording(prisma, name, isLost ? { status: 'lost' } : { status: 'again', dueAt: later })
  }

  /** Wherever it is: one that could not be taken out of Asterisk goes too. */
  async #delete({ name, file, callId }: TalkRecording): Promise<void> {
    const { prisma, log, spool, folder } = this.#parts
    try {
      if (file !== null) await rm(join(folder, file), { force: true })
      await spool.remove(name)
      await markRecording(prisma, name, { status: 'deleted' })
      log.info('the recording of a talk was deleted: its time is over', { call: callId })
    } catch (error) {
      log.error('the recording of a talk should be deleted and is not', { error, call: callId })
    }
  }
}

/** The id is Asterisk's or ours, but a file's name is made of safe letters only. */
function fileName({ callId, nth }: TalkRecording): string {
  const id = callId.replace(/[^0-9A-Za-z-]/g, '-').replace(/^-+/, '')
  return nth > 1 ? `${id}-${nth}.wav` : `${id}.wav`
}
