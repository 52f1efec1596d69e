/** Whether a number that a caller gives for his call-back may be dialled: asked before anything is promised to him. */
import type { Config } from '../config/schema.ts'
import { refusedPrefix } from '../dialling/allow-list.ts'
import { ownNumbers } from '../dialling/caller-id.ts'
import type { Prisma } from '../store/database.ts'

export async function mayBeCalled(prisma: Prisma, config: Config, number: string): Promise<boolean> {
  const { company, dialling, missed_calls, trunks } = config
  const rules = missed_calls.callback
  if (!rules || Object.keys(trunks).length === 0 || rules.never.includes(number)) return false
  if (ownNumbers(config).has(number) || refusedPrefix(number, { country: company.country, ...dialling })) return false
  return (await prisma.doNotCall.count({ where: { number } })) === 0
}
