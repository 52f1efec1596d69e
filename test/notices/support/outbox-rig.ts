/**
 * The whole way of a mail, from the row in a real database to a real SMTP server, with the clock in the test's hand.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MailChannel } from '../../../src/notices/channels/mail.ts'
import { composeMail } from '../../../src/notices/compose.ts'
import type { MailSettings } from '../../../src/notices/mail-settings.ts'
import { mailDelivery, type MailDeliveryParts } from '../../../src/notices/mail-delivery.ts'
import { OutboxWorker, type OutboxRules, type OutboxWorkerParts } from '../../../src/notices/outbox-worker.ts'
import type { NoticeKind } from '../../../src/notices/payload.ts'
import { silentLogger, type Logger } from '../../../src/runtime/logger.ts'
import { openDatabase } from '../../../src/store/database.ts'
import { Digests } from '../../../src/store/digests.ts'
import { Outbox } from '../../../src/store/outbox.ts'
import { plainComposer } from './composer.ts'
import { CALLED_AT, missedCall } from './samples.ts'

/** The same for every verb. */
export function deadlines(ms: number): MailSettings['deadlines'] {
  return { connectMs: ms, greetingMs: ms, commandMs: ms, dataMs: ms, blockMs: ms, dotMs: ms }
}

export function mailSettings(port: number, change: Partial<MailSettings> = {}): MailSettings {
  return {
    host: '127.0.0.1',
    port,
    tls: 'none',
    ca: null,
    login: null,
    from: 'perezvon@example.ru',
    ehlo: 'pbx.example.ru',
    idHost: 'pbx.example.ru',
    threadSecret: 'test',
    deadlines: deadlines(20_000),
    ...change,
  }
}

/** For a server that goes silent: the test waits so long. */
export const IMPATIENT = deadlines(700)

export async function startOutboxRig(settings: MailSettings) {
  const folder = await mkdtemp(join(tmpdir(), 'perezvon-mail-'))
  const database = await openDatabase(join(folder, 'perezvon.db'))
  const outbox = new Outbox(database.prisma)
  const clock = { time: CALLED_AT + 60_000, now: () => clock.time }
  const results: string[] = []
  const channels: MailChannel[] = []

  /** Another worker on the same database, as after a restart. */
  const makeWorker = (
    change: Partial<OutboxWorkerParts & MailDeliveryParts> & { rules?: Partial<OutboxRules>; log?: Logger } = {},
  ) => {
    const sender = new MailChannel(settings)
    channels.push(sender)
    const log = change.log ?? silentLogger
    const digests = new Digests(database.prisma)
    const composer = plainComposer(settings, folder, { membersOf: (id) => digests.members(id) }, log)
    const mail: MailDeliveryParts = {
      outbox,
      sender,
      compose: (notice, first, attach) => composeMail(notice, first, attach, composer),
      ...change,
    }
    return new OutboxWorker({
      outbox,
      deliver: mailDelivery(mail),
      clock,
      log,
      random: () => 0,
      onResult: (_kind, result) => results.push(result),
      ...change,
      rules: {
        perSecond: 1000,
        serverPause: { firstMs: 1000, maxMs: 60_000 },
        refusalPause: { firstMs: 1000, maxMs: 60_000 },
        ...change.rules,
      },
    })
  }

  return {
    folder,
    database,
    outbox,
    clock,
    results,
    makeWorker,
    write: async (
      id: string,
      row: {
        kind?: NoticeKind
        payload?: object
        recipient?: string
        threadKey?: string | null
        language?: string
        caseId?: string | null
        lane?: string
      } = {},
    ) => {
      clock.time += 1
      await database.prisma.notice.create({
        data: {
          id,
          kind: row.kind ?? 'missed',
          callId: id,
          caseId: row.caseId ?? null,
          lane: row.lane ?? 'mail',
          recipient: row.recipient ?? 'anna@example.ru',
          language: row.language ?? 'ru',
          payload: JSON.stringify(row.payload ?? missedCall()),
          threadKey: row.threadKey ?? null,
          dueAt: new Date(clock.time),
          createdAt: new Date(clock.time),
        },
      })
    },
    row: (id: string) => database.prisma.notice.findUniqueOrThrow({ where: { id } }),
    async [Symbol.asyncDispose]() {
      for (const channel of channels) channel.close()
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
}
