/** No channel lives for ever: Asterisk ends each by itself, whether it came to us or we placed it, and whatever has become of us. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answers } from '../../scripts/rig/far-people.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { AriTelephony } from '../../src/telephony/ari-telephony.ts'
import { HttpTransport } from '../../src/telephony/http-transport.ts'
import type { Arrival } from '../../src/telephony/link.ts'
import { WebsocketTransport } from '../../src/telephony/websocket-transport.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const LONGEST_SEC = 3
/** On a busy machine the hang-up may be told late. */
const LATE_MS = 12_000
const log = silentLogger

let world: World
beforeAll(async () => {
  world = await startWorld({ phones: ['101'] })
})
afterAll(() => world?.stop())

describe.each(['websocket', 'http'] as const)('over %s, nobody does anything with', (kind) => {
  let telephony: AriTelephony
  const arrivals: ((arrival: Arrival) => void)[] = []
  beforeAll(async () => {
    const address = { ...world.asterisk.ari, app: world.app }
    const connected = new Promise<void>((resolve) => {
      telephony = new AriTelephony({
        address,
        transport:
          kind === 'http' ? new HttpTransport({ address, log }) : new WebsocketTransport({ address, sockets: 1, log }),
        log,
        limits: () => ({ longestCallMs: LONGEST_SEC * 1000, shortestTalkMs: 3_000 }),
        events: {
          arrival: (arrival) => arrivals.shift()?.(arrival),
          stranger: () => {},
          doorbell: () => Promise.resolve('ack'),
          connected: () => Promise.resolve({ goOn: resolve }),
          transferred: () => {},
          desk: () => {},
          feature: () => {},
          fenced: () => {},
        },
      })
    })
    telephony.start()
    await connected
  })
  afterAll(() => telephony?.stop())

  it('a phone that we rang and that was answered', async () => {
    world.far.on('101', answers({ afterMs: 100 }))
    const ringing = world.far.nextCallTo('101')
    const request = { target: { endpoint: 'PJSIP/101' }, callerId: { number: '1', name: '' }, timeoutMs: 2_000, log }
    const placed = await telephony.dial({ ...request, channelId: `leg-left-alone-${kind}` })
    expect(placed.kind).toBe('answered')
    const phone = await ringing
    await phone.ended(LONGEST_SEC * 1_000 + LATE_MS)
    expect(phone.times.ended! - phone.times.up!).toBeGreaterThan((LONGEST_SEC - 2) * 1_000)
  })

  it('a caller who was answered', async () => {
    const arrived = new Promise<Arrival>((resolve) => arrivals.push(resolve))
    const caller = await world.far.call(OUR_NUMBER, { number: '+79123456789' })
    const { leg } = await arrived
    await leg.answer()
    await caller.answered()
    await caller.ended(LONGEST_SEC * 1_000 + LATE_MS)
    await expect.poll(() => leg.signal.aborted).toBe(true)
  })
})
