/** Samples of what people are told: shown on the terminal, or sent for a test, past the outbox. */
import type { Config } from '../config/schema.ts'
import { channelOf } from '../model/channel-name.ts'
import { cleanText } from '../model/clean-text.ts'
import { parseMailAddress } from '../model/mail-address.ts'
import { channelDelivery } from '../notices/channel-delivery.ts'
import { type Mail, MailChannel } from '../notices/channels/mail.ts'
import { smsText } from '../notices/channels/sms.ts'
import { webhookBody } from '../notices/channels/webhook.ts'
import { commandMessage } from '../notices/command-messages.ts'
import { type Composer, composeMail } from '../notices/compose.ts'
import type { MailSettings } from '../notices/mail-settings.ts'
import { noticeKinds, type NoticeKind } from '../notices/payload.ts'
import { unlinked } from '../notices/plain-words.ts'
import { sampleMembers, sampleNotice } from '../notices/sample.ts'
import { Templates } from '../notices/templates/overrides.ts'
import { writeNotice } from '../notices/write.ts'
import { composeWeekly } from '../reports/weekly/compose.ts'
import { sampleWeekly } from '../reports/weekly/sample.ts'
import type { Language } from '../runtime/i18n.ts'
import type { Logger } from '../runtime/logger.ts'

export interface SampleContext {
  /** What the configuration and the environment say about mail; throws what the command line shows. */
  openMail(): Promise<{
    /** In the order in which they are tried. Throws when none is set; where only the words are looked at it is not asked. */
    servers(): MailSettings[]
    company: { name: string; zone: string }
    /** Language of the company. */
    language: Language
    /** Where own templates may lie: `<config folder>/templates`. */
    templatesFolder: string
    config: Config
    configFolder: string
    env: NodeJS.ProcessEnv
    /** With a public address the sample shows the buttons, which lead nowhere. */
    publicUrl: string | null
  }>
  /** Language of the messages. */
  language: Language
  log: Logger
  print(line: string): void
  exit(code: number): void
}

export interface PreviewOptions {
  language?: string
  html?: boolean
  as?: string
}

type Opened = Awaited<ReturnType<SampleContext['openMail']>>
type Sender = Composer['settings']
type SampleKind = NoticeKind | 'weekly'

/** Of what nobody sends. */
const nobody: Sender = { from: 'perezvon@example.ru', idHost: 'example.ru', threadSecret: '' }

export async function preview(context: SampleContext, kind: string, options: PreviewOptions): Promise<void> {
  if (!isKind(kind)) return badKind(context, kind)
  const opened = await context.openMail()
  const asked = options.language
  if (options.as === undefined || options.as === 'mail') {
    const mail = await sampleMail(context, opened, kind, { recipient: 'somebody@example.ru', asked }, nobody)
    return context.print(options.html ? withPictures(mail) : `Subject: ${mail.subject}\n\n${mail.text}`)
  }
  if (kind === 'weekly') return mailOnly(context)
  const notice = sample(opened, kind, 'somebody@example.ru', asked)
  const composer = composerOf(context, opened, notice, nobody)
  const written = (await writeNotice(notice, 'words-only', composer))!
  const render = (format: 'chat' | 'sms') =>
    composer.templates.render(kind, format, unlinked(written.view), notice.language === 'ru' ? 'ru' : 'en')
  switch (options.as) {
    case 'webhook':
      return context.print(JSON.stringify(JSON.parse(webhookBody(notice, written.calls[0] ?? null)), null, 2))
    case 'telegram':
      return context.print(await render('chat'))
    case 'sms':
      return context.print(smsText(await render('sms'), opened.config.channels.sms?.longest ?? 201))
    default:
      context.print(commandMessage(context.language, 'bad-channel', { name: cleanText(options.as, 40) }))
      context.exit(2)
  }
}

/** Through every server that is set: a second one that does not work is found out before it is needed. */
export async function test(
  context: SampleContext,
  recipient: string,
  options: PreviewOptions & { kind?: string },
): Promise<void> {
  const kind = options.kind ?? 'missed'
  if (!isKind(kind)) return badKind(context, kind)
  if (!channelOf(recipient) && parseMailAddress(recipient) === null) {
    context.print(commandMessage(context.language, 'bad-address', { address: cleanText(recipient, 80) }))
    return context.exit(2)
  }
  const opened = await context.openMail()
  const asked = options.language
  if (channelOf(recipient))
    return kind === 'weekly' ? mailOnly(context) : testChannel(context, opened, sample(opened, kind, recipient, asked))
  const servers = opened.servers()
  const mail = await sampleMail(context, opened, kind, { recipient, asked }, servers[0] ?? nobody)
  for (const server of servers) await testServer(context, server, mail)
}

async function sampleMail(
  context: SampleContext,
  opened: Opened,
  kind: SampleKind,
  { recipient, asked }: { recipient: string; asked: string | undefined },
  sender: Sender,
): Promise<Mail> {
  if (kind !== 'weekly') {
    const notice = sample(opened, kind, recipient, asked)
    return (await composeMail(notice, notice, true, composerOf(context, opened, notice, sender)))!
  }
  const now = Date.now()
  const language = languageFor(opened, asked)
  const payload = JSON.stringify(sampleWeekly(opened.config, language, now))
  return composeWeekly({ id: `sample-${now}`, recipient, language, payload }, sender)
}

/** As a browser shows it that has the HTML and not the mail. */
function withPictures({ html, attachments }: Mail): string {
  return attachments.reduce((page, { cid, contentType, content }) => {
    const picture = `data:${contentType};base64,${content.toString('base64')}`
    return cid === undefined ? page : page.replaceAll(`cid:${cid}`, picture)
  }, html)
}

async function testServer(context: SampleContext, settings: MailSettings, mail: Mail): Promise<void> {
  const { language } = context
  const { host, port } = settings
  const channel = new MailChannel(settings)
  try {
    const health = await channel.verify()
    if (!health.ok) {
      context.print(commandMessage(language, 'not-reached', { host, port, why: health.why }))
      return context.exit(1)
    }
    context.print(commandMessage(language, 'reached', { host, port }))
    const result = await channel.send(mail, new AbortController().signal)
    const address = mail.to
    if (result.kind === 'sent')
      return context.print(commandMessage(language, 'test-sent', { address, response: result.response }))
    context.print(commandMessage(language, 'test-refused', { address, why: result.failure.text }))
    context.exit(1)
  } finally {
    channel.close()
  }
}

async function testChannel(
  context: SampleContext,
  opened: Opened,
  notice: ReturnType<typeof sampleNotice>,
): Promise<void> {
  const { config, configFolder, env } = opened
  const writer = composerOf(context, opened, notice, nobody)
  const deliver = channelDelivery({ config: () => config, configFolder, env, writer, clock: Date })
  const result = await deliver(notice, new AbortController().signal)
  const address = cleanText(notice.recipient, 80)
  if (result.kind === 'sent') return context.print(commandMessage(context.language, 'channel-sent', { address }))
  context.print(commandMessage(context.language, 'test-refused', { address, why: result.why }))
  context.exit(1)
}

function sample(opened: Opened, kind: NoticeKind, recipient: string, asked: string | undefined) {
  const to = { recipient, language: languageFor(opened, asked) }
  return sampleNotice(kind, opened.company, to, Date.now())
}

function languageFor({ language }: Opened, asked: string | undefined): Language {
  return asked === 'ru' || asked === 'en' ? asked : language
}

function composerOf(
  { log }: SampleContext,
  { company, templatesFolder, publicUrl }: Opened,
  notice: ReturnType<typeof sampleNotice>,
  settings: Sender,
): Composer {
  const base = publicUrl?.replace(/\/+$/, '')
  return {
    settings,
    templates: new Templates(templatesFolder, log),
    links: () => (base ? { take: `${base}/case/take/sample`, done: `${base}/case/done/sample` } : null),
    membersOf: () => Promise.resolve(sampleMembers(notice, company)),
    voice: { folder: templatesFolder, mp3: null, transcription: () => null, log },
  }
}

function isKind(kind: string): kind is SampleKind {
  return kind === 'weekly' || (noticeKinds as readonly string[]).includes(kind)
}

function mailOnly(context: SampleContext): void {
  context.print(commandMessage(context.language, 'mail-only'))
  context.exit(2)
}

function badKind(context: SampleContext, kind: string): void {
  context.print(commandMessage(context.language, 'bad-kind', { kind: cleanText(kind, 40) }))
  context.exit(2)
}
