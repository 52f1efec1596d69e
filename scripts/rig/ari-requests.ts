/** Bare ARI requests for the rig: the far end, and tests that look into Asterisk past the daemon. */

export class AriError extends Error {
  override name = 'AriError'
  readonly status: number
  constructor(what: string, status: number, text: string) {
    super(`${what}: ${status} ${text.slice(0, 300)}`)
    this.status = status
  }
}

export interface AriAccount {
  /** `http://127.0.0.1:8088/ari` */
  url: string
  user: string
  password: string
}

export type AriQuery = Record<string, string | number | undefined>
export type AriRequest = <T = unknown>(method: string, path: string, query?: AriQuery, body?: unknown) => Promise<T>

/** Rejects with AriError on any status but 2xx, and after 10 s. */
export function ariRequests(account: AriAccount): AriRequest {
  const authorization = `Basic ${Buffer.from(`${account.user}:${account.password}`).toString('base64')}`
  return async <T>(method: string, path: string, query: AriQuery = {}, body?: unknown): Promise<T> => {
    const url = new URL(account.url + path)
    for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, String(value))
    const response = await fetch(url, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    })
    const text = await response.text()
    if (!response.ok) throw new AriError(`${method} ${path}`, response.status, text)
    return (text ? JSON.parse(text) : undefined) as T
  }
}

/** For clean-up: what is gone already counts as done. */
export async function unlessGone(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (!(error instanceof AriError) || error.status !== 404) throw error
  })
}

/** Address of the event socket. */
export function eventsUrl(account: AriAccount, app: string): string {
  const key = encodeURIComponent(`${account.user}:${account.password}`)
  return `${account.url.replace(/^http/, 'ws')}/events?app=${encodeURIComponent(app)}&api_key=${key}`
}
