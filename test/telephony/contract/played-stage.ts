/** The contract's stage in the simulation: its Asterisk, its ARI, its time. */
import { silentLogger } from '../../../src/runtime/logger.ts'
import { AriTelephony } from '../../../src/telephony/ari-telephony.ts'
import { PlayedAri } from '../../simulation/ari.ts'
import { PlayedAsterisk } from '../../simulation/asterisk.ts'
import { Chance } from '../../simulation/chance.ts'
import type { Line, Party } from '../../simulation/channel.ts'
import { Chronicle } from '../../simulation/chronicle.ts'
import { Life } from '../../simulation/life.ts'
import { PlayedTime, settled } from '../../simulation/played-time.ts'
import { House, until } from './house.ts'
import { type Behaviour, CALLER, OUR_NUMBER, type Outsider, type Stage } from './stage.ts'
import type { Story } from './stories.ts'

const PHONES = ['PJSIP/101', 'PJSIP/102']
const CAUSES = { busy: 17, rejects: 21, unallocated: 1, congested: 34 } as const

const LONGEST_MS = 120_000

/** Plays one story; returns what the house saw. */
export async function playOnPlayedStage(story: Story): Promise<string[]> {
  const time = new PlayedTime(Date.parse('2026-11-24T10:00:00+05:00'))
  const giveBack = time.install(new Chance(2))
  try {
    const stage = new PlayedStage(time)
    let over = false
    const playing = stage
      .open()
      .then(() => story.play(stage))
      .finally(() => (over = true))
    playing.catch(() => {}) // told below
    const end = time.now() + LONGEST_MS
    await settled()
    while (!over && (await time.step(end)));
    if (!over) throw new Error(`the story does not come to its end; so far: ${stage.house.trace.join('; ')}`)
    await playing
    return stage.house.trace
  } finally {
    giveBack()
  }
}

class PlayedStage implements Stage {
  readonly sounds = { short: 'sound:short', long: 'sound:long', missing: 'sound:no/such/sound' }
  house!: House
  #time: PlayedTime
  #chance = new Chance(1)
  #asterisk: PlayedAsterisk
  #behaviours = new Map<string, Behaviour>()
  #waiting: { who: string; resolve: (outsider: Outsider) => void }[] = []
  #life: Life | null = null
  #ari: PlayedAri | null = null

  constructor(time: PlayedTime) {
    this.#time = time
    this.#asterisk = new PlayedAsterisk({
      time,
      chance: this.#chance.child(),
      chronicle: new Chronicle(() => time.now(), false),
      partyAt: (endpoint) => this.#partyAt(endpoint),
      fallbackPhones: PHONES,
      maxCalls: 100,
    })
    for (const phone of PHONES) this.#asterisk.setDeviceState(phone, 'NOT_INUSE')
  }

  open(trace: string[] = []): Promise<void> {
    const life = new Life(() => {})
    const ari = new PlayedAri(this.#asterisk, this.#chance.child(), life)
    this.#life = life
    this.#ari = ari
    const address = { url: 'http://127.0.0.1:1', user: '', password: '', app: 'perezvon' }
    const parts = { address, transport: ari, socket: ari.socket, log: silentLogger }
    this.house = new House(trace, (events) => new AriTelephony({ ...parts, events }))
    return this.house.open()
  }

  call = (): Promise<Outsider> => {
    const caller = new PlayedOutsider()
    caller.line = this.#asterisk.incoming(CALLER, OUR_NUMBER, caller.party)
    return Promise.resolve(caller)
  }

  set = (who: string, does: Behaviour): void => void this.#behaviours.set(who, does)

  rung = (who: string): Promise<Outsider> => new Promise((resolve) => this.#waiting.push({ who, resolve }))

  goAway = async (): Promise<void> => {
    await this.house.telephony.stop()
    this.#ari?.disconnect()
    this.#life?.die()
    this.#time.dropTimers()
  }

  comeBack = (): Promise<void> => this.open(this.house.trace)

  #partyAt(endpoint: string): Party | null {
    const who = /^PJSIP\/(\+?\w+)/.exec(endpoint)?.[1] ?? ''
    if (who === 'nobody') return null
    const show = (state: string) => {
      if (PHONES.includes(endpoint)) this.#asterisk.setDeviceState(endpoint, state)
    }
    const does = this.#behaviours.get(who) ?? 'rings'
    const outsider = new PlayedOutsider(() => show('NOT_INUSE'))
    const { party } = outsider
    if (does === 'busy' || does === 'unallocated' || does === 'congested') party.declines = () => CAUSES[does]
    party.rings = (line) => {
      outsider.line = line
      show('RINGING')
      for (const waiting of this.#waiting.splice(0)) {
        if (waiting.who === who) waiting.resolve(outsider)
        else this.#waiting.push(waiting)
      }
      if (does === 'rejects') this.#time.after(300, () => line.refuse(CAUSES.rejects))
      if (does !== 'answers') return
      this.#time.after(300, () => {
        if (line.over) return
        show('INUSE')
        line.answer()
      })
    }
    return party
  }
}

class PlayedOutsider implements Outsider {
  readonly party: Party
  line!: Line
  cause: number | null = null

  constructor(onEnd: () => void = () => {}) {
    this.party = {
      ended: (_line, cause) => {
        this.cause = cause
        onEnd()
      },
    }
  }

  answered(): Promise<void> {
    return until(() => this.line.up, 'an answer')
  }

  press = (keys: string): Promise<void> => Promise.resolve(this.line.press(keys))

  hangup = (): Promise<void> => Promise.resolve(this.line.hangup())

  ended(): Promise<void> {
    return until(() => this.line.over, 'the end')
  }
}
