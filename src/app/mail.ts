/** Notices: the outbox with a worker for each channel, who writes the words, who gathers, reminds, and says that it is over. */
import { dirname, join } from 'node:path'
import { defaultBackoff } from '../notices/backoff.ts'
import { caseLinks, linkSecret } from '../notices/case-links.ts'
import { channelDelivery } from '../notices/channel-delivery.ts'
import { FailoverMail } from '../notices/channels/failover.ts'
import { MailChannel, type Health, type MailSender } from '../notices/channels/mail.ts'
import { ClosingWorker } from '../notices/closing-worker.ts'
import { type Composer, composeMail } from '../notices/compose.ts'
import { digestGate } from '../notices/digest-gate.ts'
import { EscalationWorker } from '../notices/escalation-worker.ts'
import { ChannelIllnesses, type IllnessBook } from '../notices/illness.ts'
import { Lanes } from '../notices/lanes.ts'
import { mailDelivery } from '../notices/mail-delivery.ts'
import { MailHealth } from '../notices/mail-health.ts'
import { mailServers } from '../notices/mail-settings.ts'
import { OutboxWorker } from '../notices/outbox-worker.ts'
import { Templates } from '../notices/templates/overrides.ts'
import { mp3Command } from '../notices/voice-message.ts'
import { findPrograms } from '../prompts/programs.ts'
import { composeWeekly } from '../reports/weekly/compose.ts'
import { Digests } from '../store/digests.ts'
import { stillNeeded } from '../store/escalations.ts'
import { type Illness, Illnesses } from '../store/illnesses.ts'
import { Outbox } from '../store/outbox.ts'
import { isNamed, lanesOf, whomToTell } from './alarms.ts'
import { recordingsFolder } from './calls.ts'
import { chatMoves } from './chat-moves.ts'
import type { Ground } from './ground.ts'

export interface MailServer extends MailSender {
  verify(): Promise<Health>
  close(): void
}
/** Builds the way to the mail server; nothing is connected before the first mail. */
export type ConnectMail = (ground: Ground, book: IllnessBook) => MailServer

export interface Mail {
  outbox: Outbox
  /** All that works on notices. */
  worker: { start(): Promise<void>; wake(): void; refresh(): void; stop(): Promise<void> }
  sender: MailServer
  health: MailHealth
  illnesses: ChannelIllnesses
  /** Signs the links of the mails. */
  linkSecret: string
}

export const connectSmtp: ConnectMail = (ground, book) => {
  const servers = smtpServers(ground).map((server) => {
    const channel = new MailChannel(server)
    return {
      name: nameOf(server),
      send: channel.send.bind(channel),
      verify: channel.verify.bind(channel),
      close: channel.close.bind(channel),
    }
  })
  return new FailoverMail(servers, ground.clock, ground.log, { book })
}

export function mailRoom(ground: Ground, connect: ConnectMail): Mail {
  const { settings, secrets, prisma, journal, clock, log, config } = ground
  const outbox = new Outbox(prisma)
  const digests = new Digests(prisma)
  const onNotices = () => lanes.wake()
  const illnesses = new ChannelIllnesses({
    store: new Illnesses(prisma),
    journal,
    clock,
    log,
    company: () => ({ name: config().company.name, zone: config().company.timezone }),
    whom: (channel, ill) => whomToTell(config(), channel, ill),
    unfinishedLanes: () => outbox.unfinishedLanes(),
    onNotices,
  })
  const sender = connect(ground, illnesses)
  const health = new MailHealth(() => sender.verify())
  const secret = linkSecret(settings.dataFolder, secrets.linkSecret)
  const needed = (caseId: string) => stillNeeded(prisma, caseId)
  const composer = composerOf(ground, digests, secret)
  const gate = digestGate({ digests, config, clock, stillNeeded: needed })
  const toMail = mailDelivery({
    outbox,
    sender,
    onHealth: (known) => health.learn(known),
    compose: (notice, first, attach) =>
      notice.kind === 'weekly'
        ? composeWeekly(notice, composer.settings)
        : composeMail(notice, first, attach, composer),
  })
  const configFolder = dirname(settings.configFile)
  const chats = chatMoves(ground, (channel) => whomToTell(config(), channel, new Set()), onNotices)
  const toChannel = channelDelivery({ config, configFolder, env: process.env, writer: composer, chats, clock })
  const lanes = new Lanes({
    wanted: () => lanesOf(config()),
    unfinished: () => outbox.unfinishedLanes(),
    log,
    make: (lane) =>
      new OutboxWorker({
        outbox,
        lane,
        gate,
        book: illnesses,
        deliver: lane === 'mail' ? toMail : toChannel,
        clock,
        log,
        onResult: (kind, result) => ground.metrics.mailSent.inc({ kind, result }),
        rules: { backoff: { ...defaultBackoff, firstMs: settings.mail.retryMs } },
      }),
  })
  const escalations = new EscalationWorker({ prisma, journal, clock, log, stillNeeded: needed, onNotices })
  const closings = new ClosingWorker({ prisma, journal, config, clock, log, onNotices })
  const workers = [escalations, closings, illnesses]
  const servers = smtpServers(ground).map(nameOf)
  const isStillNamed = (illness: Illness) => isNamed(config(), servers, illness)
  return {
    outbox,
    sender,
    health,
    illnesses,
    linkSecret: secret,
    worker: {
      async start() {
        await illnesses.load(isStillNamed)
        await lanes.start()
        for (const worker of workers) worker.start()
      },
      wake: onNotices,
      refresh() {
        lanes.refresh()
        illnesses
          .forget(isStillNamed)
          .catch((error: unknown) => log.error('old illnesses of channels are not forgotten', { error }))
      },
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

function nameOf({ host, port }: { host: string; port: number }): string {
  return `${host}:${port}`
}

function smtpServers({ settings, secrets }: Ground) {
  const { from, ehlo, timeoutMs, dkim } = settings.mail
  const { smtpUrls, dkimKey } = secrets
  const signature = dkimKey ? { ...dkim, key: dkimKey } : null
  return mailServers(smtpUrls, { from: from!, ehlo, dkim: signature, silenceMs: timeoutMs })
}
