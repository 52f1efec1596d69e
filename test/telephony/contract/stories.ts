/** The contract: short stories, and what the house sees of them. Each is played on the simulation's Asterisk and on the real one. */
import { AnsweredElsewhere, type Leg } from '../../../src/telephony/api.ts'
import { FALLBACK_CONTEXT } from '../../../src/telephony/contexts.ts'
import { CALLER, type Outsider, OUR_NUMBER, type Stage } from './stage.ts'

export interface Story {
  name: string
  play: (stage: Stage) => Promise<void>
  sees: string[]
}

const COMES = `arrival of ${CALLER} at ${OUR_NUMBER} over provider`
const NUMBER = '+79990000001'

/** A caller is there. */
async function comes({ call, house }: Stage): Promise<{ caller: Outsider; leg: Leg }> {
  const caller = await call()
  return { caller, leg: await house.arrival() }
}

/** A caller and phone 101, which has answered. */
async function comesAndIsDialled(stage: Stage): Promise<{ caller: Outsider; leg: Leg; phone: Outsider; other: Leg }> {
  stage.set('101', 'answers')
  const { caller, leg } = await comes(stage)
  const rung = stage.rung('101')
  const other = await stage.house.dial('101')
  return { caller, leg, phone: await rung, other: other! }
}

/** Longer than an operator who hangs up at once has the phone in hand. */
const A_WORD_MS = 3_500

export const stories: Story[] = [
  {
    name: 'answered, a sound to its end, and we hang up',
    play: async (stage) => {
      const { caller, leg } = await comes(stage)
      await stage.house.sees('play', leg.play([stage.sounds.short]))
      await leg.hangup()
      await stage.house.end('caller', leg, 'us')
      await caller.ended()
      await stage.house.book({ [leg.id]: 'caller' })
    },
    sees: [COMES, 'play: done', 'caller ended: us', `book caller ${CALLER} ${OUR_NUMBER} provider new ended`],
  },
  {
    name: 'a sound is stopped, another is not there, and the caller leaves in the third',
    play: async (stage) => {
      const { house, sounds } = stage
      const { caller, leg } = await comes(stage)
      await leg.answer()
      await caller.answered()
      const stop = new AbortController()
      const playing = house.sees('stopped', leg.play([sounds.long], { signal: stop.signal }))
      setTimeout(() => stop.abort(), 300)
      await playing
      await house.sees('missing', leg.play([sounds.missing]))
      const last = house.sees('last', leg.play([sounds.long]))
      await caller.hangup()
      await last
      await house.end('caller', leg)
    },
    sees: [
      COMES,
      'stopped: interrupted',
      'missing: failed',
      'last: the call has ended, cause 16',
      'caller ended: the call has ended, cause 16',
    ],
  },
  {
    name: 'keys, also those typed ahead',
    play: async (stage) => {
      const { caller, leg } = await comes(stage)
      await leg.answer()
      await caller.answered()
      await caller.press('12')
      await stage.house.sees('first', leg.keys.next(3_000))
      await stage.house.sees('second', leg.keys.next(3_000))
      await stage.house.sees('third', leg.keys.next(50))
      await caller.hangup()
      await stage.house.end('caller', leg)
    },
    sees: [COMES, 'first: 1', 'second: 2', 'third: null', 'caller ended: the call has ended, cause 16'],
  },
  {
    name: 'a caller who leaves before anything was done',
    play: async (stage) => {
      const { caller, leg } = await comes(stage)
      await caller.hangup()
      await stage.house.end('caller', leg)
      await stage.house.sees('play', leg.play([stage.sounds.short]))
      await stage.house.book({ [leg.id]: 'caller' })
    },
    sees: [
      COMES,
      'caller ended: the call has ended, cause 16',
      'play: the call has ended, cause 16',
      `book caller ${CALLER} ${OUR_NUMBER} provider new ended`,
    ],
  },
  ...(
    [
      ['busy', 'busy'],
      ['rejects', 'rejected, it rang'],
      ['unallocated', 'unallocated'],
      ['congested', 'congestion'],
    ] as const
  ).map(([does, result]): Story => ({
    name: `a dialled number that ${does === 'rejects' ? does : `is ${does}`}`,
    play: async ({ set, house }) => {
      set(NUMBER, does)
      await house.dial(NUMBER)
    },
    sees: [`dial ${NUMBER}: ${result}`],
  })),
  {
    name: 'a phone that rings for ever stops when its time is over',
    play: async ({ set, rung, house }) => {
      set('101', 'rings')
      const phone = rung('101')
      await house.dial('101', { timeoutMs: 1_000 })
      await (await phone).ended()
    },
    sees: ['dial 101: no-answer, it rang'],
  },
  {
    name: 'a phone is told that it was answered elsewhere',
    play: async ({ set, rung, house }) => {
      set('101', 'rings')
      const controller = new AbortController()
      const phone = rung('101')
      const dialling = house.dial('101', { signal: controller.signal })
      const leg = await phone
      setTimeout(() => controller.abort(new AnsweredElsewhere()), 500)
      await dialling
      await leg.ended()
      house.trace.push(`the phone saw cause ${leg.cause}`)
    },
    sees: ['dial 101: cancelled, it rang', 'the phone saw cause 26'],
  },
  {
    name: 'a phone that does not exist',
    play: async ({ house }) => void (await house.dial('nobody')),
    sees: ['dial nobody: not-placed'],
  },
  {
    name: 'a dialled phone that answers and hangs up again',
    play: async ({ set, rung, house }) => {
      set('101', 'answers')
      const phone = rung('101')
      const leg = await house.dial('101')
      await (await phone).hangup()
      await house.end('phone', leg!)
    },
    sees: ['dial 101: answered, it rang', 'phone ended: the call has ended, cause 16'],
  },
  ...(['caller', 'phone'] as const).map((who): Story => ({
    name: `a talk that the ${who} ends`,
    play: async (stage) => {
      const { caller, leg, phone, other } = await comesAndIsDialled(stage)
      const talk = stage.house.sees('talk', leg.talkWith(other))
      await caller.answered()
      setTimeout(() => void (who === 'caller' ? caller : phone).hangup(), A_WORD_MS)
      await talk
      await Promise.all([caller.ended(), phone.ended()])
      await stage.house.end('caller', leg)
      await stage.house.end('phone', other)
      await stage.house.book({ [leg.id]: 'caller', [other.id]: 'phone' })
    },
    sees: [
      COMES,
      'dial 101: answered, it rang',
      `talk: talked, ended by ${who === 'caller' ? 'this' : 'other'}`,
      'caller ended: the call has ended, cause 16',
      'phone ended: the call has ended, cause 16',
      `book caller ${CALLER} ${OUR_NUMBER} provider talked phone answered ended`,
    ],
  })),
  {
    name: 'a phone that is picked up and put down at once: the caller is still ours',
    play: async (stage) => {
      const { caller, leg, phone, other } = await comesAndIsDialled(stage)
      const talk = stage.house.sees('talk', leg.talkWith(other))
      await caller.answered()
      setTimeout(() => void phone.hangup(), 800)
      await talk
      await stage.house.end('phone', other)
      await stage.house.sees('play', leg.play([stage.sounds.short]))
      await leg.hangup()
      await stage.house.end('caller', leg, 'us')
    },
    sees: [
      COMES,
      'dial 101: answered, it rang',
      'talk: dropped',
      'phone ended: the call has ended, cause 16',
      'play: done',
      'caller ended: us',
    ],
  },
  {
    name: 'the phone is gone before the two are joined, and the caller is still ours',
    play: async (stage) => {
      const { leg, phone, other } = await comesAndIsDialled(stage)
      await phone.hangup()
      await stage.house.end('phone', other)
      await stage.house.sees('talk', leg.talkWith(other))
      await stage.house.sees('play', leg.play([stage.sounds.short]))
      await leg.hangup()
      await stage.house.end('caller', leg, 'us')
    },
    sees: [
      COMES,
      'dial 101: answered, it rang',
      'phone ended: the call has ended, cause 16',
      'talk: not-bridged',
      'play: done',
      'caller ended: us',
    ],
  },
  {
    name: 'two whom we rang talk, and the book knows it',
    play: async ({ set, rung, house }) => {
      set('101', 'answers')
      set('102', 'answers')
      const phones = [rung('101'), rung('102')] as const
      const one = await house.dial('101')
      const other = await house.dial('102')
      const talk = house.sees('talk', one!.talkWith(other!))
      setTimeout(() => void phones[1].then((phone) => phone.hangup()), 1_500)
      await talk
      await (await phones[0]).ended()
      await house.end('one', one!)
      await house.book({ [one!.id]: 'one', [other!.id]: 'other' })
    },
    sees: [
      'dial 101: answered, it rang',
      'dial 102: answered, it rang',
      'talk: talked, ended by other',
      'one ended: the call has ended, cause 16',
      'book one talked other answered ended',
    ],
  },
  {
    name: 'handed to the plain dialplan, which rings the operators',
    play: async (stage) => {
      const { house, set, rung } = stage
      set('101', 'answers')
      set('102', 'rings')
      const { caller, leg } = await comes(stage)
      const phones = [rung('101'), rung('102')] as const
      await house.sees('hand over', leg.continueInDialplan(FALLBACK_CONTEXT))
      await caller.answered()
      await (await phones[1]).ended()
      setTimeout(() => void phones[0].then((phone) => phone.hangup()), A_WORD_MS)
      await caller.ended()
      await house.end('caller', leg)
      await house.book({ [leg.id]: 'caller' })
    },
    sees: [
      COMES,
      'hand over: done',
      'caller ended: the call has ended, cause 16',
      `book caller ${CALLER} ${OUR_NUMBER} provider answered 101 answered ended`,
    ],
  },
  {
    name: 'the daemon goes away under a caller: the operators ring, and it reads of it when it is back',
    play: async (stage) => {
      stage.set('101', 'answers')
      stage.set('102', 'rings')
      const { caller, leg } = await comes(stage)
      await leg.answer()
      await caller.answered()
      const phone = stage.rung('101')
      await stage.goAway()
      const operator = await phone
      await operator.answered()
      setTimeout(() => void caller.hangup(), 1_500)
      await operator.ended()
      await stage.comeBack()
      await stage.house.book({ [leg.id]: 'caller' })
    },
    sees: [COMES, `book caller ${CALLER} ${OUR_NUMBER} provider answered 101 answered ended`],
  },
  {
    name: 'who calls while the daemon is away and leaves is in the book',
    play: async (stage) => {
      stage.set('101', 'rings')
      stage.set('102', 'rings')
      await stage.goAway()
      const phone = stage.rung('101')
      const caller = await stage.call()
      const operator = await phone
      await caller.hangup()
      await operator.ended()
      await stage.comeBack()
      await stage.house.book({})
    },
    sees: [`book somebody ${CALLER} ${OUR_NUMBER} provider unanswered ended`],
  },
  {
    name: 'a daemon that goes in peace takes nobody new, and keeps who is there',
    play: async (stage) => {
      stage.set('101', 'rings')
      stage.set('102', 'rings')
      const { caller, leg } = await comes(stage)
      await stage.house.telephony.retire()
      const phone = stage.rung('101')
      const second = await stage.call()
      const operator = await phone
      await second.hangup()
      await operator.ended()
      await stage.house.sees('play', leg.play([stage.sounds.short]))
      await caller.hangup()
      await stage.house.end('caller', leg)
      await stage.goAway()
      await stage.comeBack()
      await stage.house.book({ [leg.id]: 'caller' })
    },
    sees: [
      COMES,
      'play: done',
      'caller ended: the call has ended, cause 16',
      `book caller ${CALLER} ${OUR_NUMBER} provider new ended`,
      `book somebody ${CALLER} ${OUR_NUMBER} provider unanswered ended`,
    ],
  },
  {
    name: 'a phone that is dialled is busy, and free again',
    play: async ({ set, rung, house }) => {
      set('101', 'answers')
      const states: string[] = []
      const off = house.telephony.onPhoneState((endpoint, state) => {
        // that it rings is told or not, by how soon it is picked up
        if (endpoint === 'PJSIP/101' && state !== 'ringing' && states.at(-1) !== state) states.push(state)
      })
      const phone = rung('101')
      const leg = await house.dial('101')
      await (await phone).hangup()
      await house.end('phone', leg!)
      await house.sees(
        'free',
        freeAgain(() => states),
      )
      off()
      house.trace.push(states.join(', '))
    },
    sees: ['dial 101: answered, it rang', 'phone ended: the call has ended, cause 16', 'free: true', 'busy, idle'],
  },
]

async function freeAgain(states: () => string[]): Promise<boolean> {
  for (let i = 0; i < 100 && states().at(-1) !== 'idle'; i++) await new Promise((resolve) => setTimeout(resolve, 50))
  return states().at(-1) === 'idle'
}
