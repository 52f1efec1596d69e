/** The pages behind the buttons of a mail over real HTTP, and cases for them. */
import { casePagesRoom } from '../../src/app/case-pages.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { startHttp } from '../../src/http/server.ts'
import { signCaseKey } from '../../src/notices/case-links.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { configOf } from './config-of.ts'
import { type ThrowAwayDatabase, throwAwayDatabase } from './throw-away-database.ts'

export const SECRET = 'a secret of more than thirty-two characters'
/** Milliseconds since 1970. */
export const NOW = Date.parse('2026-11-24T14:20:00+05:00')
/** Milliseconds. */
export const DAY = 86_400_000

const config = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  john: { name: John, rings: PJSIP/102, email: john@example.ru, language: en }
groups: { operators: { members: [anna] } }
lines: { "+7 343 200-11-22": { name: "Главный <b>", flow: main } }
flows: { main: [{ ring: operators }, { hangup: busy }] }
missed_calls: { mail: { to: [group] } }
`)

export class CasePagesHouse {
  #database: ThrowAwayDatabase
  #server: Awaited<ReturnType<typeof startHttp>>
  #cases = 0
  /** The newest case. */
  caseId = ''

  private constructor(database: ThrowAwayDatabase, server: Awaited<ReturnType<typeof startHttp>>) {
    this.#database = database
    this.#server = server
  }

  static async open(): Promise<CasePagesHouse> {
    const database = await throwAwayDatabase()
    const settings = { http: { publicUrl: 'https://pbx.example.ru' } }
    const ground = { prisma: database.prisma, clock: { now: () => NOW }, config: () => config, settings }
    const server = await startHttp({
      host: '127.0.0.1',
      port: 0,
      checks: {},
      metrics: createMetrics('1'),
      collect: () => Promise.resolve(),
      cases: casePagesRoom(ground, { linkSecret: SECRET }),
      log: silentLogger,
    })
    return new CasePagesHouse(database, server)
  }

  get prisma() {
    return this.#database.prisma
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`
  }

  /** Somebody who gives himself this name was lost a moment ago. */
  async lose(callerName: string): Promise<void> {
    this.caseId = `case-${++this.#cases}`
    const id = `call-${this.#cases}`
    await this.prisma.call.create({
      data: { id, direction: 'inbound', node: 'n', caller: '+79123456789', callerShown: '+79123456789', callerName, arrivedAt: new Date(NOW), configVersion: '1' }, // prettier-ignore
    })
    await this.prisma.case.create({
      data: { id: this.caseId, caller: '+79123456789', line: '+73432001122', lineGroup: '+73432001122', openedAt: new Date(NOW - 900_000), lastCallId: id, lastLossAt: new Date(NOW), openKey: `key-${this.#cases}` }, // prettier-ignore
    })
  }

  tokenFor(recipient = 'anna@example.ru', expiresAt = NOW + DAY): string {
    return signCaseKey({ caseId: this.caseId, recipient, expiresAt }, SECRET)
  }

  async close(): Promise<void> {
    await this.#server.close()
    await this.#database.close()
  }
}
