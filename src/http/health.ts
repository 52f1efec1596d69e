/** `/live`: the process answers. `/ready`: it can do its job, or why not. */
import type { RequestHandler } from 'express'

/** Null: well. Otherwise a sentence for the admin. */
export type HealthCheck = () => Promise<string | null> | string | null

const CHECK_DEADLINE_MS = 2_000

export function live(): RequestHandler {
  return (_request, response) => void response.json({ live: true })
}

export function ready(checks: Record<string, HealthCheck>): RequestHandler {
  return async (_request, response) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await ask(check)] as const),
    )
    const reasons = Object.fromEntries(results.filter(([, why]) => why !== null))
    const isReady = Object.keys(reasons).length === 0
    response.status(isReady ? 200 : 503).json({ ready: isReady, reasons })
  }
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
