/** One life of the daemon in the played world: the real composition of src/app, with the world's Asterisk, mail server and database. */
import { type App, createApp } from '../../src/app.ts'
import type { Settings } from '../../src/config/env.ts'
import { Secrets } from '../../src/config/secrets.ts'
import type { LiveConfig } from '../../src/config/live-config.ts'
import { PromptLibrary } from '../../src/prompts/library.ts'
import type { Logger } from '../../src/runtime/logger.ts'
import type { Prisma } from '../../src/store/database.ts'
import { AriTelephony } from '../../src/telephony/ari-telephony.ts'
import type { PlayedAri } from './ari.ts'
import type { Life } from './life.ts'
import type { PlayedMailServer } from './played-mail.ts'
import type { PlayedTime } from './played-time.ts'

/** Every prompt is there. */
class PlayedLibrary extends PromptLibrary {
  constructor() {
    super({ configDir: '/nowhere', soundsDir: '/nowhere', asterisk: {}, speech: null as never })
  }
  override refresh = () => Promise.resolve()
  override media = (sound: string) => `sound:${sound}`
  override textMedia = (text: string) => Promise.resolve({ media: `sound:said/${text}` })
}

const library = new PlayedLibrary()
const settings: Settings = {
  configFile: '/nowhere/perezvon.yaml',
  dataFolder: '/nowhere',
  soundsFolder: '/nowhere',
  madeSoundsFolder: '/nowhere',
  tts: null,
  ari: { url: 'http://127.0.0.1:1', user: 'perezvon', app: 'perezvon', transport: 'websocket', sockets: 1 },
  mail: {
    from: 'perezvon@example.ru',
    ehlo: null,
    timeoutMs: null,
    retryMs: 60_000,
    dkim: { domain: null, selector: 'perezvon' },
  },
  http: { host: '127.0.0.1', port: 0, publicUrl: null },
  log: { level: 'error', format: 'text' },
  strict: false,
}

export interface DaemonParts {
  life: Life
  time: PlayedTime
  ari: PlayedAri
  mail: PlayedMailServer
  prisma: Prisma
  liveConfig: LiveConfig
  log: Logger
}

export function bornDaemon({ life, time, ari, mail, prisma, liveConfig, log }: DaemonParts): App {
  const address = { url: settings.ari.url, user: 'perezvon', password: '', app: settings.ari.app }
  return createApp(
    {
      settings,
      secrets: new Secrets({
        ariPassword: 'none',
        smtpUrls: ['smtp://mail.example.ru'],
        dkimKey: null,
        linkSecret: 'played, and never shown to anybody',
        apiToken: null,
      }),
      liveConfig,
      database: { prisma, close: () => Promise.resolve() },
      library,
      version: 'played',
      clock: { now: () => time.daemonNow() },
      log,
      onFenced: () => {},
    },
    {
      asterisk: (_ground, events) => new AriTelephony({ address, transport: ari, socket: ari.socket, events, log }),
      mail: () => mail.forLife(life),
      http: () => Promise.resolve({ port: 0, close: () => Promise.resolve() }),
    },
  )
}
