/** One run of the crash rig: calls all the time, and deaths in between; then rest, and the judge. The seed replays calls and deaths. */
import { rm, writeFile } from 'node:fs/promises'
import { importContacts } from '../../src/campaigns/import-contacts.ts'
import { loadConfig } from '../../src/config/load.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { listCampaigns, resumeCampaign, startCampaign } from '../../src/store/campaigns.ts'
import { addDoNotCall } from '../../src/store/do-not-call.ts'
import { between, type Chance, chanceFor } from './chance.ts'
import { CrashWorld } from './crash-world.ts'
import { type Death, gather } from './evidence.ts'
import { contactNumbers, crashConfig, DESKS, LISTED, People } from './people.ts'
import { SippCallers } from './sipp/callers.ts'
import { judge, type Judgement } from './witness.ts'

export interface KillRunOptions {
  seed: number
  /** Random deaths. */
  kills: number
  /** Points to die at, `mail.claimed` or `mail.claimed#2`, each once. */
  points?: readonly string[]
  callsPerSecond?: number
  /** Of SIPp's callers. */
  sippPerSecond?: number
  contacts?: number
  /** No further death after so long: a busy machine needs many seconds for a start. */
  withinMs?: number
  main?: string
  onProgress?: (text: string) => void
}
export interface KillRun extends Judgement {
  seed: number
  deaths: { daemon: number; asterisk: number; frozen: number }
  /** From the death to being at work again, ms. */
  backAfter: number[]
  /** Points at which it died. */
  reached: string[]
  /** Points that nobody came to. */
  unreached: string[]
  /** Calls that SIPp made. */
  ofSipp: number
  seconds: number
  /** Left behind when something was violated. */
  dir: string
}

const POINT_MS = 8_000
/** A busy machine needs minutes for a campaign. */
const REST_MS = 240_000
/** So often somebody looks after it. */
const RESUMED_EVERY = 25

export async function killRun(options: KillRunOptions): Promise<KillRun> {
  const { seed, callsPerSecond = 3, sippPerSecond = 0.5, points = [] } = options
  const began = performance.now()
  const world = await CrashWorld.start({
    config: crashConfig(),
    extensions: DESKS,
    ...(options.main && { main: options.main }),
  })
  const killer = new Killer(world, seed, options.onProgress ?? (() => {}))
  let bad = true
  let sipp: SippCallers | null = null
  try {
    const people = new People(world.phone, seed)
    world.startDaemon()
    await world.ready()
    await prepare(world, options.contacts ?? 40 + Math.round(options.kills / 4))
    people.start(callsPerSecond)
    sipp = await SippCallers.start(world, sippPerSecond)
    const until = performance.now() + (options.withinMs ?? Infinity)
    const inTime = () => performance.now() < until
    for (const point of points) if (inTime()) await killer.dieAt(point)
    for (let n = 0; n < options.kills && inTime(); n++) {
      await killer.killSomebody(n)
      if (n % RESUMED_EVERY === 0) await resumeAll(world)
    }
    people.stop()
    await killer.revive()
    const strangers = await sipp.stop()
    await resumeAll(world)
    await rest(world)
    const judgement = judge(await gather(world, people.calls, killer.deaths, strangers))
    bad = judgement.violations.length > 0
    const count = (of: Death['of']) => killer.deaths.filter((death) => death.of === of).length
    return {
      ...judgement,
      seed,
      deaths: { daemon: count('daemon'), asterisk: count('asterisk'), frozen: killer.frozen },
      backAfter: killer.deaths.flatMap(({ at, backAt }) => (backAt ? [backAt - at] : [])),
      reached: killer.reached,
      unreached: killer.unreached,
      ofSipp: strangers.length,
      seconds: (performance.now() - began) / 1_000,
      dir: bad ? world.dir : '',
    }
  } finally {
    sipp?.kill()
    await world.stop(bad)
  }
}

export async function prepare({ prisma, configFile }: CrashWorld, contacts: number): Promise<void> {
  const loaded = loadConfig(configFile)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  const listed = Array.from({ length: 2_000 }, (_, n) => `${LISTED}${1_000_000 + n}`)
  await addDoNotCall(prisma, listed, { source: 'import', detail: null, at: Date.now() })
  const bytes = new TextEncoder().encode(['Phone', ...contactNumbers(contacts)].join('\n'))
  const order = { prisma, config: loaded.config, key: 'orders', listName: 'list.csv', takeFirst: false }
  const { campaign } = await importContacts({ ...order, bytes, at: Date.now() })
  if (!(await startCampaign(prisma, campaign.id, Date.now(), 'rig'))) throw new Error('the campaign did not start')
}

/** After so many calls that came to nothing because Asterisk or we had died the campaign has paused itself, as it should. */
async function resumeAll({ prisma }: CrashWorld): Promise<void> {
  for (const { id } of await listCampaigns(prisma, 'paused')) await resumeCampaign(prisma, id, Date.now())
}

class Killer {
  readonly deaths: Death[] = []
  readonly reached: string[] = []
  readonly unreached: string[] = []
  frozen = 0
  #world: CrashWorld
  #seed: number
  #tell: (text: string) => void

  constructor(world: CrashWorld, seed: number, tell: (text: string) => void) {
    this.#world = world
    this.#seed = seed
    this.#tell = tell
  }

  /** The daemon is sent to a point, and brought back when it has died there. */
  async dieAt(point: string): Promise<void> {
    await this.revive()
    await writeFile(this.#world.crashFile, point)
    // points of the start are only come to by starting
    if (/^(recovery|migration|store.update-Notice|store.update-TestCall|ari.applications)/.test(point)) {
      await this.#kill()
      this.#world.startDaemon()
    }
    const dead = await Promise.race([this.#world.death.then(() => true), sleep(POINT_MS).then(() => false)])
    if (dead) {
      this.deaths.push({ of: 'daemon', at: Date.now(), backAt: null })
      this.reached.push(point)
    } else {
      this.unreached.push(point)
      await rm(this.#world.crashFile, { force: true })
    }
    this.#tell(`${point}${dead ? '' : ': nobody came there'}`)
  }

  /** Somebody dies or stands still, at a time of chance. */
  async killSomebody(n: number): Promise<void> {
    const rnd = chanceFor(this.#seed, 'kill', n)
    if (!this.#world.lives) this.#world.startDaemon()
    // a third dies while it starts or recovers
    if (rnd() > 0.35) await this.revive()
    await sleep(between(rnd, 0, 1_200))
    const what = rnd()
    this.#tell(`${n + 1}: ${await this.#deed(what, rnd)}`)
  }

  async revive(): Promise<void> {
    for (;;) {
      if (!this.#world.lives) this.#world.startDaemon()
      if (await this.#world.ready()) break
    }
    for (const death of this.deaths) death.backAt ??= Date.now()
  }

  async #deed(what: number, rnd: Chance): Promise<string> {
    if (what < 0.04) {
      const death: Death = { of: 'asterisk', at: Date.now(), backAt: null }
      this.deaths.push(death)
      await this.#world.killAsterisk()
      return 'Asterisk died'
    }
    if (what < 0.08) {
      this.frozen++
      this.#world.signal('SIGSTOP')
      await sleep(between(rnd, 500, 2_500))
      this.#world.signal('SIGCONT')
      return 'the daemon stood still'
    }
    await this.#kill()
    if (what > 0.97) {
      await sleep(between(rnd, 4_000, 9_000))
      return 'the daemon died, and stayed away'
    }
    return 'the daemon died'
  }

  async #kill(): Promise<void> {
    this.deaths.push({ of: 'daemon', at: Date.now(), backAt: null })
    await this.#world.killDaemon()
  }
}

/** Resolves when nothing is under way any more, or has been for too long: then the judge will say what. */
export async function rest(world: CrashWorld, config = crashConfig({ callbacks: false })): Promise<void> {
  const { prisma, asterisk, phone } = world
  // call-backs that wait for their time would go on for hours
  await writeFile(world.configFile, config)
  world.signal('SIGHUP')
  for (const end = Date.now() + REST_MS; Date.now() < end; await sleep(250)) {
    const soon = new Date(Date.now() + 30_000)
    const busy = await Promise.all([
      prisma.call.count({ where: { endedAt: null } }),
      prisma.notice.count({ where: { status: { in: ['pending', 'sending'] } } }),
      prisma.callback.count({ where: { status: { in: ['operator', 'client', 'talking'] } } }),
      prisma.contact.count({ where: { OR: [{ status: 'dialing' }, { status: 'queued', dueAt: { lt: soon } }] } }),
      prisma.dialLedger.count({ where: { endedAt: null } }),
    ])
    if (phone.active > 0 || busy.some((count) => count > 0)) continue
    const [channels, book] = await Promise.all([
      asterisk.request<unknown[]>('GET', '/channels'),
      asterisk.cli('database show pzdoor'),
    ])
    if (channels.length === 0 && /\b0 results/.test(book)) return
  }
}
