/** The judge of the crash rig finds what it is there for: each story is sound but for one thing. */
import { expect, it } from 'vitest'
import type { Evidence, SipCall } from '../evidence.ts'
import { bridgedWith } from '../talks.ts'
import { judge } from '../witness.ts'

const T = 1_795_635_000_000
const CALLER = '+79121000001'
const CLIENT = '+79121000002'
const CONTACT = '+79141000003'

function sip(change: Partial<SipCall>): SipCall {
  const common = { direction: 'placed' as const, from: CALLER, to: '+73432000001', began: T, replied: T }
  return { ...common, answered: null, operator: null, left: null, over: T + 4_000, end: 'they hung up', ...change }
}
const cel = (type: string, at: number, uniqueId: string, caller = '', bridge = '') => {
  const channel = uniqueId.includes('leg') ? 'PJSIP/2000-1' : 'PJSIP/provider-1'
  return { type, at, uniqueId, channel, caller, extra: bridge && `{"bridge_id":"${bridge}"}` }
}
const row = (id: string, caller: string, verdict: string) => {
  const common = { direction: 'inbound', arrivedAt: new Date(T), endedAt: new Date(T + 4_000), talkMs: null }
  return { id, caller, verdict, notice: verdict === 'missed' ? 'fired' : 'disarmed', restored: false, ...common }
}
const mail = (callId: string, at = T + 5_000) => ({ at, messageId: `<${callId}@x>`, noticeId: `${callId}.n`, callId })

/** One caller talks, another is missed and called back, a contact is called. All as it should be. */
function sound(): Evidence {
  return {
    sip: [
      sip({ answered: T, operator: T + 1_000, left: T + 4_000, end: 'we hung up' }),
      sip({ direction: 'taken', from: CALLER, to: '2000', began: T, answered: T + 900, over: T + 4_010 }),
      sip({ from: CLIENT, over: T + 2_000, left: T + 2_000, end: 'cancelled' }),
      sip({ direction: 'taken', from: CLIENT, to: '2001', began: T + 500, over: T + 2_050, end: 'cancelled' }),
      sip({ direction: 'taken', from: '+73432000001', to: CLIENT, began: T + 6_000, over: T + 9_000 }),
      sip({ direction: 'taken', from: '+73432000001', to: CONTACT, began: T, over: T + 3_000 }),
    ],
    cel: [
      cel('CHAN_START', T, '1.1', CALLER),
      cel('CHAN_START', T, '1.2', CLIENT),
      cel('BRIDGE_ENTER', T + 950, '1.1', CALLER, 'b'),
      cel('BRIDGE_ENTER', T + 960, 'leg-1', '', 'b'),
      cel('BRIDGE_EXIT', T + 4_000, '1.1', CALLER, 'b'),
      cel('BRIDGE_EXIT', T + 4_000, 'leg-1', '', 'b'),
    ],
    mails: [mail('1.2')],
    deaths: [],
    records: {
      calls: [row('1.1', CALLER, 'answered'), row('1.2', CLIENT, 'missed')],
      notices: [{ id: '1.2.n', kind: 'missed', callId: '1.2', status: 'sent' }],
      callbacks: [{ id: 'cb-1', number: CLIENT, status: 'done', tries: 1 }],
      contacts: [
        {
          number: CONTACT,
          status: 'completed',
          dueAt: new Date(T),
          attempts: [{ id: 'a', endedAt: new Date(T), result: 'completed' }],
        },
      ],
      openDials: 0,
    },
    left: { channels: 0, bridges: 0, doorbell: 0 },
  }
}

it('has nothing to say of a sound run', () => {
  expect(judge(sound())).toMatchObject({
    violations: [],
    counts: { calls: 2, answered: 1, missed: 1, between: 0, mails: 1, copies: 0, dials: 2 },
  })
})

it.each<[string, string, (evidence: Evidence) => void]>([
  ['a call without a row', 'I1', ({ records }) => records.calls.pop()],
  ['a loss without a mail', 'I1', ({ mails }) => mails.pop()],
  ['a loss that is taken for a talk', 'I1', ({ records }) => (records.calls[1]!.verdict = 'answered')],
  ['a call without an end', 'I1', ({ records }) => (records.calls[1]!.endedAt = null)],
  ['a notice that waits for ever', 'I1', ({ records }) => (records.notices[0]!.status = 'pending')],
  ['an entry that stays in the book', 'I1', ({ left }) => (left.doorbell = 1)],
  ['a talk that is taken for a loss', 'I3', ({ records }) => (records.calls[0]!.verdict = 'missed')],
  [
    'a talk of one who cannot tell whom he hears, taken for a loss',
    'I3',
    ({ sip: calls, records }) => {
      Object.assign(calls[0]!, { operator: null, deaf: true })
      records.calls[0]!.verdict = 'missed'
    },
  ],
  [
    'his talk that we have cut',
    'I10',
    ({ sip: calls }) => Object.assign(calls[0]!, { operator: null, deaf: true, left: null, end: 'they hung up' }),
  ],
  ['a mail about a talk', 'I3', ({ mails }) => mails.push({ ...mail('1.1'), noticeId: '1.2.n' })],
  ['a second mail, and nobody died', 'I2', ({ mails }) => mails.push(mail('1.2', T + 9_000))],
  ['a second mail with another id', 'I2', ({ mails }) => mails.push({ ...mail('1.2'), messageId: '<other@x>' })],
  ['a mail of which no row knows', 'I2', ({ mails }) => mails.push({ ...mail('1.3'), noticeId: 'x' })],
  [
    'two calls to one number at once',
    'I4',
    ({ sip: calls, records }) => {
      records.callbacks[0]!.tries = 2
      calls.push({ ...calls[4]!, began: T + 7_000 })
    },
  ],
  [
    'more calls than tries',
    'I4',
    ({ sip: calls }) => calls.push({ ...calls[4]!, began: T + 20_000, over: T + 21_000 }),
  ],
  ['a number that stays reserved', 'I4', ({ records }) => (records.openDials = 1)],
  [
    'a call to a number on the list',
    'I5',
    ({ sip: calls, records }) => {
      calls.push({ ...calls[4]!, to: '+79131000001' })
      records.callbacks.push({ id: 'cb-2', number: '+79131000001', status: 'done', tries: 1 })
    },
  ],
  ['a forgotten contact', 'I6', ({ records }) => (records.contacts[0]!.status = 'dialing')],
  ['a call-back without an end', 'I6', ({ records }) => (records.callbacks[0]!.status = 'client')],
  ['a caller whose call never ends', 'I7', ({ sip: calls }) => (calls[2]!.end = 'timeout')],
  ['a phone that rings for nobody', 'I8', ({ sip: calls }) => (calls[3]!.over = T + 9_000)],
  ['a channel that lives on', 'I8', ({ left }) => (left.channels = 1)],
  ['a talk that was cut', 'I10', ({ sip: calls }) => Object.assign(calls[0]!, { left: null, end: 'they hung up' })],
])('finds %s', (_what, invariant, change) => {
  const evidence = sound()
  change(evidence)
  const { violations } = judge(evidence)
  expect(violations.filter((violation) => violation.startsWith(`${invariant}:`))).not.toEqual([])
})

it('bears a copy with a death between, and a talk that Asterisk took with it', () => {
  const evidence = sound()
  evidence.mails.push(mail('1.2', T + 9_000))
  evidence.deaths.push({ of: 'daemon', at: T + 6_000, backAt: T + 7_000 })
  expect(judge(evidence)).toMatchObject({ violations: [], counts: { copies: 1 } })
  const cut = sound()
  Object.assign(cut.sip[0]!, { left: null, end: 'they hung up' })
  cut.deaths.push({ of: 'asterisk', at: T + 4_000, backAt: T + 6_000 })
  expect(judge(cut).violations).toEqual([])
})

it('a bridge that nobody left ended with Asterisk', () => {
  const events = sound().cel.slice(0, 4)
  const talks = bridgedWith(events, [{ of: 'asterisk', at: T + 3_000, backAt: null }])
  expect(talks.get('1.1')).toEqual([{ with: 'leg-1', from: T + 960, to: T + 3_000 }])
})
