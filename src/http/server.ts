/** The daemon's HTTP side: health and figures for machines, the pages of the mails' buttons, operators for who has the token. Bound to loopback unless the settings say otherwise. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import helmet from 'helmet'
import { sleep } from '../runtime/abort.ts'
import type { Logger } from '../runtime/logger.ts'
import { type CasePagesParts, casePages } from './case-pages.ts'
import { live, type Readiness, ready } from './health.ts'
import type { Metrics } from './metrics.ts'
import { operatorsApi, type OperatorsApiParts } from './operators-api.ts'

export interface HttpOptions extends Readiness {
  host: string
  port: number
  metrics: Metrics
  /** Reads the gauges that are looked up rather than counted. */
  collect: () => Promise<void>
  /** Missing or null: there are no such pages. */
  cases?: CasePagesParts | null
  /** Missing or null: operators cannot be moved over HTTP. */
  api?: OperatorsApiParts | null
  log: Logger
}

const NOTHING = ["'none'"]
const REQUEST_MS = 30_000
/** Another program that is just ending gets so long to give the port back. */
const PORT_MS = 10_000
const PORT_AGAIN_MS = 250

/** Resolves when it listens. */
export async function startHttp(options: HttpOptions): Promise<{ port: number; close: () => Promise<void> }> {
  const app = express()
  app.disable('x-powered-by')
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': NOTHING, 'frame-ancestors': NOTHING } },
    }),
  )
  app.use((_request, response, next) => {
    response.setHeader('cache-control', 'no-store')
    next()
  })
  app.get('/live', live())
  app.get('/ready', ready(options))
  app.get('/metrics', async (_request, response) => {
    await options.collect()
    response.type(options.metrics.registry.contentType).send(await options.metrics.registry.metrics())
  })
  if (options.cases) app.use('/case', casePages(options.cases))
  if (options.api) app.use('/api', operatorsApi(options.api))
  app.use((_request, response) => void response.status(404).json({ error: 'not found' }))
  app.use(((error, _request, response, _next) => {
    options.log.error('a request failed', { error: error as Error })
    response.status(500).json({ error: 'internal error' })
  }) as express.ErrorRequestHandler)

  const server: Server = createServer(app)
  server.requestTimeout = REQUEST_MS
  await listen(server, options)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Rejects with what the system says of the address; of a port that is taken only after a while. */
async function listen(server: Server, { host, port }: Pick<HttpOptions, 'host' | 'port'>): Promise<void> {
  const until = performance.now() + PORT_MS
  for (;;) {
    try {
      server.listen(port, host)
      return void (await once(server, 'listening'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || performance.now() > until) throw error
      await sleep(PORT_AGAIN_MS)
    }
  }
}
