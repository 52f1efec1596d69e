/** Notices: the outbox with a worker for each channel, who writes the words, who gathers, reminds, and says that it is over. */
import { dirname, join } from 'node:path'
import type { Config } from '../config/schema.ts'
import { defaultBackoff } from '../notices/backoff.ts'
import { caseLinks, linkSecret } from '../notices/case-links.ts'
import { channelDelivery } from '../notices/channel-delivery.ts'
import { FailoverMail } from '../notices/channels/failover.ts'
import { MailChannel, type Health, type MailSender } from '../notices/channels/mail.ts'
import { ClosingWorker } from '../notices/closing-worker.ts'
import { type Composer, composeMail } from '../notices/compose.ts'
import { digestGate } from '../notices/digest-gate.ts'
import { EscalationWorker } from '../notices/escalation-worker.ts'
import { Lanes } from '../notices/lanes.ts'
import { mailDelivery } from '../notices/mail-delivery.ts'
import { deadlinesFor, mailServers } from '../notices/mail-settings.ts'
import { defaultOutboxRules, OutboxWorker } from '../notices/outbox-worker.ts'
import { Templates } from '../notices/templates/overrides.ts'
import { mp3Command } from '../notices/voice-message.ts'
import { findPrograms } from '../prompts/programs.ts'
import { composeWeekly } from '../reports/weekly/compose.ts'
import { Digests } from '../store/digests.ts'
import { stillNeeded } from '../store/escalations.ts'
import { Outbox } from '../store/outbox.ts'
import { recordingsFolder } from './calls.ts'
import type { Ground } from './ground.ts'

export interface MailServer extends MailSender {
  verify(): Promise<Health>
  close(): void
}
/** Builds the way to the mail server; nothing is connected before the first mail. */
export type ConnectMail = (ground: Ground) => MailServer

export interface Mail {
  outbox: Outbox
  /** All that works on notices. */
  worker: { start(): Promise<void>; wake(): void; refresh(): void; stop(): Promise<void> }
  sender: MailServer
  /** Signs the links of the mails. */
  linkSecret: string
}

export const connectSmtp: ConnectMail = (ground) => {
  const servers = smtpServers(ground).map((server) => {
    const channel = new MailChannel(server)
    const name = `${server.host}:${server.port}`
    return {
      name,
      send: channel.send.bind(channel),
      verify: channel.verify.bind(channel),
      close: channel.close.bind(channel),
    }
  })
  return new FailoverMail(servers, ground.clock, ground.log)
}

export function mailRoom(ground: Ground, connect: ConnectMail): Mail {
  const { settings, secrets, prisma, journal, clock, log, config } = ground
  const sender = connect(ground)
  const outbox = new Outbox(prisma)
  const digests = new Digests(prisma)
  const secret = linkSecret(settings.dataFolder, secrets.linkSecret)
  const needed = (caseId: string) => stillNeeded(prisma, caseId)
  const composer = composerOf(ground, digests, secret)
  const gate = digestGate({ digests, config, clock, stillNeeded: needed })
  const toMail = mailDelivery({
    outbox,
    sender,
    compose: (notice, first, attach) =>
      notice.kind === 'weekly'
        ? composeWeekly(notice, composer.settings)
        : composeMail(notice, first, attach, composer),
  })
  const configFolder = dirname(settings.configFile)
  const toChannel = channelDelivery({ config, configFolder, env: process.env, writer: composer, clock })
  const lanes = new Lanes({
    wanted: () => lanesOf(config()),
    unfinished: () => outbox.unfinishedLanes(),
    log,
    make: (lane) =>
      new OutboxWorker({
        outbox,
        lane,
        gate,
        deliver: lane === 'mail' ? toMail : toChannel,
        clock,
        log,
        onResult: (kind, result) => ground.metrics.mailSent.inc({ kind, result }),
        rules: rulesOf(ground),
      }),
  })
  const onNotices = () => lanes.wake()
  const escalations = new EscalationWorker({ prisma, journal, clock, log, stillNeeded: needed, onNotices })
  const closings = new ClosingWorker({ prisma, journal, config, clock, log, onNotices })
  const workers = [escalations, closings]
  return {
    outbox,
    sender,
    linkSecret: secret,
    worker: {
      async start() {
        await lanes.start()
        for (const worker of workers) worker.start()
      },
      wake: () => lanes.wake(),
      refresh: () => lanes.refresh(),
      async stop() {
        await Promise.all(workers.map((worker) => worker.stop()))
        await lanes.stop()
      },
    },
  }
}

function composerOf(ground: Ground, digests: Digests, secret: string): Composer {
  const { settings, config, log } = ground
  const beside = process.env['ASTERISK_CACHE']
  const mp3 = mp3Command(findPrograms(beside ? [beside] : []))
  if (mp3) log.info('voice messages are mailed as mp3', { by: mp3[0] })
  else log.warn('voice messages are mailed as WAV: there is neither ffmpeg nor lame')
  const [server] = smtpServers(ground)
  return {
    settings: server!,
    templates: new Templates(join(dirname(settings.configFile), 'templates'), log),
    links: caseLinks(settings.http.publicUrl, secret),
    membersOf: (digestId) => digests.members(digestId),
    voice: {
      folder: recordingsFolder(ground),
      mp3,
      transcription: () => {
        const { transcribe } = config().voicemail
        return transcribe && { command: transcribe.command, deadlineMs: transcribe.deadline }
      },
      log,
    },
  }
}

function lanesOf({ channels }: Config): string[] {
  const named = (kind: 'webhook' | 'telegram') => Object.keys(channels[kind]).map((name) => `${kind}:${name}`)
  return ['mail', ...named('webhook'), ...named('telegram'), ...(channels.sms ? ['sms'] : [])]
}

function rulesOf(ground: Ground) {
  const servers = smtpServers(ground)
  const [{ deadlines }] = servers as [(typeof servers)[number]]
  return {
    backoff: { ...defaultBackoff, firstMs: ground.settings.mail.retryMs },
    // every server may take its time, and before that the message is put into words
    leaseMs: Math.max(defaultOutboxRules.leaseMs, (servers.length + 1) * deadlines.sendMs + 60_000),
  }
}

function smtpServers({ settings, secrets }: Ground) {
  const { from, timeoutMs, dkim } = settings.mail
  const { smtpUrls, dkimKey } = secrets
  const servers = mailServers(smtpUrls, from!, dkimKey ? { ...dkim, key: dkimKey } : null)
  return servers.map((server) => ({ ...server, deadlines: deadlinesFor(timeoutMs) }))
}
