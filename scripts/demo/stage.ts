/**
 * The demo's ground, all of it throw-away: an Asterisk with the dialplan of asterisk-config, a second one that is the world outside and
 * the desk phones, a mail server with a page, the daemon with a database of its own. Ports are free ones; nothing leads to the outside.
 */
import { randomUUID } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePrompts } from '../../src/prompts/make-prompts.ts'
import { openLibrary } from '../../src/prompts/library.ts'
import { sleep } from '../../src/runtime/abort.ts'
import type { Language } from '../../src/runtime/i18n.ts'
import { type FarEnd, startFarEnd } from '../rig/far-end.ts'
import { TRUNK_ADDRESSES } from '../rig/far-files.ts'
import { claimPorts } from '../rig/free-ports.ts'
import { ASTERISK_CONFIG, asteriskCache, type LocalAsterisk, startAsterisk } from '../rig/local-asterisk.ts'
import { type MailServer, startMailServer } from '../rig/mail-server.ts'
import { type MailboxPage, startMailboxPage } from '../rig/mailbox-page.ts'
import { siteFiles } from '../rig/site-files.ts'
import { DaemonProcess } from '../start/daemon-process.ts'
import type { Company, Prompt } from './company.ts'

export interface Stage {
  asterisk: LocalAsterisk
  far: FarEnd
  mail: MailServer
  mailbox: MailboxPage
  daemon: DaemonProcess
  /** Environment of the daemon, and of `perezvon` commands beside it. */
  env: NodeJS.ProcessEnv
  configFolder: string
  dataFolder: string
  stop(): Promise<void>
}

/** The piece of music that callers hear: one of those that come with Asterisk. */
export const MUSIC = 'manolo_camp-morning_coffee.wav'

const APP = 'perezvon-demo'
const READY_MS = 30_000
const DRAIN_MS = 12_000

/** `prompts`: their WAV files. `signal`: what was started is ended again. Rejects with its reason, or when something did not start. */
export async function setStage(
  company: Company,
  prompts: Record<Prompt, string>,
  language: Language,
  signal: AbortSignal,
): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), 'perezvon-demo-'))
  const undo: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })]
  const stop = async () => {
    for (const deed of undo.splice(0).toReversed()) await deed()
  }
  /** Remembers how to end what was started, before the next thing is. */
  const started = <T>(thing: T, end: (thing: T) => Promise<unknown>): T => {
    undo.push(() => end(thing))
    signal.throwIfAborted()
    return thing
  }
  try {
    const ours = started(await claimPorts(), (ports) => ports.release())
    const theirs = started(await claimPorts(), (ports) => ports.release())
    const mail = started(await startMailServer(), (server) => server.close())
    const mailbox = started(await startMailboxPage({ mails: mail.mails, language }), (page) => page.close())
    const configFolder = join(dir, 'config')
    await furnish(configFolder, company, prompts)

    const phones = company.phones.map((name) => ({ name, password: randomUUID() }))
    const ari = { url: `http://127.0.0.1:${ours.http}/ari`, user: 'perezvon', password: randomUUID() }
    const local = siteFiles({
      app: APP,
      language,
      operators: company.phones.map((name) => `PJSIP/${name}`),
      defaultDid: company.number,
      ariPassword: ari.password,
      bind: '127.0.0.1',
      ports: ours,
      phones,
      trunks: [
        { name: 'provider', contact: `${TRUNK_ADDRESSES.provider}:${theirs.sip}`, match: [TRUNK_ADDRESSES.provider] },
      ],
      music: [{ name: 'branded', directory: join(configFolder, 'music'), order: 'alpha' }],
    })
    const dataFolder = join(dir, 'data')
    const [asterisk, far] = await Promise.all([
      startAsterisk({
        name: 'demo',
        dir: join(dir, 'asterisk'),
        configDir: ASTERISK_CONFIG,
        files: Object.fromEntries(Object.entries(local).map(([file, text]) => [join('local', file), text])),
        ari,
        language,
      }).then((asterisk) => started(asterisk, (one) => one.stop())),
      startFarEnd({ dir: join(dir, 'far'), ports: theirs, pbx: `127.0.0.1:${ours.sip}`, phones }).then((far) =>
        started(far, (one) => one.stop()),
      ),
      speakPrompts(configFolder, dataFolder, language, signal),
    ])
    const env = {
      ...ofTerminal(),
      LANG: language === 'ru' ? 'ru_RU.UTF-8' : 'en_GB.UTF-8',
      ASTERISK_CACHE: asteriskCache(),
      PEREZVON_CONFIG: configFolder,
      PEREZVON_DATA: dataFolder,
      PEREZVON_ARI_URL: `http://127.0.0.1:${ours.http}`,
      PEREZVON_ARI_PASSWORD: ari.password,
      PEREZVON_ARI_APP: APP,
      PEREZVON_SMTP_URL: `smtp://127.0.0.1:${mail.port}?tls=none`,
      PEREZVON_MAIL_FROM: company.mailFrom,
      PEREZVON_HTTP: `127.0.0.1:${ours.others[0]}`,
    }
    const daemon = started(new DaemonProcess({ env, logFile: join(dir, 'daemon.log') }), (one) => one.stop(DRAIN_MS))
    await Promise.all(company.phones.map((name) => registered(asterisk, name, signal)))
    if (!(await daemon.ready(READY_MS, signal)))
      throw new Error(`the daemon did not become ready:\n${daemon.lastWords}`)
    signal.throwIfAborted()
    return { asterisk, far, mail, mailbox, daemon, env, configFolder, dataFolder, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Nothing of the real system: not its settings, not its secrets. */
function ofTerminal(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR']
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

async function furnish(folder: string, company: Company, prompts: Record<Prompt, string>): Promise<void> {
  await mkdir(join(folder, 'prompts'), { recursive: true })
  await mkdir(join(folder, 'music'))
  await writeFile(join(folder, 'perezvon.yaml'), company.configuration)
  for (const [name, wav] of Object.entries(prompts)) await cp(wav, join(folder, 'prompts', `${name}.wav`))
  await cp(join(asteriskCache(), 'root/usr/share/asterisk/moh', MUSIC), join(folder, 'music', MUSIC))
}

/** What the daemon says by itself, before the first caller: on a slow machine it would still be speaking when he comes. */
async function speakPrompts(
  configDir: string,
  dataDir: string,
  language: Language,
  signal: AbortSignal,
): Promise<void> {
  const library = await openLibrary({ configDir, dataDir, beside: [asteriskCache()] })
  const { failed } = await makePrompts({ library, languages: [language], signal })
  signal.throwIfAborted()
  if (failed[0]) throw new Error(`a prompt could not be spoken: ${failed[0].prompt}: ${failed[0].why}`)
}

async function registered(asterisk: LocalAsterisk, phone: string, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await sleep(50, signal)) {
    const { state } = await asterisk.request<{ state: string }>('GET', `/endpoints/PJSIP/${phone}`)
    if (state === 'online') return
  }
  throw new Error(`phone ${phone} did not register`)
}
