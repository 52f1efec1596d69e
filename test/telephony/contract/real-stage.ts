/** The contract's stage on a real Asterisk, with a second one as the outside world. */
import { answers, busy, congested, rejects, ringsForEver, unallocated } from '../../../scripts/rig/far-people.ts'
import { media, spoken } from '../../../scripts/rig/sounds.ts'
import type { Behaviour as FarBehaviour } from '../../../scripts/rig/far-end.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { sleep } from '../../../src/runtime/abort.ts'
import { AriTelephony } from '../../../src/telephony/ari-telephony.ts'
import { WebsocketTransport } from '../../../src/telephony/websocket-transport.ts'
import { startWorld, type World } from '../../support/world.ts'
import { House } from './house.ts'
import { type Behaviour, CALLER, OUR_NUMBER, type Outsider, type Stage } from './stage.ts'
import type { Story } from './stories.ts'

const BEHAVIOURS: Record<Behaviour, FarBehaviour> = {
  answers: answers(),
  rings: ringsForEver,
  busy,
  rejects: rejects(),
  unallocated,
  congested,
}

export interface RealStage {
  /** Returns what the house saw. */
  play(story: Story): Promise<string[]>
  close(): Promise<void>
}

export async function openRealStage(): Promise<RealStage> {
  const world = await startWorld()
  const sounds = {
    short: media(await spoken('Добрый день')),
    long: media(await spoken('Это очень длинное сообщение, которое никто не дослушает до самого конца')),
    missing: 'sound:no/such/sound',
  }
  return {
    play: async (story) => {
      const stage = new OnRealAsterisk(world, sounds)
      await stage.open([])
      try {
        // what the last story left in the book
        await stage.house.book({})
        stage.house.trace.length = 0
        await story.play(stage)
        return stage.house.trace
      } finally {
        await world.far.hangupAll()
        await stage.house.telephony.stop()
      }
    },
    close: () => world.stop(),
  }
}

class OnRealAsterisk implements Stage {
  readonly sounds: Stage['sounds']
  house!: House
  #world: World

  constructor(world: World, sounds: Stage['sounds']) {
    this.#world = world
    this.sounds = sounds
  }

  async open(trace: string[]): Promise<void> {
    const address = { ...this.#world.asterisk.ari, app: this.#world.app }
    const transport = new WebsocketTransport({ address, sockets: 4, log: silentLogger })
    this.house = new House(trace, (events) => new AriTelephony({ address, transport, log: silentLogger, events }))
    await this.house.open()
    await this.#heartbeat((seconds) => seconds > 0)
  }

  call = (): Promise<Outsider> => this.#world.far.call(OUR_NUMBER, { number: CALLER })

  set = (who: string, does: Behaviour): void => this.#world.far.on(who, BEHAVIOURS[does])

  rung = (who: string): Promise<Outsider> => this.#world.far.nextCallTo(who)

  goAway = async (): Promise<void> => {
    await this.house.telephony.stop()
    await this.#heartbeat((seconds) => seconds === 0)
  }

  comeBack = (): Promise<void> => this.open(this.house.trace)

  async #heartbeat(isSo: (seconds: number) => boolean): Promise<void> {
    for (;;) {
      const globals = await this.#world.asterisk.cli('dialplan show globals')
      if (isSo(Number(/PEREZVON_HB=(\d+)/.exec(globals)?.[1] ?? '0'))) return
      await sleep(50)
    }
  }
}
