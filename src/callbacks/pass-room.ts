/** What a pass may still begin: counted when it starts, and less with each try that it begins. */
import type { Config } from '../config/schema.ts'
import { type TrunkUse, trunkUse } from '../dialling/trunk-use.ts'
import { recentDials } from '../store/dial-ledger.ts'
import { trunkFor } from '../dialling/caller-id.ts'
import type { CallbackCallDeps, CallbackTry } from './callback-call.ts'
import { linesLeft, linesNeeded, withinRate } from './room.ts'

const MINUTE = 60_000

export class PassRoom {
  #config: Config
  #calls: Map<string, number>
  #use: Map<string, TrunkUse>
  /** Trunk -> lines of tries that begin, of which the ledger does not know yet. */
  #promised = new Map<string, number>()

  private constructor(config: Config, calls: Map<string, number>, use: Map<string, TrunkUse>) {
    this.#config = config
    this.#calls = calls
    this.#use = use
  }

  /** `tries`: those under way. */
  static async look(
    { prisma, guard, clock }: Pick<CallbackCallDeps, 'prisma' | 'guard' | 'clock'>,
    config: Config,
    tries: readonly CallbackTry[],
  ): Promise<PassRoom> {
    const calls = await recentDials(prisma, 'callback', clock.now() - MINUTE)
    const use = new Map<string, TrunkUse>()
    for (const trunk of Object.keys(config.trunks)) {
      const found = await trunkUse(guard, trunk)
      if (found) use.set(trunk, found)
    }
    const room = new PassRoom(config, calls, use)
    for (const { counted, task } of tries) if (!counted) room.#promise(trunkFor(config, task.line), 1)
    return room
  }

  /** May one more client be dialled over this trunk? */
  allows(trunk: string): boolean {
    const rules = this.#config.missed_calls.callback!
    const of = (name: string) => (this.#calls.get(name) ?? 0) + (this.#promised.get(name) ?? 0)
    const all = Object.keys(this.#config.trunks).reduce((sum, name) => sum + of(name), 0)
    return withinRate({ all, trunk: of(trunk) }, rules) && this.#left(trunk) >= 1
  }

  /** Takes the lines that this person and a client need. False: there are not so many. */
  take(trunk: string, person: string): boolean {
    const outside = this.#config.people[person]?.rings.filter((device) => device.kind === 'outside').length ?? 0
    const own = Object.keys(this.#config.trunks)[0]
    if (trunk === own ? this.#left(trunk) < linesNeeded(outside) : own && this.#left(own) < outside) return false
    this.#promise(trunk, 1)
    if (own && outside > 0) this.#promise(own, outside)
    return true
  }

  #left(trunk: string): number {
    const use = this.#use.get(trunk)
    return use ? linesLeft({ ...use, promised: this.#promised.get(trunk) ?? 0 }) : 0
  }

  #promise(trunk: string, lines: number): void {
    this.#promised.set(trunk, (this.#promised.get(trunk) ?? 0) + lines)
  }
}
