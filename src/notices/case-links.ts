/**
 * Links of a mail to the pages where its reader takes a case or closes it. A link is its own key: signed, for one case and one reader, and
 * for some days only. Who forwards his mail forwards the key; nothing else opens a page.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OutboxNotice } from '../store/outbox.ts'
import type { ViewExtras } from './templates/view.ts'

export interface CaseKey {
  caseId: string
  /** Who acts: the recipient of the notice. */
  recipient: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

const VALID_MS = 7 * 86_400_000
const LONGEST_TOKEN = 1_000
const LINKED = new Set(['missed', 'callback-failed', 'escalation'])

export function signCaseKey({ caseId, recipient, expiresAt }: CaseKey, secret: string): string {
  const body = Buffer.from(JSON.stringify([caseId, recipient, Math.floor(expiresAt / 1000)])).toString('base64url')
  return `${body}.${signature(body, secret).toString('base64url')}`
}

/** `expired` is told apart only after the signature was right: a forger learns nothing. */
export function readCaseKey(token: string, secret: string, now: number): CaseKey | 'invalid' | 'expired' {
  const [body = '', mac = '', ...more] = token.length <= LONGEST_TOKEN ? token.split('.') : []
  const given = Buffer.from(mac, 'base64url')
  const right = signature(body, secret)
  if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return 'invalid'
  const [caseId, recipient, seconds] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [string, string, number]
  const expiresAt = seconds * 1000
  return expiresAt > now ? { caseId, recipient, expiresAt } : 'expired'
}

/** Links for a notice's reader; none where there is no public address, no case, or nothing left to do. The same row has the same links. */
export function caseLinks(publicUrl: string | null, secret: string): (notice: OutboxNotice) => ViewExtras['links'] {
  return ({ caseId, kind, recipient, createdAt }) => {
    if (publicUrl === null || caseId === null || !LINKED.has(kind) || recipient.startsWith('webhook:')) return null
    const token = signCaseKey({ caseId, recipient, expiresAt: createdAt + VALID_MS }, secret)
    const base = publicUrl.replace(/\/+$/, '')
    return { take: `${base}/case/take/${token}`, done: `${base}/case/done/${token}` }
  }
}

/** The secret of the settings, or one of our own that stays in the data folder. */
export function linkSecret(dataFolder: string, given: string | null): string {
  if (given) return given
  const file = join(dataFolder, 'link-secret')
  mkdirSync(dataFolder, { recursive: true })
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    chmodSync(file, 0o600)
  }
  const secret = readFileSync(file, 'utf8').trim()
  if (secret.length < 32) throw new Error(`${file} holds no secret; remove it, and a new one is made`)
  return secret
}

function signature(body: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`case ${body}`).digest()
}
