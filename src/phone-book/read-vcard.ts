/** vCards (2.1, 3.0, 4.0) to names by number: as iPhones, Google, Outlook, Nextcloud, Android and 1C write them. */
import ICAL from 'ical.js'
import { decodeList } from '../lists/decode-list.ts'
import type { ListForm } from '../model/phone-number.ts'
import { BookFault } from './book-fault.ts'
import { type ContentLine, contentLines } from './content-lines.ts'
import { type Entries, EntryList } from './entry-list.ts'
import { turns } from './turns.ts'

/** What a phone book wants of a card. */
export interface Card {
  /** Of the person, or of the organisation where no person is named; may be empty. */
  name: string
  /** As they stand there. */
  phones: string[]
  /** Of `BEGIN:VCARD`. */
  line: number
}

/** Throws BookFault when the file is damaged; a property that cannot be read is passed by. */
export async function readVcardBook(bytes: Uint8Array, country: string, form: ListForm = 'auto'): Promise<Entries> {
  if (bytes.length === 0) throw new BookFault('empty')
  const entries = new EntryList(country, form)
  const breathe = turns()
  let cards = 0
  for (const card of cardsOf(decodeList(bytes).text)) {
    if (card) {
      cards++
      entries.add(card.name, card.phones, card.line)
    }
    await breathe()
  }
  if (cards === 0) throw new BookFault('no-cards', 1)
  if (entries.names.size === 0 && entries.unreadable > 0) throw new BookFault('no-numbers', entries.examples[0]?.line)
  return entries
}

interface Open {
  line: number
  found: Map<string, string[][]>
}

/** Undefined between cards: a turn may end there. A card within a card (`AGENT` of 2.1) is one of its own. Throws BookFault. */
export function* cardsOf(text: string): Generator<Card | undefined, void> {
  const open: Open[] = []
  for (const line of contentLines(text)) {
    const word = line.name === 'BEGIN' || line.name === 'END' ? line.text.split(':')[1]?.trim().toUpperCase() : ''
    if (line.name === 'BEGIN' && word === 'VCARD') {
      // exporters that lost the end of a card went on with the next one
      if (open.length > 0 && !isAgent(text, line.line)) throw new BookFault('broken-card', open.at(-1)!.line)
      open.push({ line: line.line, found: new Map() })
    } else if (line.name === 'END' && word === 'VCARD') {
      const card = open.pop()
      if (card) yield cardOf(card)
    } else if (open.length > 0) note(open.at(-1)!, line)
    yield undefined
  }
  if (open.length > 0) throw new BookFault('cut-off', open.at(-1)!.line)
}

/** `AGENT:` stands on the line before, or on the same. */
function isAgent(text: string, line: number): boolean {
  const lines = text.split('\n', line)
  return /^\s*AGENT[^:]*:/i.test(lines[line - 2] ?? '')
}

function note({ found }: Open, { name, text }: ContentLine): void {
  if (name === 'VERSION') return
  try {
    const values = ICAL.Property.fromString(text, ICAL.design.vcard3).getValues() as (string | string[])[]
    const known = found.get(name) ?? []
    found.set(name, [...known, ...values.map((value) => [value].flat().map(plain))])
  } catch {
    // not a line of a vCard: the others say enough
  }
}

function cardOf({ line, found }: Open): Card {
  const text = (name: string) => (found.get(name)?.[0] ?? []).join(' ').trim()
  const [family = '', given = '', additional = ''] = found.get('N')?.[0] ?? []
  const person = [given, additional, family]
    .map((part) => part.trim())
    .filter(Boolean)
    .join(' ')
  const [organisation = ''] = found.get('ORG')?.[0] ?? []
  const name = text('FN') || person || organisation.trim() || text('NICKNAME')
  return { name, phones: (found.get('TEL') ?? []).flat(), line }
}

/** Escapes that ical.js leaves in a single text. */
function plain(value: string): string {
  return String(value).replace(/\\([\\;,:nN])/g, (_, sign: string) => (sign.toLowerCase() === 'n' ? ' ' : sign))
}
