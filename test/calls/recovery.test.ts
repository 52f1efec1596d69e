/** What a former life left, and what happened while nobody here could see it, on a fake telephone: rows on disk, channels, the doorbell book. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepEntry } from '../../src/calls/call-path.ts'
import { resumeSteps } from '../../src/calls/recovery.ts'
import type { Step as ConfigStep } from '../../src/config/sections/flows.ts'
import type { Step } from '../../src/model/call-outcome.ts'
import { writeWav } from '../../src/prompts/wav.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { configOf } from '../support/config-of.ts'
import { FakeAsterisk } from '../support/fake-asterisk.ts'
import type { FakeLeg } from '../support/fake-telephony.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const LINE = '+73432001122'
const CONFIG = configOf(
  `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102 }
groups: { sales: { members: [anna, boris] }, operators: { members: [anna] } }
trunks: { city: { endpoint: PJSIP/provider } }
lines: { "${LINE}": { name: Главный, flow: main } }
flows: { main: [{ play: prompts/greeting }, { ring: sales }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.ru], wait: 0s }, callback: {} }
`,
  ['prompts/greeting'],
)
const MINUTE = 60_000

let database: ThrowAwayDatabase
beforeAll(async () => void (database = await throwAwayDatabase()))
afterAll(() => database.close())

let calls = 0
function world() {
  const asterisk = new FakeAsterisk({ speed: 20, lengthOf: () => 600 })
  const house = new House(database.prisma, CONFIG, asterisk)
  const n = ++calls
  return { asterisk, house, id: `call-${n}`, caller: `+7914${String(1_000_000 + n)}` }
}
type World = ReturnType<typeof world>

/** A row as the last process left it. */
async function left({ house, id, caller }: World, steps: Step[], answered?: { peer: string }): Promise<void> {
  const at = Date.now() - MINUTE
  await house.journal.commit([
    {
      op: 'call.open',
      row: {
        id,
        direction: 'inbound',
        node: 'test',
        line: LINE,
        lineName: 'Главный',
        caller,
        callerShown: caller,
        callerName: null,
        arrivedAt: at,
        notice: 'armed',
        restored: false,
        configVersion: 'old',
        group: null,
      },
    },
    ...steps.map((step, seq) => stepEntry(id, seq, { ...step, time: at + seq * 1_000 })),
  ])
  if (answered)
    await house.journal.commit([
      { op: 'call.answered', row: { id, at: at + 10_000, operator: 'anna', peer: answered.peer, group: 'sales' } },
    ])
}
const ring: Step = { kind: 'ring', to: 'sales', name: 'Sales' }
const channel = ({ id }: { id: string }, application = 'Stasis') => ({ id, state: 'Up', application })
const entry = (caller: string, state: string, rest = '||', came = seconds(-MINUTE)) =>
  `${caller}|${LINE}|${came}@provider|${state}|${rest}`
const seconds = (ago: number) => Math.floor((Date.now() + ago) / 1000)
const row = ({ house, id }: World) => house.row(id)

describe('a call whose channel is gone', () => {
  it('and that the book knows as talked is answered, for as long as the book says', async () => {
    const w = world()
    await left(w, [ring], { peer: 'leg-1' })
    w.asterisk.book.set(w.id, entry(w.caller, 'talked', `leg-1|${seconds(-50_000)}|${seconds(-20_000)}`))
    await w.house.connect()
    expect(await row(w)).toMatchObject({ verdict: 'answered', operator: 'anna', talkMs: 30_000, notice: 'disarmed' })
    expect(await w.house.notices(w.caller)).toEqual([])
    expect(w.asterisk.book.size).toBe(0)
  })

  it('and whom the operator of our record had dropped before another answered in the fallback is that other’s', async () => {
    const w = world()
    await left(w, [ring], { peer: 'leg-1' })
    w.asterisk.book.set(w.id, entry(w.caller, 'answered', `102|${seconds(-40_000)}|${seconds(-20_000)}`))
    await w.house.connect()
    expect(await row(w)).toMatchObject({ verdict: 'answered', operator: 'boris', talkMs: 20_000 })
  })

  it('and that the book, which died with Asterisk, knows as talked, is lost where our record says that it was transferred', async () => {
    const w = world()
    await left(w, [
      ring,
      { kind: 'talk', person: 'anna', name: 'Анна', ms: 5_000 },
      { kind: 'transfer', by: 'anna', name: 'Анна', to: '102' },
    ])
    w.asterisk.book.set(w.id, entry(w.caller, 'talked', `leg-1|${seconds(-MINUTE)}|`))
    await w.house.connect()
    expect(await row(w)).toMatchObject({ verdict: 'missed', reason: 'transfer_unanswered' })
    expect(await w.house.notices(w.caller)).toHaveLength(1)
  })

  it('of which the book knows nothing, and who waited, is lost: one notice, also after another start', async () => {
    const w = world()
    await left(w, [ring])
    await w.house.connect()
    expect(await w.house.notices(w.caller)).toMatchObject([{ reason: 'queue_abandon' }])
    await new House(database.prisma, CONFIG, w.asterisk).connect()
    expect(await w.house.notices(w.caller)).toHaveLength(1)
    expect(await w.house.openCases(w.caller)).toMatchObject([{ count: 1 }])
  })

  it('of which the book knows nothing, and who was being put through, is answered', async () => {
    const w = world()
    await left(w, [ring], { peer: 'leg-1' })
    await w.house.connect()
    expect(await row(w)).toMatchObject({ verdict: 'answered', operator: 'anna' })
  })
})

describe('a call that lives', () => {
  it('and talks is left alone; its end is found, and nobody is told', async () => {
    const w = world()
    const leg = w.asterisk.incoming(w.id)
    const operator = w.asterisk.incoming('leg-2')
    await left(w, [ring], { peer: operator.id })
    await w.house.connect([channel(leg, 'Bridge'), channel(operator)])
    await sleep(30)
    expect([leg.signal.aborted, operator.signal.aborted, w.asterisk.hungUp]).toEqual([false, false, []])
    leg.phone.hangup()
    operator.phone.hangup()
    await until(async () => (await row(w)).endedAt)
    expect(await row(w)).toMatchObject({ verdict: 'answered', operator: 'anna' })
    expect(await w.house.notices(w.caller)).toEqual([])
  })

  it('and whose operator passes him on after our start: the operator is free, the talk is not cut', async () => {
    const w = world()
    const leg = w.asterisk.incoming(w.id)
    const operator = w.asterisk.incoming('leg-3')
    await left(w, [ring], { peer: operator.id })
    await w.house.connect([channel(leg, 'Bridge'), channel(operator)])
    operator.phone.hangup()
    await sleep(30)
    expect([leg.signal.aborted, (await row(w)).endedAt]).toEqual([false, null])
    leg.phone.hangup()
    await until(async () => (await row(w)).endedAt)
    expect((await row(w)).verdict).toBe('answered')
  })

  it('and whose operator drops him within seconds after our start is rung on; the record forgets that operator', async () => {
    const w = world()
    const leg = w.asterisk.incoming(w.id)
    const operator = w.asterisk.incoming('leg-4')
    await left(w, [ring], { peer: operator.id })
    await w.house.connect([channel(leg, 'Bridge'), channel(operator)])
    const rung: string[] = []
    w.asterisk.on('PJSIP/101', () => void rung.push('101'))
    w.asterisk.on('PJSIP/102', () => void rung.push('102'))
    operator.phone.hangup()
    leg.comesBack('dropped')
    await until(async () => rung.length > 0)
    expect(await row(w)).toMatchObject({ operator: null, answeredAt: null, notice: 'armed' })
    leg.phone.hangup()
    await until(async () => (await row(w)).endedAt)
    expect((await row(w)).verdict).toBe('missed')
    expect(await w.house.notices(w.caller)).toHaveLength(1)
  })

  it('and waits is rung for again', async () => {
    const w = world()
    const leg = w.asterisk.incoming(w.id)
    await left(w, [ring])
    w.asterisk.on('PJSIP/101', (phone) => phone.answer())
    await w.house.connect([channel(leg)])
    await leg.talking
    leg.phone.hangup()
    await until(async () => (await row(w)).endedAt)
    expect((await row(w)).verdict).toBe('answered')
  })

  it('and whose operator had answered when the last process died is put through', async () => {
    const w = world()
    const leg = w.asterisk.incoming(w.id)
    const operator = w.asterisk.incoming('leg-4')
    await left(w, [ring], { peer: operator.id })
    await w.house.connect([channel(leg), channel(operator)])
    await leg.talking
    expect(w.asterisk.dialled).toEqual([])
    leg.phone.hangup()
    await until(async () => (await row(w)).endedAt)
    expect((await row(w)).verdict).toBe('answered')
  })

  it.each([
    ['with a recording, if it was to have one', 0, 'talk-a'],
    ['without the recording of a talk that came to nothing before', -MINUTE, null],
  ])('and is put through %s', async (_, ago, name) => {
    const w = world()
    const leg = w.asterisk.incoming(w.id)
    const operator = w.asterisk.incoming(`leg-of-${w.id}`)
    await left(w, [ring], { peer: operator.id })
    const step = { kind: 'talk-recorded' as const, name: 'talk-a', time: Date.now() + ago }
    await w.house.journal.commit([stepEntry(w.id, 1, step)])
    await w.house.connect([channel(leg), channel(operator)])
    await leg.talking
    expect(leg.recordedAs).toBe(name)
    leg.phone.hangup()
    await until(async () => (await row(w)).endedAt)
  })

  it('in the plain dialplan is left to it', async () => {
    const w = world()
    const leg = w.asterisk.incoming(w.id)
    await left(w, [ring])
    await w.house.connect([channel(leg, 'Dial')])
    expect([leg.signal.aborted, (await row(w)).endedAt]).toEqual([false, null])
    leg.phone.hangup()
    w.asterisk.book.set(w.id, entry(w.caller, 'answered', `102|${seconds(-9_000)}|${seconds(-4_000)}`))
    await w.house.recovery.readDoorbell()
    expect(await row(w)).toMatchObject({ verdict: 'answered', operator: 'boris', talkMs: 5_000 })
  })

  it('and that the dialplan took after it was looked at is left to it, too', async () => {
    const w = world()
    const leg = w.asterisk.incoming(w.id)
    await left(w, [ring])
    leg.takenAway()
    await w.house.connect([channel(leg)])
    expect((await row(w)).endedAt).toBeNull()
    w.asterisk.book.set(w.id, entry(w.caller, 'answered', `102|${seconds(-9_000)}|${seconds(-4_000)}`))
    await w.house.recovery.readDoorbell()
    expect(await row(w)).toMatchObject({ verdict: 'answered', operator: 'boris', talkMs: 5_000 })
    expect(await w.house.notices(w.caller)).toEqual([])
  })

  it('that nobody asked for is hung up', async () => {
    const w = world()
    const stray: FakeLeg = w.asterisk.incoming('leg-stray')
    await w.house.connect()
    await w.house.recovery.stranger(channel(stray))
    expect([w.asterisk.hungUp, stray.signal.aborted]).toEqual([['leg-stray'], true])
  })
})

describe('a voice message that was being left', () => {
  const answerphone: Step = { kind: 'voicemail', to: 'sales', recording: 'voicemail-1' }
  const said = (w: World, name = 'voicemail-1') => {
    const sound = writeWav(
      Int16Array.from({ length: 16_000 }, (_, i) => 8_000 * Math.sin(i)),
      8000,
    )
    const removed: string[] = []
    const remove = async () => void removed.push(name)
    w.asterisk.recordings.set(name, { name, ms: 2_000, fetch: async () => sound, remove })
    return removed
  }

  it('is kept when its caller has gone meanwhile, and goes with the notice', async () => {
    const w = world()
    await left(w, [answerphone])
    const removed = said(w)
    await w.house.connect()
    expect(await w.house.notices(w.caller)).toMatchObject([{ reason: 'voicemail_left' }])
    const { payload } = await database.prisma.notice.findFirstOrThrow({ where: { callId: w.id } })
    expect(JSON.parse(payload)).toMatchObject({ voicemail: { file: 'voicemail-1.wav', ms: 2_000 } })
    expect(removed).toEqual(['voicemail-1'])
  })

  it('is kept when the doorbell book tells of his end', async () => {
    const w = world()
    await left(w, [answerphone])
    said(w)
    w.asterisk.book.set(w.id, entry(w.caller, 'new'))
    await w.house.connect()
    expect(await w.house.notices(w.caller)).toMatchObject([{ reason: 'voicemail_left' }])
  })

  it('is awaited when he still speaks; then the call is over, and he hears no greeting again', async () => {
    const w = world()
    const leg = w.asterisk.incoming(w.id)
    await left(w, [answerphone])
    said(w)
    await w.house.connect([channel(leg)])
    await until(async () => (await row(w)).endedAt)
    expect(leg.heard).toEqual([])
    expect(await w.house.notices(w.caller)).toMatchObject([{ reason: 'voicemail_left' }])
  })

  it('that he had not begun is not waited for: he goes through the flow again', async () => {
    const w = world()
    const leg = w.asterisk.incoming(w.id)
    await left(w, [answerphone])
    await w.house.connect([channel(leg)])
    await leg.phone.hears('prompts/greeting')
    leg.phone.hangup()
    await until(async () => (await row(w)).endedAt)
    expect((await row(w)).steps.filter(({ kind }) => kind === 'recorded')).toEqual([])
  })
})

describe('the calls of our absence', () => {
  it('get their rows, verdicts and notices, marked restored, with the trunk they came over', async () => {
    const w = world()
    w.asterisk.book.set(w.id, entry(w.caller, 'unanswered', `||${seconds(-30_000)}`))
    await w.house.connect()
    expect(await row(w)).toMatchObject({ verdict: 'missed', reason: 'restored', restored: true, trunk: 'city' })
    expect(await w.house.notices(w.caller)).toHaveLength(1)
    const { payload } = await database.prisma.notice.findFirstOrThrow({ where: { callId: w.id } })
    expect(JSON.parse(payload)).toMatchObject({ restored: true })
  })

  it.each([
    ['answered in the fallback', 'answered', { verdict: 'answered', operator: 'boris' }, 0],
    ['turned away', 'shed', { verdict: 'missed', reason: 'congestion' }, 1],
    ['refused, as one of a circle', 'loop', { verdict: 'missed', reason: 'looping' }, 1],
    ['seen at the door only', 'new', { verdict: 'missed', reason: 'restored' }, 1],
    ['left in the fallback', 'fallback', { verdict: 'missed', reason: 'restored' }, 1],
    ['a fax machine', 'fax', { verdict: 'ignored', reason: 'fax' }, 0],
  ])('%s', async (_, state, verdict, notices) => {
    const w = world()
    const rest =
      state === 'answered' ? `102|${seconds(-50_000)}|${seconds(-40_000)}` : state === 'loop' ? '4711||' : '||'
    w.asterisk.book.set(w.id, entry(w.caller, state, rest))
    await w.house.connect()
    expect(await row(w)).toMatchObject({ ...verdict, restored: true })
    expect(await w.house.notices(w.caller)).toHaveLength(notices)
  })

  it('are told once, however often the book is read', async () => {
    const w = world()
    const line = entry(w.caller, 'unanswered', `||${seconds(-30_000)}`)
    for (let reading = 0; reading < 3; reading++) {
      w.asterisk.book.set(w.id, line) // the daemon died between its commit and the striking out
      await new House(database.prisma, CONFIG, w.asterisk).connect()
    }
    expect(await w.house.notices(w.caller)).toHaveLength(1)
    expect(await w.house.openCases(w.caller)).toMatchObject([{ count: 1 }])
  })

  it('a burst of them has one instant of writing for the digest, and says of each that it was restored', async () => {
    const w = world()
    const began = Date.now()
    for (let i = 0; i < 25; i++)
      w.asterisk.book.set(
        `${w.id}-${i}`,
        entry(`+7915${String(1_000_000 + i)}`, 'unanswered', '||', seconds(-i * MINUTE)),
      )
    await w.house.connect()
    const rows = await database.prisma.notice.findMany({ where: { callId: { startsWith: `${w.id}-` } } })
    expect(rows).toHaveLength(25)
    for (const { payload, createdAt } of rows) {
      expect((JSON.parse(payload) as { restored: boolean }).restored).toBe(true)
      expect(createdAt.getTime()).toBeGreaterThanOrEqual(began)
    }
  })

  it('who has got through since need not be told of', async () => {
    const w = world()
    w.asterisk.on('PJSIP/101', (phone) => phone.answer())
    const { leg, over } = w.house.call(w.caller, { did: LINE })
    await leg.talking
    leg.phone.hangup()
    await over
    w.asterisk.book.set(w.id, entry(w.caller, 'unanswered', `||${seconds(-30_000)}`))
    await w.house.connect()
    expect(await row(w)).toMatchObject({ verdict: 'ignored', reason: 'linked' })
    expect(await w.house.notices(w.caller)).toEqual([])
  })

  it('a line that nobody can read is struck out, and the others are read', async () => {
    const w = world()
    w.asterisk.book.set('rubbish', 'hello')
    w.asterisk.book.set(w.id, `${w.caller}|${LINE}|${seconds(-MINUTE)}|unanswered|||`) // of a former version: without the trunk
    await w.house.connect()
    expect(w.asterisk.book.size).toBe(0)
    expect(await row(w)).toMatchObject({ verdict: 'missed', trunk: null })
  })
})

describe('what an operator dials himself', () => {
  const talked = (number: string, ms: number) =>
    `${number}||${seconds(1_000)}@101|out-talked|101|${seconds(1_000)}|${seconds(1_000 + ms)}`

  it('closes the case, calls off the call-back, and is in the records as a talk of his', async () => {
    const w = world()
    await w.house.call(w.caller, { did: LINE }).over
    expect(await w.house.openCases(w.caller)).toHaveLength(1)
    w.asterisk.book.set('out-1', talked(w.caller.replace('+7', '8'), 20_000))
    await w.house.recovery.readDoorbell()
    expect(await w.house.openCases(w.caller)).toEqual([])
    expect(await database.prisma.case.findFirst({ where: { caller: w.caller } })).toMatchObject({
      closedHow: 'called-out',
      closedBy: 'anna',
      talkMs: 20_000,
    })
    expect(await database.prisma.callback.count({ where: { openNumber: w.caller } })).toBe(0)
    expect(await w.house.notices(w.caller)).toEqual([])
    expect(await w.house.row('out-1')).toMatchObject({ direction: 'outbound', operator: 'anna', talkMs: 20_000 })
  })

  it('counts once: a case that was opened since is not closed by the same talk', async () => {
    const w = world()
    w.asterisk.book.set('out-2', talked(w.caller, 20_000))
    await w.house.connect()
    await w.house.call(w.caller, { did: LINE }).over
    w.asterisk.book.set('out-2', talked(w.caller, 20_000))
    await w.house.recovery.readDoorbell()
    expect(w.asterisk.book.size).toBe(0)
    expect(await w.house.openCases(w.caller)).toHaveLength(1)
  })

  it('and that was a moment only, closes nothing; nor does a call to one of our own numbers', async () => {
    const w = world()
    await w.house.call(w.caller, { did: LINE }).over
    w.asterisk.book.set('out-3', talked(w.caller, 2_000))
    w.asterisk.book.set('out-4', talked(LINE, 20_000))
    await w.house.connect()
    expect(await w.house.openCases(w.caller)).toHaveLength(1)
    expect(await database.prisma.call.count({ where: { id: 'out-4' } })).toBe(0)
  })
})

/** Waits for what a task in the background writes. */
async function until(so: () => Promise<unknown>): Promise<void> {
  for (const deadline = Date.now() + 5_000; !(await so()); await sleep(10))
    if (Date.now() > deadline) throw new Error('not within 5 s')
}

it('a ring that is taken up again is what it was, with its skill, its priority and what is offered to who waits', () => {
  const offer = { every: 60_000, key: '5', place: true }
  const point = { kind: 'ring' as const, to: 'sales', at: 'perezvon.yaml:7', skill: 'german', priority: 3, offer }
  const unanswered: ConfigStep = { kind: 'unanswered', unanswered: [{ kind: 'hangup', hangup: 'normal' }] }
  expect(resumeSteps(point, [unanswered])).toEqual([
    {
      kind: 'ring',
      at: 'perezvon.yaml:7',
      ring: { to: 'sales', skill: 'german', priority: 3, screen: true, offer_callback: offer },
    },
    { kind: 'hangup', hangup: 'normal' },
  ])
})
