/**
 * Operators over HTTP, for a telephone's buttons, a CRM, a script: who is what, and in, out, pause, resume, do not disturb. A token is the key; without
 * one in the settings there is nothing here. Wishes go the way of the command line's, so that both end the same.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import express, { type ErrorRequestHandler, type Request, type RequestHandler, Router } from 'express'

/** As `perezvon operators ls --json` has it; null: nothing is known of him yet. */
export interface ShownOperator {
  person: string
  name: string
  state: string | null
  /** Since when: milliseconds since 1970. */
  at: number | null
  reason: string | null
}

export interface OperatorsApiParts {
  token: string
  /** What may be asked for: `in`, `pause`. */
  words: readonly string[]
  list: () => Promise<ShownOperator[]>
  /** `waits`: written down, and nobody has carried it out yet. */
  ask: (person: string, word: string, reason: string | null) => Promise<'done' | 'refused' | 'unknown' | 'waits'>
}

const LONGEST_REASON = 64
const STATUS = { done: 200, waits: 202, unknown: 404, refused: 409 } as const

export function operatorsApi(parts: OperatorsApiParts): Router {
  const router = Router()
  router.use(onlyWithToken(parts.token))
  router.get('/operators', async (_request, response) => void response.json({ operators: await parts.list() }))
  router.post('/operators/:person/:word', express.json({ limit: '4kb' }), async (request, response) => {
    const { person, word } = request.params
    if (!parts.words.includes(word)) return void response.status(404).json({ error: 'not found' })
    if (hasBody(request) && !request.is('json')) return void response.status(415).json({ error: 'JSON is wanted' })
    const reason = readReason(request.body)
    if (reason === undefined) return void response.status(400).json({ error: 'bad request' })
    const result = await parts.ask(person, word, reason)
    response.status(STATUS[result]).json({ result })
  })
  router.use(badRequest)
  return router
}

/** Both are hashed, so that neither their length nor the place of the first wrong letter tells in time. */
function onlyWithToken(token: string): RequestHandler {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  const wanted = hash(token)
  return (request, response, next) => {
    const [, given] = /^Bearer +(\S{1,500})$/i.exec(request.headers.authorization ?? '') ?? []
    if (given !== undefined && timingSafeEqual(hash(given), wanted)) return next()
    response.status(401).setHeader('www-authenticate', 'Bearer').json({ error: 'unauthorized' })
  }
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Null: none was given. Undefined: something else was sent. */
function readReason(body: unknown): string | null | undefined {
  if (body === undefined) return null
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  const { reason, ...more } = body as Record<string, unknown>
  if (Object.keys(more).length > 0) return undefined
  if (reason === undefined || reason === null) return null
  return typeof reason === 'string' && reason.length <= LONGEST_REASON ? reason : undefined
}

/** What express cannot read is the sender's fault. */
const badRequest: ErrorRequestHandler = (error, _request, response, next) => {
  const { status } = error as { status?: number }
  if (status === undefined || status >= 500) return next(error)
  response.status(status).json({ error: status === 413 ? 'too large' : 'bad request' })
}
