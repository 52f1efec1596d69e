/**
 * The pages behind the buttons of a mail: "I take it" and "done". A link is its own key (notices/case-links.ts); GET only shows the case and asks,
 * because mail scanners and previews follow every link; POST acts. Without a valid key a page tells nothing at all.
 */
import express, { type Request, type Response, Router } from 'express'
import { cleanText } from '../model/clean-text.ts'
import type { CaseKey } from '../notices/case-links.ts'
import type { Language } from '../runtime/i18n.ts'
import { type CasePage, casePage, STYLE } from './case-page.ts'

export type CaseDeed = 'take' | 'done'

/** What a page may tell of a case. */
export interface ShownCase {
  who: string
  /** `tel:+7…`; null when the number is withheld. */
  call: string | null
  line: string
  since: string
  count: number
  state: { kind: 'open' } | { kind: 'taken'; by: string; mine: boolean } | { kind: 'closed' }
}

export interface CasePagesParts {
  readKey: (token: string) => CaseKey | 'invalid' | 'expired'
  /** Language of the person a link was sent to. */
  languageOf: (recipient: string) => Language
  /** Of who has no valid link. */
  language: () => Language
  find: (key: CaseKey) => Promise<ShownCase | null>
  /** Conditional: `already` when somebody else was quicker. */
  take: (key: CaseKey) => Promise<'done' | 'already'>
  close: (key: CaseKey, note: string | null) => Promise<'done' | 'already'>
}

const LONGEST_NOTE = 500

export function casePages(parts: CasePagesParts): Router {
  const router = Router()
  router.use((_request, response, next) => {
    response.setHeader(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    response.setHeader('referrer-policy', 'no-referrer')
    response.setHeader('x-robots-tag', 'noindex')
    next()
  })
  router.get('/style.css', (_request, response) => void response.type('css').send(STYLE))
  const form = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 10 })
  for (const deed of ['take', 'done'] as const) {
    router.get(`/${deed}/:token`, (request, response) => show(parts, deed, request, response))
    router.post(`/${deed}/:token`, form, (request, response) => act(parts, deed, request, response))
  }
  return router
}

async function show(parts: CasePagesParts, deed: CaseDeed, request: Request, response: Response): Promise<void> {
  const opened = await open(parts, request, response)
  if (!opened) return
  const { shown, language } = opened
  send(response, 200, { kind: 'ask', deed, shown }, language)
}

async function act(parts: CasePagesParts, deed: CaseDeed, request: Request, response: Response): Promise<void> {
  // a browser says from where a form was sent; one of another site has no business here, link or not
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return send(response, 403, { kind: 'no-entry', why: 'invalid' }, parts.language())
  const opened = await open(parts, request, response)
  if (!opened) return
  const { key, language } = opened
  const note = noteOf(request.body)
  const result = deed === 'take' ? await parts.take(key) : await parts.close(key, note)
  const shown = (await parts.find(key)) ?? opened.shown
  send(
    response,
    result === 'done' ? 200 : 409,
    { kind: result === 'done' ? 'told' : 'too-late', deed, shown },
    language,
  )
}

async function open(parts: CasePagesParts, request: Request, response: Response) {
  const { token } = request.params
  const key = parts.readKey(typeof token === 'string' ? token : '')
  if (typeof key === 'string') {
    send(response, key === 'expired' ? 410 : 404, { kind: 'no-entry', why: key }, parts.language())
    return null
  }
  const language = parts.languageOf(key.recipient)
  const shown = await parts.find(key)
  if (!shown) send(response, 404, { kind: 'no-entry', why: 'invalid' }, language)
  return shown && { key, shown, language }
}

function noteOf(body: unknown): string | null {
  const note = typeof body === 'object' && body !== null && 'note' in body ? body.note : null
  return typeof note === 'string' ? cleanText(note, LONGEST_NOTE) || null : null
}

function send(response: Response, status: number, page: CasePage, language: Language): void {
  response.status(status).type('html').send(casePage(page, language))
}
