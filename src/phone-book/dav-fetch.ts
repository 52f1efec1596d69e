/**
 * How tsdav reaches the server: past the same guard as every request of ours, with the password for this server alone. A redirect, or an address that
 * the server names, must not carry it elsewhere.
 */
import { ask } from '../outgoing/ask.ts'
import { BookFault } from './book-fault.ts'

export interface DavAccess {
  url: string
  user: string
  password: string
  timeoutMs: number
  allowPrivate: boolean
}

const LARGEST_ANSWER = 16 * 1024 * 1024
const MOST_REDIRECTS = 3
/** The address books of iCloud lie on servers of their own, `p42-contacts.icloud.com`. */
const ICLOUD = '.icloud.com'
/** A Response of these may have no body. */
const BODILESS = new Set([204, 205, 304])

/** What it returns throws BookFault instead of returning what cannot be an answer. */
export function davFetch(access: DavAccess, stop: AbortSignal): typeof fetch {
  const authorization = `Basic ${Buffer.from(`${access.user}:${access.password}`).toString('base64')}`
  const once = async (url: URL, init: RequestInit) => {
    if (!isOfServer(url, new URL(access.url)))
      throw new BookFault('refused', 0, `it leads to ${url.origin}; if that is right, make it the url`)
    const answer = await ask(
      {
        method: init.method ?? 'GET',
        url: url.href,
        headers: { ...Object.fromEntries(new Headers(init.headers)), authorization },
        body: typeof init.body === 'string' ? init.body : null,
        timeoutMs: access.timeoutMs,
        allowPrivate: access.allowPrivate,
        largestAnswer: LARGEST_ANSWER,
      },
      stop,
    )
    if (answer.kind === 'failed') throw new BookFault('unreachable', 0, answer.why)
    const { status, cut } = answer
    if (cut) throw new BookFault('refused', 0, 'the answer is too long')
    if (status < 200 || status === 401 || status === 403 || status === 429 || status >= 500)
      throw new BookFault('refused', 0, `HTTP ${status}`)
    return answer
  }
  return async (input, init = {}) => {
    let url = new URL(input instanceof Request ? input.url : input)
    for (let redirects = 0; ; redirects++) {
      const { status, body, headers } = await once(url, init)
      const { location, 'content-type': type = '' } = headers
      const leads = status >= 300 && status < 400 && location !== undefined && URL.canParse(location, url.href)
      if (leads && init.redirect !== 'manual' && redirects < MOST_REDIRECTS) {
        url = new URL(location, url)
        continue
      }
      const said = { 'content-type': type, ...(location !== undefined && { location }) }
      const response = new Response(BODILESS.has(status) ? null : body, { status, headers: said })
      return Object.defineProperty(response, 'url', { value: url.href })
    }
  }
}

function isOfServer(url: URL, server: URL): boolean {
  if (url.protocol !== server.protocol) return false
  return url.host === server.host || (url.host.endsWith(ICLOUD) && server.host.endsWith(ICLOUD))
}
