/** Operators over real HTTP, with the daemon's own rooms behind it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { operatorsApiRoom } from '../../src/app/operators-api.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { startHttp } from '../../src/http/server.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { operatorsHouse } from '../support/operators-house.ts'

const TOKEN = 'a-token-of-the-tests-that-is-long-enough'
let house: Awaited<ReturnType<typeof operatorsHouse>>
let url: string
const ends: (() => Promise<void>)[] = []
beforeEach(async () => {
  house = await operatorsHouse()
  house.orders.start()
  url = await served(TOKEN)
})
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()))
  await house.close()
})

async function served(apiToken: string | null): Promise<string> {
  const ground = { prisma: house.prisma, config: () => house.config, secrets: { apiToken } }
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    checks: {},
    metrics: createMetrics('1'),
    collect: () => Promise.resolve(),
    api: operatorsApiRoom(ground, { lookAtOrders: () => house.orders.wake() }),
    log: silentLogger,
  })
  ends.push(server.close)
  return `http://127.0.0.1:${server.port}`
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
async function ask(method: string, path: string, init: RequestInit = {}) {
  const reply = await fetch(`${url}${path}`, { method, headers: bearer(TOKEN), ...init })
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
}
const post = (path: string, init?: RequestInit) => ask('POST', `/api/operators/${path}`, init)
const withBody = (body: string, type = 'application/json') => ({
  headers: { ...bearer(TOKEN), 'content-type': type },
  body,
})

describe('who has the token', () => {
  it('signs in and out, pauses with a reason, resumes, wants peace; and sees it', async () => {
    expect(await post('anna/pause', withBody('{"reason":"обед\\u0007"}'))).toEqual({
      status: 200,
      body: { result: 'done' },
    })
    expect(house.operators.state('anna')).toMatchObject({ name: 'paused', reason: 'обед' })
    const { status, body } = await ask('GET', '/api/operators')
    expect(status).toBe(200)
    expect(body).toEqual({
      operators: [
        { person: 'anna', name: 'Анна', state: 'paused', at: expect.any(Number) as number, reason: 'обед' },
        { person: 'boris', name: 'Борис', state: null, at: null, reason: null },
      ],
    })
    for (const [word, name] of [
      ['resume', 'available'],
      ['dnd', 'do-not-disturb'],
      ['out', 'offline'],
      ['in', 'available'],
    ]) {
      expect(await post(`anna/${word}`)).toMatchObject({ status: 200 })
      expect(house.operators.state('anna').name).toBe(name)
    }
  })

  it('is told what cannot be, and who is nobody', async () => {
    await post('boris/out')
    expect(await post('boris/pause')).toEqual({ status: 409, body: { result: 'refused' } })
    expect(await post('gleb/in')).toEqual({ status: 404, body: { result: 'unknown' } })
    expect(await post('constructor/in')).toMatchObject({ status: 404 })
    expect(await post('anna/promote')).toMatchObject({ status: 404 })
  })

  it.each([
    ['no JSON', '{"reason":', 400],
    ['a list', '["lunch"]', 400],
    ['another key', '{"reason":"lunch","state":"offline"}', 400],
    ['a reason that is no text', '{"reason":7}', 400],
    ['too long a reason', JSON.stringify({ reason: 'x'.repeat(65) }), 400],
    ['a flood', JSON.stringify({ reason: 'x'.repeat(5_000) }), 413],
  ])('sends %s: nothing happens', async (_, body, status) => {
    expect(await post('anna/pause', withBody(body))).toMatchObject({ status })
    expect(await house.prisma.operatorOrder.count()).toBe(0)
  })

  it('sends a reason as a form: it is refused, and not left out', async () => {
    expect(await post('anna/pause', withBody('reason=lunch', 'application/x-www-form-urlencoded'))).toMatchObject({
      status: 415,
    })
    expect(await house.prisma.operatorOrder.count()).toBe(0)
  })

  it('hears when nobody has carried it out: it is not lost', async () => {
    await house.orders.stop()
    expect(await post('anna/dnd')).toEqual({ status: 202, body: { result: 'waits' } })
    await house.orders.pass()
    expect(house.operators.state('anna').name).toBe('do-not-disturb')
  })
})

const ROUTES: [string, string][] = [
  ['GET', '/api/operators'],
  ...['in', 'out', 'pause', 'resume', 'dnd'].map((word): [string, string] => ['POST', `/api/operators/anna/${word}`]),
]

it.each(ROUTES)('%s %s: nothing without the token, and nothing is there where none is set', async (method, path) => {
  for (const headers of [
    {},
    bearer(`${TOKEN}x`),
    bearer(TOKEN.slice(1)),
    bearer('x'),
    { authorization: `Basic ${TOKEN}` },
    { authorization: TOKEN },
  ])
    expect(await ask(method, path, { headers })).toEqual({ status: 401, body: { error: 'unauthorized' } })
  expect((await ask(method, `${path}?token=${TOKEN}`, { headers: {} })).status).toBe(401)
  url = await served(null)
  expect(await ask(method, path)).toEqual({ status: 404, body: { error: 'not found' } })
  expect(await house.prisma.operatorOrder.count()).toBe(0)
})
