/** Act 4: a small reminder campaign, with all the ways in which people take such a call. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Behaviour } from '../../rig/far-end.ts'
import { answers, busy, ringsForEver, unallocated } from '../../rig/far-people.ts'
import { CAMPAIGN, type Role } from '../company.ts'
import { perezvon } from '../perezvon-command.ts'
import { prompt, type Show, type Teller, teller, who } from '../show.ts'
import { textTable } from '../text-table.ts'

const CAMPAIGN_MS = 90_000
const CONTACTS = ['confirms', 'optsOut', 'busy', 'silent', 'gone', 'asks'] as const satisfies Role[]
type Contact = (typeof CONTACTS)[number]

/** What the list must say of each in the end, and how often his phone may have rung. */
const EXPECTED: Record<Contact, { status: string; calls: number }> = {
  confirms: { status: 'completed', calls: 1 },
  optsOut: { status: 'opted-out', calls: 1 },
  busy: { status: 'completed', calls: 2 },
  silent: { status: 'no-answer', calls: 1 },
  gone: { status: 'invalid', calls: 1 },
  asks: { status: 'completed', calls: 1 },
}

export async function campaign(show: Show): Promise<void> {
  const { stage, company, narrator, signal } = show
  const { far } = stage
  const tell = teller(show)
  const list = join(stage.configFolder, '../orders.csv')
  await writeFile(list, company.list)
  const heard = new Set<Contact>()
  for (const contact of CONTACTS) far.on(company.people[contact].number, behaviour(show, tell, contact, heard))
  const handedOver: string[] = []
  far.on('101', async (leg) => {
    handedOver.push(leg.callerNumber)
    await answers({ afterMs: 800, says: show.says.handOver, staysMs: 500 })(leg)
  })

  tell.event('campaign-import')
  const refused = join(stage.configFolder, '../refused.csv')
  const imported = await perezvon(
    stage.env,
    ['campaign', 'import', list, '--campaign', CAMPAIGN, '--refused', refused],
    signal,
  )
  narrator.quote(imported.text)
  await tell.promise('campaign-refused', async () => (await rowsOf(refused)).length === 1)
  tell.event('campaign-start')
  await perezvon(stage.env, ['campaign', 'start', CAMPAIGN, '--waive-test'], signal)
  await tell.promise('campaign-ends', async () => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(CAMPAIGN_MS)])
    await perezvon(stage.env, ['campaign', 'watch', CAMPAIGN, '--json'], limit)
  })

  const file = join(stage.configFolder, '../results.csv')
  await perezvon(stage.env, ['campaign', 'results', CAMPAIGN, '-o', file], signal)
  const results = await readResults(file)
  tell.event('campaign-results')
  narrator.quote(textTable(resultRows(show, results)))

  const number = (contact: Contact) => company.people[contact].number
  await tell.promise('campaign-told', () => ['confirms', 'busy', 'asks'].every((c) => heard.has(c as Contact)))
  await tell.promise('campaign-opted-out', () => heard.has('optsOut'), who(show, 'optsOut'))
  await tell.promise('campaign-handed-over', () => handedOver.includes(number('asks')), who(show, 'asks'))
  await tell.promise('campaign-calls', () => CONTACTS.every((c) => far.rung(number(c)).length === EXPECTED[c].calls))
  await tell.promise('campaign-table', () =>
    CONTACTS.every((c) => results.get(number(c))?.['status'] === EXPECTED[c].status),
  )
}

/** `heard`: who heard to the end what was meant for him. */
function behaviour(show: Show, { event }: Teller, contact: Contact, heard: Set<Contact>): Behaviour {
  const person = who(show, contact)
  /** Listens to the question and presses a key; then to the answer to it, until the line is free. */
  const presses =
    (key: string, reply: string): Behaviour =>
    async (leg) => {
      await answers({ afterMs: 700 })(leg)
      await leg.hears(prompt(show, 'order-menu'), { upTo: 1.5, ms: 20_000 })
      event(`campaign-${contact}`, person)
      await leg.press(key)
      await leg.hears(reply)
      heard.add(contact)
      await leg.ended()
    }
  switch (contact) {
    case 'confirms':
      return presses('1', prompt(show, 'thanks'))
    case 'optsOut':
      return presses('9', prompt(show, 'opted-out'))
    case 'asks':
      return presses('2', show.says.handOver)
    case 'busy': {
      let calls = 0
      return async (leg) => {
        if (++calls > 1) return presses('1', prompt(show, 'thanks'))(leg)
        event('campaign-is-busy', person)
        await busy(leg)
      }
    }
    case 'silent':
      return async (leg) => {
        event('campaign-silent', person)
        await ringsForEver(leg)
      }
    case 'gone':
      return async (leg) => {
        event('campaign-gone', person)
        await unallocated(leg)
      }
  }
}

type Results = Map<string, Record<string, string>>

/** By number, in E.164. */
async function readResults(file: string): Promise<Results> {
  return new Map((await rowsOf(file)).map((row) => [numberIn(row), row]))
}

async function rowsOf(file: string): Promise<Record<string, string>[]> {
  return parse(await readFile(file, 'utf8'), { bom: true, columns: true, delimiter: [';', ','] })
}

/** The cell protects itself from a spreadsheet, so only its digits count. */
function numberIn(row: Record<string, string>): string {
  return `+${(Object.values(row)[0] ?? '').replace(/\D/g, '')}`
}

function resultRows({ company }: Show, results: Results): string[][] {
  const columns = ['status', 'attempts', 'answer_1']
  const rows = CONTACTS.map((contact) => {
    const { name, number, order = '' } = company.people[contact]
    return [number, name, order, ...columns.map((column) => results.get(number)?.[column] ?? '')]
  })
  return [[...company.columns, ...columns], ...rows]
}
