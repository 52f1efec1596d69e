/** The ground of a scenario: Asterisk with the dialplan of asterisk-config, the world around it, and a mail server. The daemon is not in it. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sleep } from '../../src/runtime/abort.ts'
import { startFarEnd, type FarEnd } from '../../scripts/rig/far-end.ts'
import { TRUNK_ADDRESSES } from '../../scripts/rig/far-files.ts'
import { claimPorts } from '../../scripts/rig/free-ports.ts'
import { ASTERISK_CONFIG, LocalAsterisk } from '../../scripts/rig/local-asterisk.ts'
import { startMailServer, type MailServer } from '../../scripts/rig/mail-server.ts'
import { siteFiles, type Limits, type MusicClass } from '../../scripts/rig/site-files.ts'
import { scriptedPhones, type ScriptedPhones, sipTrunkOf } from './scripted-phones.ts'

export const OUR_NUMBER = '+73432001122'

export interface WorldOptions {
  /** Desk phones; they register by themselves, but for those of `sipPhones`. */
  phones?: string[]
  /** Which of `phones` are left to sipPhone(): nobody plays them before it is asked for. */
  sipPhones?: string[]
  /** Adds the trunk `sip-trunk`, for sipTrunk(). */
  sipTrunk?: boolean
  /** Phones that ring while the daemon is away; all if missing. */
  operators?: string[]
  limits?: Partial<Limits>
  music?: MusicClass[]
  app?: string
}

export interface World extends ScriptedPhones {
  asterisk: LocalAsterisk
  far: FarEnd
  mail: MailServer
  /** The daemon's ARI application as the dialplan calls it. */
  app: string
  /** Where our Asterisk takes SIP over UDP. */
  sipPort: number
  /** Free TCP ports for the daemon. */
  ports: number[]
  /** Scratch folder; goes with the world, unless KEEP_WORLD is set. */
  dir: string
  /** Ends everything; throws if somebody at the far end failed. */
  stop(): Promise<void>
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { phones: extensions = ['101', '102'], sipPhones = [], app = 'perezvon-test' } = options
  const dir = await mkdtemp(join(tmpdir(), 'perezvon-world-'))
  const [ours, theirs, mail] = await Promise.all([claimPorts(), claimPorts(), startMailServer()])
  const phones = extensions.map((name) => ({ name, password: randomUUID() }))
  const ari = { url: `http://127.0.0.1:${ours.http}/ari`, user: 'perezvon', password: randomUUID() }
  const local = siteFiles({
    app,
    language: 'ru',
    operators: (options.operators ?? extensions).map((name) => `PJSIP/${name}`),
    defaultDid: OUR_NUMBER,
    ariPassword: ari.password,
    bind: '127.0.0.1',
    ports: ours,
    phones,
    trunks: [
      ...Object.entries(TRUNK_ADDRESSES).map(([name, address]) => ({
        name,
        contact: `${address}:${theirs.sip}`,
        match: [address],
      })),
      ...(options.sipTrunk ? [sipTrunkOf(theirs.sip)] : []),
    ],
    music: options.music ?? [],
    // what people say in these stories takes no three seconds
    limits: { shortestTalkMs: 0, ...options.limits },
  })
  const asterisk = new LocalAsterisk({
    name: 'under test',
    dir: join(dir, 'asterisk'),
    configDir: ASTERISK_CONFIG,
    files: Object.fromEntries(Object.entries(local).map(([file, text]) => [join('local', file), text])),
    ari,
    language: 'ru',
    verbose: 3,
  })
  const pbx = `127.0.0.1:${ours.sip}`
  const farPhones = phones.filter(({ name }) => !sipPhones.includes(name))
  const startingFar = startFarEnd({ dir: join(dir, 'far'), ports: theirs, pbx, phones: farPhones })
  const scripted = scriptedPhones({
    pbx,
    phones: phones.filter(({ name }) => sipPhones.includes(name)),
    trunkPort: theirs.sip,
    isOnline: (name) => phoneOnline(asterisk, name),
  })
  const stop = async () => {
    const far = await startingFar.catch(() => null)
    const [closed] = await Promise.allSettled([scripted.close()])
    await Promise.all([far?.stop(), asterisk.stop(), mail.close()])
    await Promise.all([ours.release(), theirs.release()])
    if (!process.env['KEEP_WORLD']) await rm(dir, { recursive: true, force: true })
    if (closed.status === 'rejected') throw closed.reason
    if (far && far.failures.length > 0) throw new AggregateError(far.failures, 'somebody at the far end failed')
  }
  try {
    const [far] = await Promise.all([startingFar, asterisk.start()])
    await Promise.all(farPhones.map(({ name }) => phoneOnline(asterisk, name)))
    return { asterisk, far, mail, app, sipPort: ours.sip, ports: ours.others, dir, ...scripted, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Resolves when the phone has registered. */
export async function phoneOnline(asterisk: LocalAsterisk, name: string): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; await sleep(50)) {
    const { state } = await asterisk.request<{ state: string }>('GET', `/endpoints/PJSIP/${name}`)
    if (state === 'online') return
  }
  throw new Error(`phone ${name} did not register`)
}
