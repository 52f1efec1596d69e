/** Who hangs up in the very moment in which he calls has called all the same. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sleep } from '../../src/runtime/abort.ts'
import { CrashWorld, MAIN_LINE } from './crash-world.ts'
import { readCel } from './evidence.ts'
import { CALLER, crashConfig, DESKS } from './people.ts'

const CALLS = 60

let world: CrashWorld
beforeAll(async () => {
  world = await CrashWorld.start({ config: crashConfig({ callbacks: false }), extensions: DESKS })
  world.startDaemon()
  await world.ready()
})
afterAll(() => world?.stop())

it('a call that is over before the dialplan has done its first step has its row and its mail', async () => {
  const { phone, prisma, asterisk } = world
  phone.behave = () => 'never'
  for (let n = 0; n < CALLS; n++) {
    const { call } = phone.call(MAIN_LINE, { from: `${CALLER}${5_000_000 + n}`, speaks: false, timeoutMs: 10_000 })
    if (n % 4 > 0) await sleep((n % 4) * 2)
    phone.leave(call)
    await sleep(50)
  }
  const came = async () => {
    const cel = readCel(await readFile(join(asterisk.dir, 'log/cel-custom/Master.csv'), 'utf8'))
    return cel.filter(({ type, caller }) => type === 'CHAN_START' && caller.startsWith(CALLER))
  }
  const allEnded = async () => (await prisma.call.count({ where: { endedAt: { not: null } } })) >= (await came()).length
  for (const until = Date.now() + 30_000; Date.now() < until && !(await allEnded());) await sleep(250)
  const rows = await prisma.call.findMany({ select: { id: true, verdict: true } })
  const calls = await came()
  expect(calls.length).toBeGreaterThan(0)
  expect(calls.filter(({ uniqueId }) => !rows.some(({ id }) => id === uniqueId))).toEqual([])
  expect(rows.filter(({ verdict }) => verdict !== 'missed')).toEqual([])
})
