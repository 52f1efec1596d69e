/**
 * A list into a campaign: every row gets a verdict, the good ones are queued all at once at the end.
 *
 * Killed half-way it leaves rows that are `loading`, which nobody dials; the next import drops them.
 */
import { createHash } from 'node:crypto'
import type { Config } from '../config/schema.ts'
import { ownNumbers } from '../dialling/caller-id.ts'
import { type CampaignRow, openRound } from '../store/campaigns.ts'
import { dropLoading, finishLoading, loadContacts, type NewContact } from '../store/contacts.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Prisma } from '../store/database.ts'
import { findDoNotCall } from '../store/do-not-call.ts'
import { contactNumber, type NumberFault, type NumberRules } from './contact-number.ts'
import type { E164, NumberForm } from '../model/phone-number.ts'
import { guessColumns, type ListColumns } from '../lists/list-columns.ts'
import { type ContactList, type ListRow, readList } from '../lists/read-list.ts'

export type RowFault = NumberFault | NonNullable<ListRow['fault']> | 'duplicate' | 'already-in-campaign' | 'do-not-call'
export interface RefusedRow {
  row: number
  cells: string[]
  fault: RowFault
  /** `duplicate`: the row that has the number first. */
  firstRow?: number
  /** `ambiguous`: the numbers that the cell can mean. `foreign-without-plus`: the one that it probably means. */
  readings?: E164[]
}

export interface ImportReport {
  campaign: CampaignRow
  encoding: string
  delimiter: string
  columns: string[]
  /** Headings of the columns that were found; null: none. */
  found: { phone: string; name: string | null; timezone: string | null }
  good: number
  refused: RefusedRow[]
}

/** The list has no column in which phone numbers stand. */
export class NoPhoneColumn extends Error {
  override name = 'NoPhoneColumn'
  readonly columns: string[]
  constructor(columns: string[]) {
    super(`no column of the list holds phone numbers: ${columns.join(', ')}`)
    this.columns = columns
  }
}
/** Another import into the same campaign ran at the same time; nothing was queued. */
export class ImportCollision extends Error {
  override name = 'ImportCollision'
}

export interface ImportOrder {
  prisma: Prisma
  config: Config
  /** Key in `campaigns:`. */
  key: string
  listName: string
  bytes: Uint8Array
  /** Of two numbers in a cell take the first. */
  takeFirst: boolean
  /** How the list writes numbers without a plus; `auto` if missing. */
  form?: NumberForm
  /** Milliseconds. */
  at: number
}

const CHUNK = 500
const SAMPLE = 50

/** Throws ListError, NoPhoneColumn or ImportCollision; then no contact was queued. */
export async function importContacts(order: ImportOrder): Promise<ImportReport> {
  const { prisma, config, at } = order
  const list = await readList(order.bytes, config.company.country)
  const { sample, rows } = await peek(list)
  const form = order.form ?? 'auto'
  const columns = columnsFor(config, order.key, list, sample, form)
  const rules: NumberRules = {
    country: config.company.country,
    ...config.dialling,
    own: ownNumbers(config),
    takeFirst: order.takeFirst,
    form,
  }
  const campaign = await openRound(prisma, order.key, { ...list, listName: order.listName }, at)
  const listId = createHash('sha256').update(order.bytes).digest('hex').slice(0, 16)
  await dropLoading(prisma, campaign.id)

  const firstRows = new Map<string, number>()
  const refused: RefusedRow[] = []
  let good = 0
  for await (const chunk of chunked(rows)) {
    const wanted: (NewContact & { cells: string[] })[] = []
    for (const line of chunk) {
      const found = contactNumber(line.cells[columns.phone] ?? '', rules)
      if (line.fault) refused.push({ ...line, fault: line.fault })
      else if (!found.ok) {
        const { fault, readings } = found
        refused.push({ ...line, fault, ...(readings ? { readings } : {}) })
      } else if (firstRows.has(found.number)) {
        refused.push({ ...line, fault: 'duplicate', firstRow: firstRows.get(found.number)! })
      } else {
        firstRows.set(found.number, line.row)
        wanted.push({ ...contactOf(campaign, list, columns, line, found.number), cells: line.cells })
      }
    }
    const listed = await findDoNotCall(
      prisma,
      wanted.map((contact) => contact.number),
    )
    const callable = wanted.filter((contact) => !listed.has(contact.number))
    const records = callable.map(({ cells: _cells, ...contact }) => contact)
    crashPoint('import.before-rows')
    const taken = await loadContacts(prisma, campaign.id, listId, records, at)
    for (const { row, number, cells } of wanted) {
      if (listed.has(number)) refused.push({ row, cells, fault: 'do-not-call' })
      else if (!taken.has(row)) refused.push({ row, cells, fault: 'already-in-campaign' })
    }
    good += taken.size
  }
  crashPoint('import.after-rows')
  if (good > 0 && !(await finishLoading(prisma, campaign.id, listId, good, at))) {
    throw new ImportCollision('another import into this campaign ran at the same time')
  }
  refused.sort((a, b) => a.row - b.row)
  const heading = (index: number | null) => (index === null ? null : (list.columns[index] ?? null))
  return {
    campaign,
    encoding: list.encoding,
    delimiter: list.delimiter,
    columns: list.columns,
    found: { phone: heading(columns.phone)!, name: heading(columns.name), timezone: heading(columns.timezone) },
    good,
    refused,
  }
}

/** `columns:` of the campaign wins over what the headings suggest. */
function columnsFor(
  config: Config,
  key: string,
  list: ContactList,
  sample: string[][],
  form: NumberForm,
): ListColumns & { phone: number } {
  const guessed = guessColumns(list.headings ? list.columns : [], sample, config.company.country, form)
  const said = config.campaigns[key]?.columns ?? {}
  const pick = (what: keyof ListColumns) => {
    const index = list.columns.indexOf(said[what] ?? '')
    return index < 0 ? guessed[what] : index
  }
  const phone = pick('phone')
  if (phone === null) throw new NoPhoneColumn(list.columns)
  return { phone, name: pick('name'), timezone: pick('timezone') }
}

function contactOf(
  campaign: CampaignRow,
  list: ContactList,
  columns: ListColumns,
  line: ListRow,
  number: string,
): NewContact {
  const cell = (index: number | null) => (index === null ? '' : (line.cells[index] ?? ''))
  const values = Object.fromEntries(list.columns.map((name, i) => [name, line.cells[i] ?? '']))
  // what scripts call them, wherever they stand in the list
  values['phone'] ??= number
  if (columns.name !== null) values['name'] ??= cell(columns.name)
  return {
    // the same contact again is the same row, whichever import brings it
    id: createHash('sha256').update(`${campaign.id}\n${number}`).digest('hex').slice(0, 20),
    row: line.row,
    number,
    timezone: cell(columns.timezone) || null,
    values,
  }
}

/** Some rows to look at; `rows` still yields them. */
async function peek(list: ContactList): Promise<{ sample: string[][]; rows: AsyncIterable<ListRow> }> {
  const iterator = list.rows[Symbol.asyncIterator]()
  const head: ListRow[] = []
  while (head.length < SAMPLE) {
    const next = await iterator.next()
    if (next.done) break
    head.push(next.value)
  }
  async function* rows() {
    yield* head
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }
  return { sample: head.map((row) => row.cells), rows: rows() }
}

async function* chunked(rows: AsyncIterable<ListRow>): AsyncGenerator<ListRow[]> {
  let chunk: ListRow[] = []
  for await (const row of rows) {
    chunk.push(row)
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
