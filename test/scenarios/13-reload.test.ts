/** Story 13: the configuration is broken while somebody is on the line, and repaired. */
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ringsForEver } from '../../scripts/rig/far-people.ts'
import { spoken } from '../../scripts/rig/sounds.ts'
import { companyConfig, companyPrompts, QUIET, SOUNDS } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

let world: World
let daemon: Daemon
const news = () => spoken('Новое приветствие, его слышат новые звонки.')

beforeAll(async () => {
  world = await startWorld()
  const prompts = { ...(await companyPrompts()), 'prompts/news': await news() }
  daemon = await startDaemon(world, { config: companyConfig().replace('wait: 3s', 'wait: 60s'), prompts, env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

const metric = async (name: string) => {
  const text = await (await fetch(`${daemon.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}
const logSays = (what: RegExp) =>
  daemon.until(async () => what.test(await daemon.log()), `a line of the log like ${what}`)

it('a broken configuration changes nothing and is told with its line; a good one serves new calls, old calls keep theirs', async () => {
  const { far } = world
  const [greeting, menu, newGreeting] = await Promise.all([SOUNDS.greeting(), SOUNDS.menu(), news()])
  const good = await readFile(daemon.configFile, 'utf8')
  far.on('101', ringsForEver)
  far.on('102', ringsForEver)
  const early = await far.call(OUR_NUMBER, { number: '+79120000001' })
  await early.hears(greeting)

  const broken = good.replace('keys: { 1: { ring: sales }', 'keys: { 1: { ring: sale }')
  const line = broken.split('\n').findIndex((text) => text.includes('ring: sale }')) + 1
  await writeFile(daemon.configFile, broken)
  await logSays(new RegExp(`ERROR .*perezvon\\.yaml:${line}:`))
  expect(await metric('perezvon_config_last_reload_successful')).toBe(0)
  const meanwhile = await far.call(OUR_NUMBER, { number: '+79120000002' })
  await meanwhile.hears(menu)
  await meanwhile.hangup()

  // repaired, and another greeting with it; SIGHUP reads it at once, as the watcher would soon
  await writeFile(
    daemon.configFile,
    good.replace('play: prompts/greeting', 'play: prompts/news').replace('1: { ring: sales }', '1: { hangup: normal }'),
  )
  daemon.hangup()
  await logSays(/new configuration v2 is in force/)
  expect(await metric('perezvon_config_last_reload_successful')).toBe(1)
  const late = await far.call(OUR_NUMBER, { number: '+79120000003' })
  await late.hears(newGreeting)
  await late.hangup()

  // who came before still has the menu that he was told: 1 rings sales, where new callers are hung up on
  const ringing = far.nextCallTo('101')
  await early.press('1')
  await ringing
  await early.hangup()
  const versions = await daemon.until(async (db) => {
    const calls = await db.call.findMany({ where: { endedAt: { not: null } }, orderBy: { arrivedAt: 'asc' } })
    return calls.length === 3 && calls.map((call) => call.configVersion)
  }, 'the ends of the three calls')
  expect(versions[0]).toBe(versions[1])
  expect(versions[2]).not.toBe(versions[0])
})
