import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import type { EndedCall } from '../../src/calls/end-of-call.ts'
import { CallPath } from '../../src/calls/call-path.ts'
import { callbackPlan, type LostCall } from '../../src/missed-calls/callback-plan.ts'
import { type CallerHistory, closedByOutsideTalk, followUps } from '../../src/missed-calls/follow-ups.ts'
import { recipientsOf } from '../../src/missed-calls/recipients.ts'
import { verdictOf } from '../../src/missed-calls/verdict.ts'
import type { Step } from '../../src/model/call-outcome.ts'
import { missedCall } from '../../src/notices/payload.ts'
import type { JournalEntry } from '../../src/store/journal.ts'
import { owningGroup } from '../../src/config/groups.ts'
import { configOf } from '../support/config-of.ts'

const LINE = '+73432001122'
const yaml = (to: string, more = '', line = '') => `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru, language: en }
  olga: { name: Ольга, rings: PJSIP/103 }
groups:
  sales: { members: [anna, boris], email: sales@example.ru }
  ads: { members: [boris, olga] }
  operators: { members: [anna] }
operator: { ring: operators }
hours: { office: { week: { mon-fri: "09:00-18:00" } } }
trunks: { provider: { endpoint: PJSIP/provider } }
lines: { "${LINE}": { name: Главный, flow: main ${line} } }
flows: { main: [{ ring: sales }, { hangup: normal }] }
missed_calls:
  mail: { to: ${to}, wait: 10s }
  ${more}
`
const addresses = (to: string, group: string | null, line = '') =>
  recipientsOf(configOf(yaml(to, '', line)), LINE, group).map(({ address, language }) => `${address} ${language}`)

describe('who is told', () => {
  it.each<[string, string, string | null, string[]]>([
    ['an address', '[lead@example.ru]', 'sales', ['lead@example.ru ru']],
    ['a person, in his language', '[boris]', 'sales', ['boris@example.ru en']],
    ['the mailbox of the group that was rung', '[group]', 'sales', ['sales@example.ru ru']],
    ['its members where it has none; who has no address is left out', '[group]', 'ads', ['boris@example.ru en']],
    ['a person who was rung alone', '[group]', 'anna', ['anna@example.ru ru']],
    ['those whom the line’s flow rings when nobody was rung', '[group]', null, ['sales@example.ru ru']],
    ['each address once', '[group, sales@example.ru, SALES@example.ru]', 'sales', ['SALES@example.ru ru']],
    ['everybody rather than nobody', '[group]', 'olga', ['anna@example.ru ru', 'boris@example.ru en']],
  ])('%s', (_, to, group, expected) => {
    expect(addresses(to, group)).toEqual(expected)
  })

  it('a line may have recipients of its own', () => {
    expect(addresses('[lead@example.ru]', 'sales', ', mail: [anna]')).toEqual(['anna@example.ru ru'])
  })

  it('and people of its own, who are told where nobody was rung', () => {
    expect(addresses('[group]', null, ', callback: boris')).toEqual(['boris@example.ru en'])
    expect(addresses('[group]', 'sales', ', callback: boris')).toEqual(['sales@example.ru ru'])
  })
})

describe('whose is a caller', () => {
  const of = (flow: string, { line = '', callback = '', rung = null as string | null } = {}) => {
    const text = yaml('[group]', callback, line).replace('[{ ring: sales }, { hangup: normal }]', flow)
    return owningGroup(configOf(text, ['hello', 'menu']), LINE, rung)
  }
  const end = '{ unanswered: { hangup: normal } }'
  const both = 'callback: { group: ads }'

  it('of the group that was rung last, before anything else', () => {
    expect(of(`[{ ring: ads }, ${end}]`, { line: ', callback: olga', rung: 'sales' })).toBe('sales')
  })
  it('else of whom the line names, before whom its flow rings', () => {
    expect(of(`[{ ring: ads }, ${end}]`, { line: ', callback: olga' })).toBe('olga')
  })

  it.each<[string, string, string, string | null]>([
    ['a flow that rings one group', `[{ play: hello }, { ring: ads }, ${end}]`, '', 'ads'],
    ['one person, twice', `[{ ring: olga }, { play: hello }, { ring: olga }, ${end}]`, '', 'olga'],
    ['one behind a menu', `[{ menu: { play: menu, keys: { 1: { ring: olga } }, else: { hangup: normal } } }, ${end}]`, '', 'olga'],
    ['one in the hours', `[{ when: { open: office }, do: { ring: olga } }, { voicemail: { to: sales } }]`, '', 'olga'],
    ['one in another flow', `[{ go_to: second }], second: [{ menu: { play: menu, keys: { 1: { ring: olga }, 2: { go_to: main } }, else: { hangup: normal } } }, ${end}]`, '', 'olga'],
    ['one, and others if nobody answers', `[{ ring: olga }, { unanswered: [{ ring: sales }, { hangup: normal }] }]`, '', 'olga'],
    ['one, and others in a meeting',
      `[{ when: { meeting: olga }, do: { menu: { play: menu, keys: { 1: { callback_after_meeting: olga }, 2: { ring: sales } }, else: { hangup: normal } } } }, { ring: olga }, ${end}]`,
      '', 'olga'],
    ['several behind a menu', `[{ menu: { play: menu, keys: { 1: { ring: sales }, 2: { ring: ads } }, else: { hangup: normal } } }, ${end}]`, both, 'ads'],
    ['several behind a menu, and nobody is named', `[{ menu: { play: menu, keys: { 1: { ring: sales }, 2: { ring: ads } }, else: { hangup: normal } } }, ${end}]`, '', 'operators'],
    ['several, one after another', `[{ ring: olga }, { ring: ads }, ${end}]`, '', 'operators'],
    ['nobody', `[{ voicemail: { to: olga } }]`, both, 'ads'],
    ['nobody, and nobody is named', `[{ voicemail: { to: olga } }]`, '', 'operators'],
  ])('%s', (_, flow, callback, owner) => {
    expect(of(flow, { callback })).toBe(owner)
  }) // prettier-ignore

  it('a line that is no more has no people', () => {
    expect(owningGroup(configOf(yaml('[group]', both)), '+73430000000', null)).toBe('ads')
    expect(owningGroup(configOf(yaml('[group]', both)), null, null)).toBe('ads')
  })
})

describe('will he be called back', () => {
  const MONDAY = DateTime.fromISO('2026-11-23T12:00', { zone: 'Asia/Yekaterinburg' }).toMillis()
  const NIGHT = DateTime.fromISO('2026-11-23T23:00', { zone: 'Asia/Yekaterinburg' }).toMillis()
  const TUESDAY_9 = DateTime.fromISO('2026-11-24T09:00', { zone: 'Asia/Yekaterinburg' }).toMillis()
  const lost = (changes: Partial<LostCall> = {}): LostCall => ({
    number: '+79123456789',
    withheld: false,
    owner: 'sales',
    arrivedAt: MONDAY,
    now: MONDAY,
    lastTalkBegan: null,
    doNotCall: false,
    diallable: true,
    calledLately: false,
    endedAt: MONDAY + 30_000,
    asked: null,
    ...changes,
  })
  const plan = (changes: Partial<LostCall>, callback = 'callback: { only: office, never: ["+7 912 000-00-01"] }') =>
    callbackPlan(configOf(yaml('[group]', callback)), lost(changes))

  it('as soon as somebody is free', () => {
    expect(plan({})).toMatchObject({ kind: 'callback', group: 'sales', dueAt: MONDAY, whenFree: true })
  })
  it('not before the time that the company wants to leave him', () => {
    expect(plan({}, 'callback: { after: 3m }')).toMatchObject({ dueAt: MONDAY + 180_000, whenFree: false })
  })
  it('when the office opens, for who called at night, however old the call is by then', () => {
    expect(plan({ arrivedAt: NIGHT, now: NIGHT })).toMatchObject({ kind: 'callback', dueAt: TUESDAY_9 })
    expect(plan({ arrivedAt: NIGHT, now: NIGHT + 5 * 3_600_000 })).toMatchObject({ dueAt: TUESDAY_9 })
  })
  it.each<[string, Partial<LostCall>, string]>([
    ['withheld', { number: null, withheld: true }, 'withheld'],
    ['no number that can be called', { number: null }, 'not-callable'],
    ['the guard would refuse it', { diallable: false }, 'not-callable'],
    ['one of our own numbers', { number: LINE }, 'not-callable'],
    ['listed in never', { number: '+79120000001' }, 'never'],
    ['asked not to be called', { doNotCall: true }, 'do-not-call'],
    ['was spoken with since, and we learn of the loss late', { lastTalkBegan: Number.MAX_SAFE_INTEGER }, 'spoken-with'],
    ['was called by the system within the hour', { calledLately: true }, 'too-often'],
    ['rang but once, from abroad', { number: '+442079460018', endedAt: MONDAY + 2_000 }, 'lure'],
    ['older than an hour when we learn of it', { now: MONDAY + 3_700_000 }, 'too-old'],
  ])('never: %s', (_, changes, why) => {
    expect(plan(changes)).toEqual({ kind: 'none', why })
  })
  it('a short ring from our own country is a caller', () => {
    expect(plan({ endedAt: MONDAY + 2_000 })).toMatchObject({ kind: 'callback' })
  })
  it('who asked for it: at once, on the number that he gave, by whom he wanted, however often', () => {
    const asked = { number: '+79990001122', to: 'ads', since: MONDAY - 60_000, afterMeeting: false }
    const changes = { asked, number: null, withheld: true, calledLately: true }
    expect(plan(changes, 'callback: { after: 3m }')).toMatchObject({
      kind: 'callback',
      number: '+79990001122',
      group: 'ads',
      dueAt: MONDAY,
    })
  })
  it('the time that it waits for is counted in working hours', () => {
    expect(plan({}, 'callback: { only: office, expires: 9h }')).toMatchObject({ expiresAt: MONDAY + 24 * 3_600_000 })
  })
  it('not at all where the configuration has no call-backs', () => {
    expect(plan({}, '')).toEqual({ kind: 'none', why: 'switched-off' })
  })
})

describe('what follows from a call’s end', () => {
  const config = configOf(yaml('[lead@example.ru, boris]', 'callback: {}'))
  const history: CallerHistory = {
    callsToday: 3,
    lastTalk: { at: 5, operator: 'anna', ms: 240_000, began: 1 },
    doNotCall: false,
    diallable: true,
  }
  let now = 1_000
  const clock = { now: () => (now += 1_000) }
  const call = (number: string | null, steps: Step[], changes: Partial<EndedCall> = {}): EndedCall => {
    now = 1_000
    const path = new CallPath('c1', { note: () => {} }, clock)
    for (const step of steps) path.add(step)
    return {
      id: 'c1',
      direction: 'inbound',
      line: { number: LINE, name: 'Главный' },
      caller: { number, shown: number ?? '', name: null },
      arrivedAt: 1_000,
      snapshot: { config, version: 'v' },
      path,
      ...changes,
    }
  }
  const follow = (ended: EndedCall): JournalEntry[] => followUps(ended, verdictOf(journeyOf(ended)), history, now)
  const journeyOf = ({ path, arrivedAt, direction, caller }: EndedCall) => {
    return { steps: path.steps, arrivedAt, endedAt: now, direction, caller: caller.number, internal: false }
  }
  const lost: Step[] = [
    { kind: 'key', key: '1', label: 'Продажи' },
    { kind: 'ring', to: 'sales', name: 'Продажи' },
    { kind: 'rung', person: 'anna', name: 'Анна', result: 'no-answer', ms: 20_000 },
    { kind: 'rung', person: 'boris', name: 'Борис', result: 'busy', ms: 0 },
    { kind: 'ring-ended', to: 'sales', outcome: 'no-answer' },
  ]

  it('a loss: a mail each, a case, a call-back', () => {
    const entries = follow(call('+79123456789', lost))
    expect(entries.map(({ op }) => op)).toEqual(['notice', 'notice', 'case.loss', 'callback.new'])
    const [mail] = entries
    if (mail?.op !== 'notice') throw new Error('no mail')
    const payload = missedCall.parse(mail.row.payload)
    expect(payload).toMatchObject({
      reason: 'ring_no_answer',
      pressed: [{ key: '1', label: 'Продажи' }],
      rung: [
        { name: 'Анна', result: 'no-answer', ms: 20_000 },
        { name: 'Борис', result: 'busy' },
      ],
      earlier: { callsToday: 3, lastTalk: { with: 'Анна', ms: 240_000 } },
      next: { kind: 'callback', at: 'when-free' },
      replyTo: 'sales@example.ru',
    })
    expect(mail.row.dueAt).toBe(now + 10_000)
  })

  it('the same end has the same notices, whoever writes it', () => {
    const ids = () => follow(call('+79123456789', lost)).flatMap((e) => (e.op === 'notice' ? [e.row.id] : []))
    expect(ids()).toEqual(ids())
    expect(new Set(ids()).size).toBe(2)
  })

  it('each person who was rung is named once, as he was rung last, and who could not be rung, with why', () => {
    const rung = (person: string, name: string, result: 'busy' | 'no-answer' | 'offline', ms = 0): Step => {
      return { kind: 'rung', person, name, result, ms }
    }
    const steps: Step[] = [
      { kind: 'ring', to: 'sales', name: 'Продажи' },
      rung('anna', 'Анна', 'busy'),
      rung('anna', 'Анна', 'no-answer', 8_000),
      rung('boris', 'Борис', 'offline'),
      { kind: 'ring-ended', to: 'sales', outcome: 'no-answer' },
    ]
    const [mail] = follow(call('+79123456789', steps))
    expect(mail?.op === 'notice' && missedCall.parse(mail.row.payload).rung).toMatchObject([
      { name: 'Анна', result: 'no-answer', ms: 8_000 },
      { name: 'Борис', result: 'offline' },
    ])
  })

  it('a withheld number: a mail, a case of its own, no call-back, no thread', () => {
    const entries = follow(call(null, []))
    expect(entries.map(({ op }) => op)).toEqual(['notice', 'notice', 'case.loss'])
    expect(entries[0]?.op === 'notice' && entries[0].row.threadKey).toBeNull()
  })

  it('a talk closes what is open and calls off what was planned', () => {
    const entries = follow(call('+79123456789', [...lost, { kind: 'talk', person: 'anna', name: 'Анна', ms: 60_000 }]))
    expect(entries).toMatchObject([
      { op: 'notice.cancel' },
      { op: 'callback.cancel', row: { outcome: 'came-back' } },
      { op: 'case.close', row: { how: 'came-back', by: 'anna', talkMs: 60_000 } },
    ])
  })

  it('our own call-backs and campaigns have no missed callers', () => {
    expect(follow(call('+79123456789', [], { direction: 'callback' }))).toEqual([])
  })
})

describe('a talk that an operator began himself', () => {
  const talk = (ms: number) => ({ id: 'out-1', number: '+79123456789', operator: 'anna', ms, at: 1_000 })
  it.each([
    ['callback: { success: 20s }', 19_999, 0],
    ['callback: { success: 20s }', 20_000, 3],
    ['callback: { success: 2s }', 2_000, 3],
    ['callback: {}', 4_999, 0],
    ['', 4_999, 0],
    ['', 5_000, 3],
  ])('%s, %i ms: %i things are closed by it', (callback, ms, closed) => {
    expect(closedByOutsideTalk(talk(ms), configOf(yaml('[lead@example.ru]', callback)))).toHaveLength(closed)
  })
})
