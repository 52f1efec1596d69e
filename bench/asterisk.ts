/**
 * One Asterisk for all targets: the configuration that Perezvon ships, with the bench's phone as trunk and as desk phones, and beside it the
 * same calls written as plain dialplan. What does a call cost then tells the two apart, and nothing else.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { claimPorts } from '../scripts/rig/free-ports.ts'
import { ASTERISK_CONFIG, type LocalAsterisk, startAsterisk } from '../scripts/rig/local-asterisk.ts'
import { siteFiles } from '../scripts/rig/site-files.ts'
import { sounds } from './rtp.ts'

/** What to dial for each kind of call; `operator`: 0, 1, … */
export interface Numbers {
  ivr: string
  idle: string
  dial: (operator: number) => string
}

/** Straight into the dialplan. */
export const dialplanNumbers: Numbers = {
  ivr: 'ivr',
  idle: 'idle',
  dial: (operator) => `dial-${extensionOf(operator)}`,
}

/** Our own numbers, and with them perezvon.conf and the daemon. */
export const daemonNumbers: Numbers = {
  ivr: '+73432000001',
  idle: '+73432000002',
  dial: (operator) => `+7343200${extensionOf(operator)}`,
}

/** Desk phones. A caller has one of them to himself, so that nobody waits for anybody. */
export const OPERATORS = 250

export function extensionOf(operator: number): string {
  return String(2000 + operator)
}

export interface BenchAsterisk {
  asterisk: LocalAsterisk
  app: string
  /** Holds `prompts/`: the daemon's configuration goes here. */
  configFolder: string
  /** A TCP port for the daemon. */
  httpPort: number
  sipPort: number
  stop(): Promise<void>
}

/** Room for some 5000 channels: a block of claimPorts has too few, and Asterisk itself skips what is taken. */
const RTP: [number, number] = [10_000, 19_999]
const MENU_SEC = 8
const CHOICE_SEC = 0.5

export async function startBenchAsterisk(dir: string, phonePort: number): Promise<BenchAsterisk> {
  const configFolder = join(dir, 'config')
  await writePrompts(join(configFolder, 'prompts'))
  const ports = await claimPorts()
  const app = 'perezvon-bench'
  const ari = { url: `http://127.0.0.1:${ports.http}/ari`, user: 'perezvon', password: randomUUID() }
  const local = siteFiles({
    app,
    language: 'en',
    operators: [`PJSIP/${extensionOf(0)}`],
    defaultDid: daemonNumbers.ivr,
    ariPassword: ari.password,
    bind: '127.0.0.1',
    ports: { ...ports, rtp: RTP },
    phones: [],
    trunks: [{ name: 'provider', contact: `127.0.0.1:${phonePort}`, match: ['127.0.0.1'] }],
    music: [],
    limits: { maxCalls: 5_000 },
  })
  const extensions = await readFile(join(ASTERISK_CONFIG, 'extensions.conf'), 'utf8')
  const asterisk = await startAsterisk({
    name: 'bench',
    dir: join(dir, 'asterisk'),
    configDir: ASTERISK_CONFIG,
    files: {
      ...Object.fromEntries(Object.entries(local).map(([file, text]) => [join('local', file), text])),
      'local/phones.conf': deskPhones(phonePort),
      'local/bench.conf': plainDialplan(join(configFolder, 'prompts')),
      'extensions.conf': `${extensions}\n#include local/bench.conf\n`,
    },
    ari,
  })
  return {
    asterisk,
    app,
    configFolder,
    httpPort: ports.others[0]!,
    sipPort: ports.sip,
    stop: async () => {
      await asterisk.stop()
      await ports.release()
    },
  }
}

/** The calls without Perezvon: no door, no book, no daemon. */
function plainDialplan(prompts: string): string {
  return `[from-trunk](+)
exten => ivr,1,Goto(bench-ivr,s,1)
exten => idle,1,Answer(0,i)
 same => n,Wait(3600)
exten => _dial-XXXX,1,Dial(PJSIP/\${EXTEN:5},30)
 same => n,Hangup()

[bench-ivr]
exten => s,1,Answer(0,i) ; without \`i\` it waits half a second for the caller's sound
 same => n,Background(${prompts}/menu)
 same => n,WaitExten(5)
 same => n,Hangup()
exten => 1,1,Playback(${prompts}/choice)
 same => n,Hangup()
`
}

/** They do not register: all of them are at the bench's phone, told apart by the number. */
function deskPhones(phonePort: number): string {
  const phones = Array.from({ length: OPERATORS }, (_, operator) => {
    const name = extensionOf(operator)
    return `[${name}](perezvon-phone)
aors = ${name}
[${name}](perezvon-phone-aor)
contact = sip:${name}@127.0.0.1:${phonePort}
qualify_frequency = 0
`
  })
  return phones.join('\n')
}

/** One repeated mu-law byte each. */
async function writePrompts(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const write = (name: 'menu' | 'choice', seconds: number) =>
    writeFile(join(folder, `${name}.ulaw`), Buffer.alloc(seconds * 8000, sounds[name]))
  await Promise.all([write('menu', MENU_SEC), write('choice', CHOICE_SEC)])
}
