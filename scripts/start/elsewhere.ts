/** `--ari`: an Asterisk that runs already. Nothing of it is touched; what it needs is written to a folder and printed to be pasted. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Config } from '../../src/config/schema.ts'
import type { PromptLibrary } from '../../src/prompts/library.ts'
import { musicClasses, renderMusicOnHold } from '../../src/prompts/music-on-hold.ts'
import { ASTERISK_CONFIG } from '../rig/local-asterisk.ts'
import { siteFiles } from '../rig/site-files.ts'
import { siteOf } from './asterisk-site.ts'
import { keptPasswords } from './kept.ts'
import type { Ari } from './daemon-env.ts'
import type { Terminal } from './terminal.ts'

export interface ElsewhereOptions {
  /** `--ari` */
  ari: string | null
  ariUser: string
  config: Config
  configFile: string
  library: PromptLibrary
  app: string
  dataFolder: string
  settings: NodeJS.ProcessEnv
  terminal: Terminal
}

export async function startElsewhere(options: ElsewhereOptions): Promise<Ari> {
  const { config, configFile, library, app, dataFolder, settings, terminal } = options
  const url = options.ari ?? ''
  const kept = await keptPasswords(dataFolder, [])
  const password = (await givenPassword(settings)) ?? kept.ariPassword
  const ports = { http: Number(new URL(url).port || 8088), sip: 5060, rtp: [10_000, 10_998] as [number, number] }
  const site = siteFiles(siteOf(config, { app, bind: '0.0.0.0', ports, kept: allKnown(config, password) }))
  const { classes } = await musicClasses(config.music, library, config.company.language)

  const folder = join(dataFolder, 'for-asterisk')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await cp(join(ASTERISK_CONFIG, 'perezvon.conf'), join(folder, 'perezvon.conf'))
  await writeFile(join(folder, 'globals.conf'), site['globals.conf'] ?? '')
  await writeFile(join(folder, 'music.conf'), renderMusicOnHold(classes))
  await writeFile(join(folder, 'features.conf'), site['features.conf'] ?? '')

  terminal.line()
  terminal.say('elsewhere-intro', { url, folder })
  terminal.line()
  terminal.say('elsewhere-copy')
  paste(terminal, ['mkdir -p /etc/asterisk/perezvon', `cp ${folder}/*.conf /etc/asterisk/perezvon/`])
  pieces(options.ariUser, password, ports.http).forEach(({ file, lines }, i) => {
    terminal.say('elsewhere-paste', { n: i + 2, file })
    paste(terminal, lines)
  })
  const next = pieces('', '', 0).length + 2
  terminal.say('elsewhere-sounds', { n: next })
  paste(terminal, [
    `setfacl -m u:asterisk:x ${dataFolder}`,
    `setfacl -R -m u:asterisk:rX -m d:u:asterisk:rX ${join(dataFolder, 'sounds')} ${resolve(dirname(configFile))}`,
  ])
  terminal.say('elsewhere-reload', { n: next + 1 })
  paste(terminal, [
    'asterisk -rx "module unload bridge_native_rtp.so"',
    'asterisk -rx "module reload http"',
    'asterisk -rx "module reload res_ari.so"',
    'asterisk -rx "moh reload"',
    'asterisk -rx "module reload features"',
    'asterisk -rx "dialplan reload"',
  ])
  terminal.say('elsewhere-more')
  return { url, user: options.ariUser, password }
}

/** What to add to which file of /etc/asterisk. */
function pieces(user: string, password: string, port: number): { file: string; lines: string[] }[] {
  return [
    {
      file: '/etc/asterisk/http.conf',
      lines: ['[general]', 'enabled = yes', 'bindaddr = 127.0.0.1', `bindport = ${port}`, 'sessionlimit = 500'],
    },
    {
      file: '/etc/asterisk/ari.conf',
      lines: [
        '[general]',
        'enabled = yes',
        'websocket_write_timeout = 5000',
        '',
        `[${user}]`,
        'type = user',
        'read_only = no',
        `password = ${password}`,
      ],
    },
    {
      file: '/etc/asterisk/extensions.conf',
      lines: ['#include perezvon/globals.conf', '#include perezvon/perezvon.conf'],
    },
    { file: '/etc/asterisk/musiconhold.conf', lines: ['#include perezvon/music.conf'] },
    { file: '/etc/asterisk/features.conf', lines: ['[applicationmap]', '#include perezvon/features.conf'] },
    { file: '/etc/asterisk/modules.conf', lines: ['noload = bridge_native_rtp.so'] },
  ]
}

function paste(terminal: Terminal, lines: readonly string[]): void {
  terminal.line()
  for (const line of lines) terminal.line(line === '' ? '' : `    ${line}`)
  terminal.line()
}

async function givenPassword(settings: NodeJS.ProcessEnv): Promise<string | null> {
  const file = settings['PEREZVON_ARI_PASSWORD_FILE']
  if (file) return (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
  return settings['PEREZVON_ARI_PASSWORD'] || null
}

/** The phones are the other Asterisk's own: no passwords of theirs are needed to write the dialplan's values. */
function allKnown(config: Config, ariPassword: string) {
  const endpoints = Object.values(config.people).flatMap(({ rings }) => rings)
  const phones = endpoints.flatMap((device) => (device.kind === 'phone' ? [[device.extension, 'unused'] as const] : []))
  return { ariPassword: ariPassword.replace(/[^\w.~!*+-]/g, 'x'), phones: Object.fromEntries(phones) }
}
