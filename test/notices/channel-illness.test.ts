/**
 * A refusal that would hit every notice buries none, and one that hits one alone holds up no other. On a real server,
 * with the real outbox.
 */
import { describe, expect, test, vi } from 'vitest'
import type { IllnessBook, IllnessKind } from '../../src/notices/illness.ts'
import { mailSettings, startOutboxRig } from './support/outbox-rig.ts'
import { type Fault, startRawSmtp, type Verb } from './support/raw-smtp.ts'

vi.setConfig({ testTimeout: 30_000 })

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What the worker says of its channel. */
function notebook() {
  const ill = new Map<string, IllnessKind>()
  const said: string[] = []
  const book: IllnessBook = {
    async fails(channel, kind) {
      if (ill.get(channel) !== kind) said.push(`${channel}: ${kind}`)
      ill.set(channel, kind)
    },
    async works(channel, only) {
      if (only === undefined || ill.get(channel) === only) ill.delete(channel)
    },
    kindOf: (channel) => ill.get(channel) ?? null,
  }
  return { ill, said, book }
}

const refusal = (text: string): Fault => ({ code: Number(text.slice(0, 3)), text: text.slice(4) })

async function start() {
  const server = await startRawSmtp()
  const rig = await startOutboxRig(mailSettings(server.port, { login: { user: 'u', password: 'p' } }))
  const pages = notebook()
  const makeWorker = (rules = {}) => rig.makeWorker({ book: pages.book, rules: { connections: 1, ...rules } })
  const statuses = async (...ids: string[]) => Promise.all(ids.map(async (id) => (await rig.row(id)).status))
  /** Passes, each a little later, until all is done or an hour is over. */
  const playOn = async (worker: ReturnType<typeof makeWorker>, ms = HOUR) => {
    for (const end = rig.clock.time + ms; rig.clock.time < end; rig.clock.time += 15_000) await worker.pass()
  }
  return {
    server,
    rig,
    ...pages,
    makeWorker,
    statuses,
    playOn,
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe('what is about us', () => {
  test.each<[Verb, string]>([
    ['greeting', '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'],
    ['EHLO', '504 5.5.2 <[127.0.0.1]>: Helo command rejected: need fully-qualified hostname'],
    ['AUTH', '535 5.7.8 Error: authentication failed'],
    ['MAIL', '553 5.7.1 Sender address rejected: not owned by auth user'],
    ['RCPT', '504 5.5.2 <[127.0.0.1]>: Helo command rejected: need fully-qualified hostname'],
    ['RCPT', '550 5.7.1 Unable to relay'],
    ['RCPT', '554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org'],
    ['DATA', '550 5.4.5 Daily user sending limit exceeded'],
    ['body', '550 5.4.5 Daily user sending limit exceeded'],
    ['body', '550 5.7.26 This mail has been blocked because the sender is unauthenticated.'],
    ['body', '452 4.3.1 Insufficient system storage'],
  ])(
    'at %s: %s: nothing is dead, the server is asked with one notice, and all go when it is well',
    async (at, text) => {
      await using house = await start()
      const { server, rig, ill } = house
      let asked = 0
      server.fault = (verb) => (verb === at && ++asked ? refusal(text) : null)
      for (const id of ['a', 'b', 'c']) await rig.write(id, { recipient: `${id}@example.ru` })
      const worker = house.makeWorker()
      await worker.pass()
      // after a refused EHLO comes HELO; the dot is counted when it is read and when it is answered
      const each = at === 'EHLO' || at === 'body' ? 2 : 1
      expect(asked).toBe(each)
      await house.playOn(worker)
      expect(await house.statuses('a', 'b', 'c')).toEqual(['pending', 'pending', 'pending'])
      for (const id of ['a', 'b', 'c']) expect((await rig.row(id)).tries).toBe(0)
      expect((await rig.row('a')).lastError).toContain(text.slice(0, 30))
      expect(ill.has('mail')).toBe(true)
      // a login that fails every few seconds is locked out: left alone for longer each time
      expect(asked).toBeLessThan(each * 80)

      server.fault = () => null
      await house.playOn(worker)
      expect(await house.statuses('a', 'b', 'c')).toEqual(['sent', 'sent', 'sent'])
      expect(server.taken).toHaveLength(3)
      expect([...ill]).toEqual([])
    },
  )

  test('said of one recipient only, while others are taken: that one waits alone', async () => {
    await using house = await start()
    const { server, rig } = house
    server.fault = (verb, text) =>
      verb === 'RCPT' && text.includes('odd') ? refusal('550 5.7.1 SPF check failed') : null
    await rig.write('odd1', { recipient: 'odd@example.ru' })
    await rig.write('odd2', { recipient: 'odd@example.ru' })
    for (const id of ['a', 'b', 'c', 'd']) await rig.write(id, { recipient: `${id}@example.ru` })
    const worker = house.makeWorker()
    const began = rig.clock.time
    await worker.pass()
    await house.playOn(worker, 2 * MINUTE)
    expect(server.taken).toHaveLength(4)
    expect(rig.clock.time - began).toBeLessThan(3 * MINUTE)
    expect(house.ill.has('mail')).toBe(false)
    // and later ones do not wait for it either
    await rig.write('e', { recipient: 'e@example.ru' })
    await worker.pass()
    expect(await house.statuses('odd1', 'odd2', 'e')).toEqual(['pending', 'pending', 'sent'])
  })

  test('said of one notice only: the others to the same mailbox go past it', async () => {
    await using house = await start()
    const { server, rig } = house
    let reading = ''
    server.fault = (verb) => {
      if (verb !== 'body') return null
      reading = server.body
      return /X-Perezvon-Notice: poison/.test(reading) ? refusal('554 5.7.1 your domain is on our black list') : null
    }
    await rig.write('poison', { threadKey: 'p' })
    for (const id of ['a', 'b']) await rig.write(id, { threadKey: id })
    const worker = house.makeWorker()
    await worker.pass()
    await house.playOn(worker, 2 * MINUTE)
    expect(await house.statuses('poison', 'a', 'b')).toEqual(['pending', 'sent', 'sent'])
    expect(house.ill.has('mail')).toBe(false)
  })

  test('what sounded personal just before belongs to it: it waits again', async () => {
    await using house = await start()
    const { server, rig } = house
    server.fault = (verb) => (verb === 'RCPT' ? refusal('550 5.1.1 user unknown') : null)
    await rig.write('a', { recipient: 'a@example.ru' })
    await rig.write('z', { recipient: 'z@example.ru' })
    const worker = house.makeWorker()
    await worker.pass()
    expect(await house.statuses('a', 'z')).toEqual(['dead', 'dead'])
    server.fault = (verb) => (verb === 'AUTH' ? refusal('535 5.7.8 authentication failed') : null)
    server.hangUp()
    await rig.write('b', { recipient: 'b@example.ru' })
    await worker.pass()
    expect(await house.statuses('a', 'z', 'b')).toEqual(['pending', 'pending', 'pending'])
  })
})

describe('550 for everybody', () => {
  const nobody = refusal('550 5.1.1 User unknown')

  test.each([
    ['several people', ['anna@example.ru', 'boris@example.ru', 'clara@example.ru']],
    ['a company with one mailbox', ['sales@example.ru', 'sales@example.ru', 'sales@example.ru']],
    ['a company with two', ['anna@example.ru', 'boris@example.ru', 'anna@example.ru']],
  ])(
    '%s: it is the channel’s illness, nothing is buried, and all arrive once it is well',
    async (_whose, recipients) => {
      await using house = await start()
      const { server, rig, ill } = house
      server.fault = (verb) => (verb === 'RCPT' ? nobody : null)
      const ids = recipients.map((_, i) => `n${i}`)
      const worker = house.makeWorker()
      for (const [i, recipient] of recipients.entries()) {
        await rig.write(ids[i]!, { recipient, threadKey: ids[i]! })
        await worker.pass()
      }
      expect(await house.statuses(...ids)).toEqual(['pending', 'pending', 'pending'])
      expect(ill.get('mail')).toBe('everybody')
      // those that come now are not buried one by one either
      await rig.write('later', { recipient: 'dora@example.ru' })
      await house.playOn(worker)
      expect(await house.statuses(...ids, 'later')).toEqual(['pending', 'pending', 'pending', 'pending'])

      server.fault = () => null
      await house.playOn(worker)
      expect(await house.statuses(...ids, 'later')).toEqual(['sent', 'sent', 'sent', 'sent'])
      expect(server.taken).toHaveLength(4)
      expect([...ill]).toEqual([])
    },
  )

  test('also over restarts, and after a death between the last refusal and its judgement', async () => {
    await using house = await start()
    const { server, rig, ill } = house
    server.fault = (verb) => (verb === 'RCPT' ? nobody : null)
    for (const id of ['a', 'b']) {
      await rig.write(id, { recipient: `${id}@example.ru` })
      await house.makeWorker().pass()
    }
    await rig.write('c', { recipient: 'c@example.ru' })
    await rig.database.prisma.notice.update({
      where: { id: 'c' },
      data: { status: 'dead', refusedAt: new Date(rig.clock.time), tries: 1 },
    })
    await house.makeWorker().pass()
    expect(await house.statuses('a', 'b', 'c')).toEqual(['pending', 'pending', 'pending'])
    expect(ill.get('mail')).toBe('everybody')
    // and the next life knows it from the book
    rig.clock.time += HOUR
    await house.makeWorker().pass()
    expect(await house.statuses('a', 'b', 'c')).toEqual(['pending', 'pending', 'pending'])
  })

  test('one wrong address among right ones is dead, and told as one mailbox', async () => {
    await using house = await start()
    const { server, rig, ill } = house
    server.fault = (verb, text) => (verb === 'RCPT' && text.includes('wrong') ? nobody : null)
    const worker = house.makeWorker()
    for (let day = 0; day < 5; day++) {
      await rig.write(`wrong${day}`, { recipient: 'wrong@example.ru', threadKey: `w${day}` })
      await rig.write(`right${day}`, { recipient: 'right@example.ru', threadKey: `r${day}` })
      await worker.pass()
      rig.clock.time += HOUR
    }
    expect(await house.statuses('wrong0', 'wrong4', 'right0', 'right4')).toEqual(['dead', 'dead', 'sent', 'sent'])
    expect([...ill]).toEqual([['mail wrong@example.ru', 'recipient']])
    // mended, and sent again by hand
    server.fault = () => null
    expect(await rig.outbox.retryDead(rig.clock.time)).toBe(5)
    await worker.pass()
    expect([...ill]).toEqual([])
  })

  test('three wrong addresses and a right one: the right one has its mails, the wrong ones are found out', async () => {
    await using house = await start()
    const { server, rig, ill } = house
    server.fault = (verb, text) => (verb === 'RCPT' && text.includes('wrong') ? nobody : null)
    const names = ['wrong1', 'wrong2', 'wrong3', 'right']
    const worker = house.makeWorker()
    for (let day = 0; day < 3; day++) {
      for (const name of names)
        await rig.write(`${name}-${day}`, { recipient: `${name}@example.ru`, threadKey: `${name}-${day}` })
      await worker.pass()
      await house.playOn(worker, 5 * MINUTE)
    }
    expect(await house.statuses('right-0', 'right-1', 'right-2')).toEqual(['sent', 'sent', 'sent'])
    expect(await house.statuses('wrong1-0', 'wrong2-1', 'wrong3-2')).toEqual(['dead', 'dead', 'dead'])
    expect(ill.has('mail')).toBe(false)
    // from the second day on they were known to be wrong
    expect(house.said.filter((line) => line === 'mail: everybody')).toHaveLength(1)
  })

  test('what was closed meanwhile is not brought back', async () => {
    await using house = await start()
    const { server, rig } = house
    const { prisma } = rig.database
    server.fault = (verb) => (verb === 'RCPT' ? nobody : null)
    await prisma.case.create({
      data: {
        id: 'closed',
        caller: '+79123456789',
        line: '+73432001122',
        openedAt: new Date(1),
        lastCallId: 'a',
        lastLossAt: new Date(1),
        closedAt: new Date(2),
        closedHow: 'by-hand',
      },
    })
    await rig.write('a', { recipient: 'a@example.ru', caseId: 'closed' })
    for (const id of ['b', 'c', 'd']) await rig.write(id, { recipient: `${id}@example.ru` })
    const worker = house.makeWorker()
    await worker.pass()
    expect(await house.statuses('a', 'b', 'c', 'd')).toEqual(['dead', 'pending', 'pending', 'pending'])
  })
})

describe('a fate that nobody knows', () => {
  test('goes again a few times, ever more slowly, under one id; then it is unconfirmed, and once more when the server is well', async () => {
    await using house = await start()
    const { server, rig } = house
    server.fault = (verb) => (verb === 'body' ? 'reset' : null)
    await rig.write('a')
    const began = rig.clock.time
    const times: number[] = []
    const worker = house.makeWorker({ inARow: 10 })
    while ((await rig.row('a')).status === 'pending') {
      rig.clock.time = (await rig.row('a')).dueAt.getTime()
      times.push(rig.clock.time - began)
      await worker.pass()
    }
    expect(times.map((ms) => Math.round(ms / MINUTE))).toEqual([0, 1, 16, 76])
    expect(await rig.row('a')).toMatchObject({ status: 'unconfirmed', copies: 4 })
    expect(await rig.outbox.counts()).toMatchObject({ pending: 0, dead: 0, unconfirmed: 1 })
    await house.playOn(worker)
    expect(server.taken).toHaveLength(4)

    // somebody else's mail shows that the server is well: one more try, also after a restart, and never another
    for (const [round, expected] of [
      ['unconfirmed', 5],
      ['unconfirmed', 5],
    ] as const) {
      server.fault = (verb) => (verb === 'body' && /X-Perezvon-Notice: a\r/.test(server.body) ? 'reset' : null)
      await rig.write(`other${times.push(0)}`, { recipient: 'boris@example.ru' })
      await house.playOn(house.makeWorker({ inARow: 10 }), 5 * MINUTE)
      expect((await rig.row('a')).status).toBe(round)
      expect(server.taken.filter((mail) => mail.includes('X-Perezvon-Notice: a\r'))).toHaveLength(expected)
    }
    const ids = server.taken.filter((mail) => mail.includes('X-Perezvon-Notice: a\r')).map((mail) => /^Message-ID: .*/m.exec(mail)![0]) // prettier-ignore
    expect(new Set(ids).size).toBe(1)
    // by hand it goes where it is named, and not with all the dead ones
    expect(await rig.outbox.retryDead(rig.clock.time)).toBe(0)
    expect(await rig.outbox.retryDead(rig.clock.time, ['a'])).toBe(1)
  })

  test('several in a row are the channel’s illness: from then on it is asked with one at a time', async () => {
    await using house = await start()
    const { server, rig, ill } = house
    server.fault = (verb) => (verb === 'body' ? 'reset' : null)
    const ids = Array.from({ length: 12 }, (_, n) => `n${n}`)
    for (const id of ids) await rig.write(id, { recipient: `${id}@example.ru` })
    const worker = house.makeWorker()
    await worker.pass()
    expect(server.taken).toHaveLength(3)
    expect(ill.get('mail')).toBe('unconfirmed')
    server.fault = () => null
    await house.playOn(worker, 3 * HOUR)
    expect(new Set(await house.statuses(...ids))).toEqual(new Set(['sent']))
    expect(server.taken).toHaveLength(12 + 3)
    expect([...ill]).toEqual([])
  })
})

test('put off for an hour, and nothing taken: the channel is ill, and its notices go on as before', async () => {
  await using house = await start()
  const { server, rig, ill } = house
  server.fault = (verb) => (verb === 'RCPT' ? refusal('450 come again') : null)
  await rig.write('a')
  const worker = house.makeWorker()
  await house.playOn(worker, 50 * MINUTE)
  expect(ill.has('mail')).toBe(false)
  await house.playOn(worker, HOUR)
  expect(ill.get('mail')).toBe('put-off')
  server.fault = () => null
  await house.playOn(worker, 2 * HOUR)
  expect(await house.statuses('a')).toEqual(['sent'])
  expect([...ill]).toEqual([])
})
