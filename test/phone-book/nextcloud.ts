/** A server that answers as Nextcloud 30 and sabre/dav do: discovery, a book within a home, etags, multiget. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const BOOK = '/remote.php/dav/addressbooks/users/office/contacts/'
const HOME = '/remote.php/dav/addressbooks/users/office/'
const PRINCIPAL = '/remote.php/dav/principals/users/office/'

export class Nextcloud {
  /** File name -> etag and card. */
  readonly cards = new Map<string, { etag: string; card: string }>()
  readonly asked: { method: string; path: string; body: string; authorization: string }[] = []
  ctag = 1
  /** Instead of an answer. */
  broken: ((request: IncomingMessage, response: ServerResponse) => void) | null = null
  #server: Server
  port = 0

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        const body = Buffer.concat(chunks).toString()
        this.asked.push({ method, path: url, body, authorization: headers.authorization ?? '' })
        if (this.broken) return this.broken(request, response)
        this.#answer(method, url, body, headers.authorization ?? '', response)
      })
    })
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(this.port, '127.0.0.1', done))
    this.port = (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/remote.php/dav`
  }
  get bookUrl(): string {
    return `http://127.0.0.1:${this.port}${BOOK}`
  }

  put(name: string, card: string): void {
    this.ctag++
    this.cards.set(name, { etag: `"${this.ctag}e"`, card })
  }

  remove(name: string): void {
    this.ctag++
    this.cards.delete(name)
  }

  #answer(method: string, path: string, body: string, authorization: string, response: ServerResponse): void {
    if (path.startsWith('/.well-known/carddav'))
      return void response.writeHead(301, { location: '/remote.php/dav/' }).end()
    if (authorization !== `Basic ${Buffer.from('office:app-password').toString('base64')}`)
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="sabre/dav"' }).end()
    const responses = method === 'REPORT' ? this.#report(path, body) : this.#propfind(path, body)
    if (responses === null) return void response.writeHead(404).end()
    response.writeHead(207, { 'content-type': 'application/xml; charset=utf-8' })
    response.end(
      `<?xml version="1.0"?>\n<d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:card="urn:ietf:params:xml:ns:carddav" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns" xmlns:cs="http://calendarserver.org/ns/">${responses}</d:multistatus>`,
    )
  }

  #propfind(path: string, body: string): string | null {
    const where = path.endsWith('/') ? path : `${path}/`
    const collection = '<d:resourcetype><d:collection/></d:resourcetype>'
    const book = `<d:resourcetype><d:collection/><card:addressbook/></d:resourcetype><cs:getctag>${this.ctag}</cs:getctag>`
    if (where === '/remote.php/dav/' || where === '/')
      return one(
        where,
        body.includes('current-user-principal')
          ? `<d:current-user-principal><d:href>${PRINCIPAL}</d:href></d:current-user-principal>`
          : collection,
      )
    if (where === PRINCIPAL)
      return one(where, `<card:addressbook-home-set><d:href>${HOME}</d:href></card:addressbook-home-set>`)
    if (where === HOME)
      return (
        one(HOME, collection, '<cs:getctag/>') + one(BOOK, book) + one(`${HOME}z-app-generated--recent/`, collection)
      )
    if (where !== BOOK) return null
    if (!body.includes('getetag')) return one(BOOK, book)
    const files = [...this.cards].map(([name, { etag }]) =>
      one(BOOK + name, `<d:getetag>${escaped(etag)}</d:getetag><d:resourcetype/>`),
    )
    return (
      one(BOOK, '<d:resourcetype><d:collection/><card:addressbook/></d:resourcetype>', '<d:getetag/>') + files.join('')
    )
  }

  #report(path: string, body: string): string | null {
    if (path !== BOOK || !body.includes('addressbook-multiget')) return null
    const wanted = [...body.matchAll(/<d:href>([^<]*)<\/d:href>/g)].map(([, href]) => decodeURI(href!.trim()))
    return wanted
      .map((href) => {
        const found = this.cards.get(href.slice(BOOK.length))
        if (!found)
          return `<d:response><d:href>${href}</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>`
        const data = `<card:address-data>${escaped(found.card)}</card:address-data>`
        return one(href, `<d:getetag>${escaped(found.etag)}</d:getetag>${data}`)
      })
      .join('')
  }
}

function one(href: string, props: string, missing = ''): string {
  const not =
    missing && `<d:propstat><d:prop>${missing}</d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>`
  return `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>${not}</d:response>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;')
}
