import { describe, expect, it } from 'vitest'
import { reportAll, type IgnoreRules } from '../../src/missed-calls/ignore-rules.ts'
import { verdictOf } from '../../src/missed-calls/verdict.ts'
import {
  type IgnoreReason,
  type Journey,
  ignoreReasons,
  reasonCodes,
  type ReasonCode,
  type RingOutcome,
  type RungResult,
  type Step,
  type StepRow,
} from '../../src/model/call-outcome.ts'

const path = (...steps: Step[]): StepRow[] => steps.map((step, i) => ({ ...step, time: 1000 + i * 1000 }))
const arrived: Step = { kind: 'arrived', did: '+73432001122' }
const greeting: Step = { kind: 'played', sounds: ['prompts/greeting'] }
const menu: Step = { kind: 'menu' }
const key = (k: string): Step => ({ kind: 'key', key: k, label: null })
const ring = (to = 'sales'): Step => ({ kind: 'ring', to, name: to })
const rung = (result: RungResult, person = 'anna'): Step => ({ kind: 'rung', person, name: person, result, ms: 5000 })
const ended = (outcome: RingOutcome, to = 'sales'): Step => ({ kind: 'ring-ended', to, outcome })
const talk: Step = { kind: 'talk', person: 'anna', name: 'Anna', ms: 2000 }
const gone: Step = { kind: 'hung-up', by: 'caller', cause: 16 }
const ours: Step = { kind: 'hung-up', by: 'us', cause: 16 }
const closed: Step = { kind: 'closed', hours: 'office' }
const recorded = (ms: number): Step => ({ kind: 'recorded', to: 'sales', ms, file: 'x' })

const journey = (steps: StepRow[], endedAt: number, more: Partial<Journey> = {}): Journey => {
  return { steps, arrivedAt: 1000, endedAt, direction: 'inbound', caller: '+79123456789', internal: false, ...more }
}
const judge = (steps: StepRow[], endedAt: number) => verdictOf(journey(steps, endedAt))
const flow: Step = { kind: 'flow', flow: 'main' }
const lookup: Step = { kind: 'lookup' }
const told: Step = { kind: 'told' }
const answerphone: Step = { kind: 'voicemail', to: 'sales' }
const broken: Step = { kind: 'hung-up', by: 'caller', cause: 38 }
const heard: Step = { kind: 'heard', sounds: ['prompts/outage'] }
const unknown: Step = { kind: 'hung-up', by: 'unknown', cause: 0 }

const reasons: [string, ReasonCode, Step[]][] = [
  ['hung up before anything was played', 'hangup_greeting', [arrived, gone]],
  ['hung up during the greeting', 'hangup_greeting', [arrived, greeting, gone]],
  ['hung up in the menu', 'hangup_menu', [arrived, greeting, menu, gone]],
  ['hung up in the menu after a wrong key', 'hangup_menu', [arrived, menu, { kind: 'wrong-key', key: '7' }, gone]],
  ['a menu that ended in silence and a farewell', 'no_input', [arrived, menu, { kind: 'silence' }, ours]],
  ['a menu that ended after wrong keys', 'invalid_input', [arrived, menu, { kind: 'wrong-key', key: '7' }, ours]],
  [
    'hung up while the phones rang',
    'queue_abandon',
    [arrived, menu, key('1'), ring(), rung('cancelled'), ended('abandoned'), gone],
  ],
  ['the daemon died while the phones rang', 'queue_abandon', [arrived, ring()]],
  ['everybody was talking', 'all_busy', [arrived, ring(), ended('all-busy'), ours]],
  ['nobody was there', 'none_online', [arrived, ring(), ended('none-online'), ours]],
  [
    'the phones rang in vain',
    'ring_no_answer',
    [arrived, ring(), rung('no-answer'), rung('busy', 'boris'), ended('no-answer'), ours],
  ],
  [
    'declined by all',
    'operator_rejected',
    [arrived, ring(), rung('rejected'), rung('busy', 'boris'), ended('no-answer'), ours],
  ],
  [
    'a mobile’s voicemail picked up',
    'mobile_not_accepted',
    [arrived, ring('olga'), rung('not-accepted'), ended('no-answer', 'olga'), ours],
  ],
  [
    'the phone that should ring forwards its calls',
    'phone_forwarded',
    [arrived, ring('olga'), rung('forwarded'), ended('no-answer', 'olga'), ours],
  ],
  [
    'an operator has transferred the caller to nobody',
    'transfer_unanswered',
    [
      arrived,
      ring('olga'),
      { kind: 'talk', person: 'olga', name: 'Olga', ms: 9_000 },
      { kind: 'transfer', by: 'olga', name: 'Olga', to: '102' },
      ring('boris'),
      ended('abandoned', 'boris'),
      gone,
    ],
  ],
  [
    'no line to the mobile',
    'congestion',
    [arrived, ring('olga'), rung('congestion'), ended('no-answer', 'olga'), ours],
  ],
  ['after hours', 'after_hours', [arrived, closed, greeting, ours]],
  ['after hours, hung up at once', 'after_hours', [arrived, closed, gone]],
  [
    'after hours, left a message',
    'voicemail_left',
    [arrived, closed, { kind: 'voicemail', to: 'sales' }, recorded(5000), gone],
  ],
  [
    'after hours, said nothing',
    'voicemail_empty',
    [arrived, closed, { kind: 'voicemail', to: 'sales' }, recorded(0), gone],
  ],
  [
    'nobody answered, left a message',
    'voicemail_left',
    [arrived, ring(), rung('no-answer'), ended('no-answer'), recorded(900), gone],
  ],
  [
    'nobody answered, then silence on the answerphone',
    'ring_no_answer',
    [arrived, ring(), rung('no-answer'), ended('no-answer'), recorded(0), gone],
  ],
  [
    'several groups: the last one decides',
    'all_busy',
    [arrived, ring('ads'), rung('no-answer'), ended('no-answer', 'ads'), ring('sales'), ended('all-busy'), ours],
  ],
  ['more callers than we carry', 'congestion', [arrived, { kind: 'fallback', why: 'full' }, gone]],
  ['refused as the first of a circle', 'looping', [arrived, { kind: 'fallback', why: 'loop', times: 4711 }, gone]],
  ['passed by while we were away', 'restored', [arrived, { kind: 'fallback', why: 'away' }, gone]],
  ['of which we know only that it was', 'restored', [arrived, unknown]],
  ['hung up while he waited for information', 'lookup_hangup', [arrived, menu, key('3'), lookup, gone]],
  ['got his information, and hung up in the menu', 'hangup_menu', [arrived, menu, key('3'), lookup, told, menu, gone]],
  ['got his information, and we hung up', 'other', [arrived, menu, key('3'), lookup, told, ours]],
  ['heard the announcement of a flow that has nothing else', 'other', [arrived, greeting, ours]],
  ['hung up after a key that led to a recording', 'hangup_menu', [arrived, menu, key('2'), greeting, gone]],
  [
    'the time of the group was over while he waited for who was busy',
    'queue_timeout',
    [arrived, ring(), rung('no-answer'), greeting, greeting, ended('timeout'), ours],
  ],
  [
    'the time of the group was over while the phones rang',
    'ring_no_answer',
    [arrived, ring(), rung('no-answer'), ended('timeout'), ours],
  ],
  [
    'nobody could be rung before the time was over',
    'all_busy',
    [arrived, ring(), { ...(rung('busy') as Step & { kind: 'rung' }), ms: 0 }, ended('timeout'), ours],
  ],
  ['his line broke in the greeting', 'trunk_lost', [arrived, greeting, broken]],
  ['his line broke in the menu', 'trunk_lost', [arrived, menu, broken]],
  ['his line broke while he waited', 'trunk_lost', [arrived, ring(), rung('cancelled'), ended('abandoned'), broken]],
  ['his line broke on the answerphone', 'trunk_lost', [arrived, answerphone, broken]],
  [
    'nobody answered, then his line broke',
    'ring_no_answer',
    [arrived, ring(), rung('no-answer'), ended('no-answer'), broken],
  ],
  [
    'who asked to be called is no lost caller of a queue',
    'callback_requested',
    [
      arrived,
      { kind: 'ring', to: 'sales', name: 'Продажи' },
      { kind: 'callback-asked', number: '+79120000001', to: 'sales', since: 2_000, afterMeeting: false },
    ],
  ],
  ['his line broke after his message', 'voicemail_left', [arrived, answerphone, recorded(4000), broken]],
  ['hung up before the tone of the answerphone', 'voicemail_empty', [arrived, greeting, answerphone, gone]],
  [
    'a phone of the first group stops late, when the second rings',
    'all_busy',
    [
      arrived,
      ring('ads'),
      ended('no-answer', 'ads'),
      ring('sales'),
      { ...(rung('no-answer') as Step & { kind: 'rung' }), to: 'ads' },
      ended('all-busy'),
      ours,
    ],
  ],
  [
    'the same group twice: the second time decides',
    'none_online',
    [arrived, ring(), rung('no-answer'), ended('no-answer'), ring(), ended('none-online'), ours],
  ],
  [
    'pressed 0 while a group rang, then gave up on the operators',
    'queue_abandon',
    [
      arrived,
      ring(),
      rung('cancelled'),
      ended('interrupted'),
      key('0'),
      ring('operators'),
      ended('abandoned', 'operators'),
      gone,
    ],
  ],
]

describe('reasons', () => {
  it.each(reasons)('%s: %s', (_, reason, steps) => {
    expect(judge(path(...steps), 60_000)).toMatchObject({ verdict: 'missed', reason })
  })

  it('every code can come about', () => {
    expect(new Set(reasons.map(([, reason]) => reason))).toEqual(new Set(reasonCodes))
  })
})

describe('what nobody need be told of', () => {
  const rules: IgnoreRules = {
    internal: true,
    fax: true,
    ownNumbers: true,
    ownCalls: true,
    lines: new Set(['+73432001122']),
    blocked: new Set(['+79120000666']),
    shorterThanMs: 3_000,
  }
  const message = [arrived, ring(), ended('no-answer'), answerphone, recorded(4000), gone]
  const left = [arrived, greeting, gone]
  const ignored: [string, IgnoreReason, Step[], Partial<Journey>][] = [
    ['a phone of the house', 'internal', [arrived, ring(), ended('no-answer'), gone], { internal: true }],
    ['a number that nobody wants to hear of', 'blocked', left, { caller: '+79120000666' }],
    ['the same, with a message', 'blocked', message, { caller: '+79120000666' }],
    ['one of our own numbers', 'own_number', left, { caller: '+73432001122' }],
    ['the same, whose answerphone talks to ours', 'own_number', message, { caller: '+73432001122' }],
    ['whom we called ourselves', 'own_call', [ring(), ended('no-answer'), gone], { direction: 'campaign' }],
    ['a fax machine', 'fax', [arrived, greeting, { kind: 'fax' }, gone], {}],
    ['a fax machine that the answerphone has recorded', 'fax', [...message, { kind: 'fax' }], {}],
    ['who heard the announcement to its end', 'announcement', [arrived, heard, gone], {}],
    ['the same, and then the menu', 'announcement', [arrived, heard, menu, gone], {}],
    ['who hung up at once', 'short', left, { endedAt: 3_900 }],
    ['who rang again', 'linked', [arrived, ring(), ended('abandoned'), gone, { kind: 'linked', to: 'c2' }], {}],
  ]
  it.each(ignored)('%s: %s', (_, reason, steps, more) => {
    expect(verdictOf(journey(path(...steps), 60_000, more), rules)).toMatchObject({ verdict: 'ignored', reason })
  })

  it('every one of these reasons can come about, and each can be switched off', () => {
    expect(new Set(ignored.map(([, reason]) => reason))).toEqual(new Set(ignoreReasons))
    for (const [what, reason, steps, more] of ignored) {
      // what stands in no setting: the announcement is noted only where it is one, and a linked call is told by another
      if (reason === 'announcement' || reason === 'linked') continue
      const { verdict } = verdictOf(journey(path(...steps), 60_000, more), reportAll)
      expect({ what, verdict }).toEqual({ what, verdict: 'missed' })
    }
  })

  it.each<[string, ReasonCode, Step[], Partial<Journey>]>([
    ['a message from a phone of the house', 'voicemail_left', message, { internal: true }],
    ['a message after the announcement', 'voicemail_left', [arrived, heard, answerphone, recorded(900), gone], {}],
    ['who waited after the announcement', 'queue_abandon', [arrived, heard, ring(), ended('abandoned'), gone], {}],
    ['who pressed a key after it', 'hangup_menu', [arrived, heard, menu, key('1'), gone], {}],
    ['who hung up a little later', 'hangup_greeting', left, { endedAt: 4_000 }],
    ['who was there for nobody knows how long: the clock was set back', 'hangup_greeting', left, { endedAt: -90_000 }],
    ['who hung up in the menu, however fast', 'hangup_menu', [arrived, menu, gone], { endedAt: 2_000 }],
    ['who withholds his number', 'hangup_greeting', left, { caller: null }],
  ])('but told: %s', (_, reason, steps, more) => {
    expect(verdictOf(journey(path(...steps), 60_000, more), rules)).toMatchObject({ verdict: 'missed', reason })
  })

  it('a talk is an answer, whoever called', () => {
    for (const [, , steps, more] of ignored)
      expect(verdictOf(journey(path(...steps, talk), 60_000, more), rules).verdict).toBe('answered')
  })
})

describe('in whatever order the news comes', () => {
  it.each(reasons)('%s: still %s', (_, reason, steps) => {
    const rows = path(...steps)
    const random = seeded(reason.length + steps.length)
    for (let round = 0; round < 20; round++) {
      const shuffled = rows.map((row) => ({ row, at: random() })).toSorted((a, b) => a.at - b.at)
      const verdict = judge(
        shuffled.map(({ row }) => row),
        60_000,
      )
      expect(verdict).toEqual(judge(rows, 60_000))
    }
  })

  it('phones that stop late, after the end of the call, change nothing', () => {
    const late: Step[] = [rung('no-answer'), rung('busy', 'boris'), rung('no-answer', 'olga')]
    const start = [arrived, menu, key('1'), ring()]
    const inTime = judge(path(...start, ...late, ended('no-answer'), gone), 60_000)
    for (const [a, b, c] of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ] as const) {
      const order = [late[a]!, late[b]!, late[c]!]
      const { reason, detail } = judge(path(...start, ended('no-answer'), ...order, gone), 60_000)
      expect(reason).toBe(inTime.reason)
      expect(new Set(detail.people)).toEqual(new Set(inTime.detail.people))
      expect(judge(path(...start, ended('no-answer'), gone, ...order), 60_000).reason).toBe(inTime.reason)
    }
  })
})

it('tells what the sentence of the reason speaks of', () => {
  const waiting = path(
    arrived,
    flow,
    menu,
    key('7'),
    { kind: 'key', key: '1', label: 'Sales' },
    ring(),
    rung('cancelled'),
    {
      kind: 'ring-ended',
      to: 'sales',
      outcome: 'abandoned',
      position: 2,
    },
    gone,
  )
  expect(judge(waiting, 60_000)).toMatchObject({
    group: 'sales',
    detail: { menu: 'main', keys: ['7', '1 — Sales'], position: 2, people: ['anna'], waitMs: 54_000 },
  })
})

/** Repeatable noise between 0 and 1. */
function seeded(seed: number): () => number {
  let state = seed * 2654435761
  return () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648
}

it('a talk is an answer, whatever came before it', () => {
  const steps = path(arrived, menu, key('1'), ring('ads'), rung('busy'), ended('no-answer', 'ads'), ring(), talk, gone)
  expect(judge(steps, 60_000)).toMatchObject({
    verdict: 'answered',
    reason: null,
    group: 'sales',
    talkMs: 2000,
  })
})

it('machines do not answer: greeting, menu, keys and answerphone without a talk are missed', () => {
  expect(judge(path(arrived, greeting, menu, key('1'), recorded(9000), gone), 9000).verdict).toBe('missed')
})

it('waiting begins with the first ring, not with the menu', () => {
  const steps = path(arrived, menu, key('1'), ring(), talk)
  // the ring stands at 4000, the talk of 2000 ms was noted at its end, 5000
  expect(judge(steps, 9000).waitMs).toBe(0)
  expect(judge(path(arrived, menu, ring(), ended('abandoned'), gone), 9000).waitMs).toBe(6000)
  expect(judge(path(arrived, menu, gone), 9000).waitMs).toBe(8000)
})
