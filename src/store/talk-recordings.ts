/** Where the recordings of talks are. Their rows are made by the database itself, with the step that says that a talk is recorded. */
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

export interface TalkRecording {
  name: string
  callId: string
  /** When it was begun: milliseconds since 1970. */
  at: number
  /** Of those that could be recorded on this call, from 1: a talk that came to nothing counts. */
  nth: number
  file: string | null
  tries: number
}

/** Those whose call was over by `endedBy` and that are still in Asterisk, oldest first. */
export async function recordingsToFetch(prisma: Prisma, now: number, endedBy: number, most: number) {
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT r."name", r."callId", r."at", r."file", r."tries",
      (SELECT count(*) FROM "TalkRecording" e WHERE e."callId" = r."callId" AND (e."at", e."name") <= (r."at", r."name")) AS "nth"
    FROM "TalkRecording" r JOIN "Call" c ON c."id" = r."callId"
    WHERE r."status" = 'waiting' AND r."dueAt" <= ${now} AND c."endedAt" <= ${endedBy}
    ORDER BY r."dueAt" LIMIT ${most}`
  return rows.map(readRow)
}

/** Those that were begun before `before` and are not deleted yet, wherever they are. */
export async function recordingsBefore(prisma: Prisma, before: number, most: number): Promise<TalkRecording[]> {
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT "name", "callId", "at", "file", "tries", 1 AS "nth" FROM "TalkRecording"
    WHERE "status" <> 'deleted' AND "at" < ${before} LIMIT ${most}`
  return rows.map(readRow)
}

interface Row extends Omit<TalkRecording, 'at' | 'nth'> {
  at: Date
  nth: number | bigint
}

function readRow({ at, nth, ...row }: Row): TalkRecording {
  return { ...row, at: at.getTime(), nth: Number(nth) }
}

/** `again`: it was not there, or could not be fetched; looked for once more at `dueAt`. */
export type RecordingEnd =
  { status: 'kept'; file: string } | { status: 'lost' } | { status: 'deleted' } | { status: 'again'; dueAt: number }

export async function markRecording(prisma: Prisma, name: string, end: RecordingEnd): Promise<void> {
  await retryBusy(() =>
    end.status === 'again'
      ? prisma.$executeRaw`
          UPDATE "TalkRecording" SET "tries" = "tries" + 1, "dueAt" = ${end.dueAt} WHERE "name" = ${name}`
      : prisma.$executeRaw`
          UPDATE "TalkRecording" SET "status" = ${end.status}, "file" = ${end.status === 'kept' ? end.file : null}
          WHERE "name" = ${name}`,
  )
}
