/** Deaths of which no caller knows: in a migration, in a swap of the configuration, in an import of the command line. */
import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Premises } from './premises.ts'

let premises: Premises
beforeEach(async () => void (premises = await Premises.open()))
afterEach(() => premises[Symbol.asyncDispose]())

it.each([
  'migration.before',
  'migration.before#2',
  'migration.after',
  'migration.after#2',
  'journal.before',
  'journal.after',
])('killed in a migration: %s', async (point) => {
  await premises.dieAt(point)
  expect((await premises.daemon().end).signal).toBe('SIGKILL')
  premises.daemon()
  expect(await premises.databaseTrouble()).toBeUndefined()
})

it.each(['config.before-swap', 'config.after-swap'])('killed while it swaps its configuration: %s', async (point) => {
  const { child, end } = premises.daemon()
  await premises.databaseTrouble()
  await premises.dieAt(point)
  const { config } = premises
  await writeFile(config, (await readFile(config, 'utf8')).replace('name: Crash', 'name: Swapped'))
  child.kill('SIGHUP')
  expect((await end).signal).toBe('SIGKILL')
  premises.daemon()
  expect(await premises.databaseTrouble()).toBeUndefined()
})

it.each(['import.before-rows', 'store.insert-Contact.before', 'store.insert-Contact.after', 'import.after-rows'])(
  'killed in an import: %s: nobody is called before the list is whole',
  async (point) => {
    const list = premises.file('list.csv')
    await writeFile(list, ['Phone', '+79141000001', '+79141000002'].join('\n'))
    const importing = () => premises.order('campaign', 'import', list, '--campaign', 'orders')
    await premises.dieAt(point)
    expect((await importing()).signal).toBe('SIGKILL')
    const { contact } = premises.prisma
    expect(await contact.count({ where: { status: { not: 'loading' } } })).toBe(0)
    const again = await importing()
    expect(again).toMatchObject({ code: 0 })
    expect(await contact.count({ where: { status: 'queued' } })).toBe(2)
  },
)
