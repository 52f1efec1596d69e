import { afterEach, expect, it } from 'vitest'
import { createMetrics } from '../../src/http/metrics.ts'
import { type HttpOptions, startHttp } from '../../src/http/server.ts'
import { silentLogger } from '../../src/runtime/logger.ts'

const servers: { close: () => Promise<void> }[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

async function served(
  options: Partial<HttpOptions> = {},
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    checks: {},
    metrics: createMetrics('1.2.3'),
    collect: () => Promise.resolve(),
    log: silentLogger,
    ...options,
  })
  servers.push(server)
  return (path, init) => fetch(`http://127.0.0.1:${server.port}${path}`, init)
}

it('/live answers whatever else is wrong', async () => {
  const get = await served({ checks: { asterisk: () => 'away' } })
  expect((await get('/live')).status).toBe(200)
})

it('/ready is true when every part is well', async () => {
  const get = await served({ checks: { asterisk: () => null, database: () => Promise.resolve(null) } })
  const reply = await get('/ready')
  expect(reply.status).toBe(200)
  expect(await reply.json()).toEqual({ ready: true, reasons: {} })
})

it('/ready says every reason at once, also of a part that throws or never answers', async () => {
  const get = await served({
    checks: {
      asterisk: () => 'not connected to Asterisk',
      database: () => Promise.reject(new Error('disk full')),
      mail: () => new Promise(() => {}),
      well: () => null,
    },
  })
  const reply = await get('/ready')
  expect(reply.status).toBe(503)
  expect(await reply.json()).toEqual({
    ready: false,
    reasons: { asterisk: 'not connected to Asterisk', database: 'disk full', mail: 'no answer' },
  })
})

it('/metrics speaks Prometheus, with gauges read when asked', async () => {
  const metrics = createMetrics('1.2.3')
  const get = await served({ metrics, collect: () => Promise.resolve(metrics.missedOpen.set(4)) })
  metrics.callsMissed.inc({ line: 'Main', reason: 'all_busy' })
  const text = await (await get('/metrics')).text()
  expect(text).toContain('perezvon_build_info{version="1.2.3"} 1')
  expect(text).toContain('perezvon_missed_open 4')
  expect(text).toContain('perezvon_calls_missed_total{line="Main",reason="all_busy"} 1')
})

it.each(['/live', '/ready', '/metrics', '/', '/nothing', '/%00', '/metrics/../live/..%2f'])(
  '%s bears the headers',
  async (path) => {
    const { headers } = await (await served())(path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-powered-by')).toBeNull()
  },
)

it('what is not there is a 404, what breaks a 500 that tells nothing', async () => {
  const get = await served({ collect: () => Promise.reject(new Error('secret path')) })
  expect((await get('/admin')).status).toBe(404)
  const broken = await get('/metrics')
  expect(broken.status).toBe(500)
  expect(await broken.text()).not.toContain('secret')
})
