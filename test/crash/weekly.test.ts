/** The daemon dies as it writes the weekly mail: the mail and the next due time are one commit, so it comes once. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { companyConfig, companyPrompts, QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { startWorld, type World } from '../support/world.ts'

const REPORT = { where: { name: 'weekly' } }

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld({ phones: [] })
  daemon = await startDaemon(world, {
    config: companyConfig({ more: 'reports: { weekly: { to: [boss@example.ru], at: "mon 09:00" } }' }),
    prompts: await companyPrompts(),
    env: { ...QUIET, CRASH_FILE: join(world.dir, 'crash') },
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

/** It may be ready before: the week is read beside the start. */
async function dieAsItStarts(point: string): Promise<void> {
  await writeFile(join(world.dir, 'crash'), point)
  await daemon.start().catch(() => {})
  await daemon.died()
}

it('a week is told once, also when we die before it is written and after', async () => {
  const { prisma } = daemon
  const mails = () => prisma.notice.findMany({ where: { kind: 'weekly' } })
  await daemon.until((db) => db.dueReport.findUnique(REPORT), 'the plan')
  await daemon.stop()
  const past = new Date(Date.now() - 60_000)
  await prisma.dueReport.update({ ...REPORT, data: { dueAt: past } })

  await dieAsItStarts('journal.report.due.before')
  expect([await prisma.dueReport.findUnique(REPORT), await mails()]).toMatchObject([{ dueAt: past }, []])
  await dieAsItStarts('journal.report.due.after')
  const { dueAt } = await prisma.dueReport.findUniqueOrThrow(REPORT)
  expect(dueAt.getTime()).toBeGreaterThan(Date.now())
  expect(await mails()).toMatchObject([{ recipient: 'boss@example.ru', status: 'pending' }])

  await daemon.start()
  await daemon.until(async () => (await mails()).every(({ status }) => status === 'sent'), 'the mail')
  expect(await mails()).toHaveLength(1)
  expect(world.mail.mails).toHaveLength(1)
})
