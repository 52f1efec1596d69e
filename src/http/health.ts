/** `/live`: the process answers. `/ready`: it can do its job, or why not. */
import type { RequestHandler } from 'express'

/** Null: well. Otherwise a sentence for the admin. */
export type HealthCheck = () => Promise<string | null> | string | null

/** What is said of one channel of notices. */
export interface ChannelState {
  /** A lane of the outbox, one of several mail servers, or one mailbox. */
  channel: string
  /** A kind of illness, see notices/illness.ts. */
  kind: string
  why: string
  /** Milliseconds since 1970 UTC. */
  since: number
  /** False: the job is done all the same, by another server or for other recipients. */
  stops: boolean
}

/** A source of callers' names that cannot be read: what phone-book/messages.ts says in words. */
export interface BookState {
  source: string
  fault: string
  line: number
  detail: string
}

export interface Readiness {
  /** Each says in a sentence what is not well, or null. */
  checks: Record<string, HealthCheck>
  /** Missing: there are no channels to speak of. */
  channels?: () => readonly ChannelState[]
  /** Missing: there is no phone book. */
  phoneBook?: () => readonly BookState[]
  /** What a person should see to although all of the job is done; by what it is about. */
  warnings?: () => Promise<Record<string, string>>
}

const CHECK_DEADLINE_MS = 2_000

export function live(): RequestHandler {
  return (_request, response) => void response.json({ live: true })
}

export function ready({
  checks,
  channels = () => [],
  phoneBook = () => [],
  warnings = async () => ({}),
}: Readiness): RequestHandler {
  return async (_request, response) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await ask(check)] as const),
    )
    const states = channels()
    const sentences = (stops: boolean) =>
      states.filter((state) => state.stops === stops).map((state) => [state.channel, sentenceOf(state)] as const)
    const reasons = Object.fromEntries([...results.filter(([, why]) => why !== null), ...sentences(true)])
    const isReady = Object.keys(reasons).length === 0
    const warned = { ...Object.fromEntries(sentences(false)), ...(await warnings().catch(() => ({}))) }
    const books = phoneBook()
    response.status(isReady ? 200 : 503).json({
      ready: isReady,
      reasons,
      ...(Object.keys(warned).length > 0 && { warnings: warned }),
      ...(states.length > 0 && { channels: states }),
      ...(books.length > 0 && { phoneBook: books }),
    })
  }
}

function sentenceOf({ kind, why, since }: ChannelState): string {
  return `${kind} since ${new Date(since).toISOString()}: ${why}`
}

async function ask(check: HealthCheck): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve('no answer'), CHECK_DEADLINE_MS)))
  try {
    return await Promise.race([Promise.resolve(check()), late])
  } catch (error) {
    return error instanceof Error ? error.message : 'failed'
  } finally {
    clearTimeout(timer)
  }
}
