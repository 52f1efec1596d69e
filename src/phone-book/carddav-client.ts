/** The cards of an address book on a server (RFC 6352): which there are, and of these those that have changed. */
import { addressBookMultiGet, createAccount, type DAVResponse, propfind } from 'tsdav'
import { BookFault } from './book-fault.ts'
import { type DavAccess, davFetch } from './dav-fetch.ts'
import { type Card, cardsOf } from './read-vcard.ts'

export interface KnownCard {
  /** Absolute address. */
  url: string
  etag: string
  cards: Card[]
}
export interface KnownBook {
  url: string
  /** Changes whenever a card does; empty where the server has none. */
  ctag: string
  cards: KnownCard[]
}

/** A card may hold a picture. */
const AT_ONCE = 20
const MOST_CARDS = 100_000

/** `known`: as of the last time. Throws BookFault. */
export async function fetchBooks(
  access: DavAccess,
  known: readonly KnownBook[],
  stop: AbortSignal,
): Promise<KnownBook[]> {
  const dav = davFetch(access, stop)
  const books: KnownBook[] = []
  for (const { url, ctag } of await listBooks(access.url, dav)) {
    const before = known.find((book) => book.url === url)
    books.push(before && ctag !== '' && before.ctag === ctag ? before : await fetchBook(url, ctag, before, dav))
  }
  return books
}

async function listBooks(url: string, dav: typeof fetch): Promise<{ url: string; ctag: string }[]> {
  const props = { 'd:resourcetype': {}, 'cs:getctag': {} }
  const [itself] = await propfind({ url, props, depth: '0', fetch: dav })
  if (itself && isBook(itself)) return [{ url, ctag: textOf(itself.props?.['getctag']) }]
  const home = await homeOf(url, dav)
  const found = (await propfind({ url: home, props, depth: '1', fetch: dav })).filter(isBook)
  if (found.length === 0) throw new BookFault('no-book')
  return found.map(({ href, props: said }) => ({
    url: new URL(href ?? '', home).href,
    ctag: textOf(said?.['getctag']),
  }))
}

async function homeOf(url: string, dav: typeof fetch): Promise<string> {
  try {
    const account = { serverUrl: url, accountType: 'carddav' as const }
    const { homeUrl = '' } = await createAccount({ account, fetch: dav })
    return homeUrl
  } catch (error) {
    throw error instanceof BookFault ? error : new BookFault('no-book', 0, String(error))
  }
}

async function fetchBook(
  url: string,
  ctag: string,
  before: KnownBook | undefined,
  dav: typeof fetch,
): Promise<KnownBook> {
  const listed = await propfind({ url, props: { 'd:getetag': {}, 'd:resourcetype': {} }, depth: '1', fetch: dav })
  if (listed.some(({ ok, props }) => !ok && !props)) throw new BookFault('refused', 0, `HTTP ${listed[0]?.status}`)
  const etags = new Map<string, string>()
  for (const { href, props } of listed) {
    const etag = textOf(props?.['getetag'])
    const isFolder = Object.hasOwn((props?.['resourcetype'] as object | undefined) ?? {}, 'collection')
    if (href !== undefined && etag !== '' && !isFolder) etags.set(new URL(href, url).href, etag)
    if (etags.size > MOST_CARDS) throw new BookFault('too-many-rows')
  }
  const old = new Map(before?.cards.map((card) => [card.url, card]))
  const unchanged = [...etags].flatMap(([card, etag]) => {
    const kept = old.get(card)
    return kept?.etag === etag ? kept : []
  })
  const kept = new Set(unchanged.map((card) => card.url))
  const changed = [...etags.keys()].filter((card) => !kept.has(card))
  const fresh: KnownCard[] = []
  for (let i = 0; i < changed.length; i += AT_ONCE)
    fresh.push(...(await fetchCards(url, changed.slice(i, i + AT_ONCE), dav)))
  return { url, ctag, cards: [...unchanged, ...fresh].toSorted((a, b) => (a.url < b.url ? -1 : 1)) }
}

async function fetchCards(url: string, wanted: string[], dav: typeof fetch): Promise<KnownCard[]> {
  const responses = await addressBookMultiGet({
    url,
    props: { 'd:getetag': {}, 'card:address-data': {} },
    objectUrls: wanted.map((card) => new URL(card).pathname),
    depth: '1',
    fetch: dav,
  })
  const [first] = responses
  if (first && !first.ok && !first.props) throw new BookFault('refused', 0, `HTTP ${first.status}`)
  return responses.flatMap(({ href, props }) => {
    const data = textOf(props?.['addressData'])
    if (href === undefined || data === '') return []
    return { url: new URL(href, url).href, etag: textOf(props?.['getetag']), cards: readCards(data) }
  })
}

/** One card that is damaged is one client without a name. */
function readCards(data: string): Card[] {
  try {
    return [...cardsOf(data)].filter((card) => card !== undefined)
  } catch {
    return []
  }
}

function isBook({ props }: DAVResponse): boolean {
  const type = props?.['resourcetype'] as unknown
  return typeof type === 'object' && type !== null && Object.hasOwn(type, 'addressbook')
}

/** tsdav makes numbers of what looks like one. */
function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && '_cdata' in value) return textOf(value._cdata)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
