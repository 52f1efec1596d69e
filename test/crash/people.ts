/** Who calls, who sits at the desks, and who is called back in the crash rig: all of it follows from the seed. */
import type { Callee, CallOptions, PhoneCall } from '../../bench/phone-call.ts'
import type { Phone } from '../../bench/phone.ts'
import { between, chance, type Chance, chanceFor, pick } from './chance.ts'
import { MAIN_LINE } from './crash-world.ts'
import { workingZone } from '../support/working-zone.ts'

export const DESKS = ['2000', '2001', '2002', '2003', '2004', '2005']
const MOBILE = '+79990000001'
const RINGING_LINE = '+73432000002'
const VOICEMAIL_LINE = '+73432000003'
const MOBILE_LINE = '+73432000004'
/** Callers with this beginning are on the do-not-call list. */
export const LISTED = '+7913'
export const CALLER = '+7912'
export const CONTACT = '+7914'

/** A company in which all that Perezvon does happens within seconds. */
export function crashConfig({ callbacks = true } = {}): string {
  const people = DESKS.map((extension, i) => `  o${i}: { name: Operator ${i}, rings: PJSIP/${extension} }`)
  return `version: 1
company: { name: Crash, language: en, timezone: ${workingZone()}, country: RU }
people:
${people.join('\n')}
  mobile: { name: Mobile, rings: "${MOBILE}" }
groups:
  sales: { members: [o0, o1, o2, o3], ring: all, each: 3s, total: 6s }
  operators: { members: [o0, o1] }
  service: { members: [o2, o3, o4, o5], ring: longest-idle, each: 2s, total: 5s }
hours:
  always: { week: { mon-sun: "24h" } }
trunks:
  provider: { endpoint: PJSIP/provider, lines: 100, caller_id: "${MAIN_LINE}" }
lines:
  "${MAIN_LINE}": { name: Menu, flow: main }
  "${RINGING_LINE}": { name: Ringing, flow: ringing }
  "${VOICEMAIL_LINE}": { name: Voicemail, flow: voicemail }
  "${MOBILE_LINE}": { name: Mobile, flow: mobile }
flows:
  main:
    - menu:
        play: prompts/menu
        wait: 2s
        tries: 1
        keys: { 1: { ring: sales }, 2: { ring: service }, 3: { voicemail: { to: sales } } }
        else: { ring: service }
    - unanswered: { hangup: normal }
  ringing: [{ ring: { to: sales, music: ringing } }, { unanswered: { hangup: normal } }]
  voicemail: [{ voicemail: { to: sales, max: 3s, silence: 2s } }]
  mobile: [{ ring: { to: mobile, for: 4s, screen: false } }, { unanswered: { hangup: normal } }]
missed_calls:
  shortest_talk: 0s
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
${callbacks ? '  callback: { group: sales, tries: 2, every: [1s], success: 1s, ring_client: 4s }' : ''}
campaigns:
  orders:
    name: Orders
    kind: reminder
    line: "${MAIN_LINE}"
    trunk: provider
    hours: always
    lines: 2
    ring_for: 3s
    heard: 1s
    retry:
      busy: { tries: 2, every: 2s }
      no_answer: { tries: 2, every: 2s }
      unreachable: { tries: 1, every: 2s }
      trouble: { tries: 2, every: 2s }
    script:
      - menu:
          play: prompts/menu
          wait: 1s
          tries: 1
          keys: { 1: { answer: yes }, 2: { ring: service } }
          else: { hangup: normal }
`
}

export interface Plan {
  to: string
  options: CallOptions
  /** Leaves so long after he came, unless he talks by then. */
  leavesAfterMs: number | null
}

/** Contacts of the campaign. */
export function contactNumbers(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${CONTACT}${String(1_000_000 + i)}`)
}

/** Plays everybody. Calls come at `rate` a second from `start` to `stop`; it keeps all that the phone saw. */
export class People {
  readonly calls: PhoneCall[] = []
  #phone: Phone
  #seed: number
  #arrivals: Chance
  #timer: NodeJS.Timeout | null = null
  #count = 0
  /** How often each number was rung. */
  #rung = new Map<string, number>()

  constructor(phone: Phone, seed: number) {
    this.#phone = phone
    this.#seed = seed
    this.#arrivals = chance(seed)
    phone.behave = (number) => this.#behave(number)
    phone.onRing = (call) => void this.calls.push(call)
    phone.onSound = (call, sound) => {
      // who hears a person talks with him for a while; operators let the others end it, mostly
      const isDesk = call.direction === 'taken' && DESKS.includes(call.to)
      if (sound !== 'operator' && !(isDesk && sound === 'caller')) return
      const rnd = chanceFor(seed, 'talk', call.direction, call.from, call.to)
      const talkMs = between(rnd, 1_300, 3_500) + (isDesk ? 1_000 : 0)
      setTimeout(() => phone.hangUp(call), talkMs)
    }
  }

  start(rate: number): void {
    const next = () => {
      this.#place()
      this.#timer = setTimeout(next, (-Math.log(1 - this.#arrivals()) * 1_000) / rate)
    }
    next()
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
  }

  #place(): void {
    const { to, options, leavesAfterMs } = planOf(this.#seed, this.#count++)
    const { call } = this.#phone.call(to, options)
    this.calls.push(call)
    if (leavesAfterMs !== null)
      setTimeout(() => call.at.operator === undefined && this.#phone.leave(call), leavesAfterMs)
  }

  #behave(number: string): Callee {
    const nth = (this.#rung.get(number) ?? 0) + 1
    this.#rung.set(number, nth)
    const rnd = chanceFor(this.#seed, 'rung', number, nth)
    const what = rnd()
    if (DESKS.includes(number)) {
      if (what < 0.05) return { refuse: 486 }
      if (what < 0.1) return 'never'
      return { answerAfterMs: between(rnd, 100, 900), speaks: true }
    }
    if (what < 0.15) return { refuse: pick(rnd, [486, 480, 603, 503]) }
    if (what < 0.3) return 'never'
    const key = rnd() < 0.6 ? { digit: pick(rnd, ['1', '2']), afterMs: 200 } : undefined
    return { answerAfterMs: between(rnd, 100, 1_200), speaks: true, ...(key && { key }) }
  }
}

function planOf(seed: number, n: number): Plan {
  const rnd = chanceFor(seed, 'caller', n)
  const begin = rnd() < 0.1 ? LISTED : CALLER
  const from = `${begin}${String(1_000_000 + n)}`
  const to = pick(rnd, [
    MAIN_LINE,
    MAIN_LINE,
    MAIN_LINE,
    MAIN_LINE,
    RINGING_LINE,
    RINGING_LINE,
    VOICEMAIL_LINE,
    MOBILE_LINE,
  ])
  const key = rnd() < 0.8 ? { digit: pick(rnd, ['1', '1', '2', '2', '3']), afterMs: between(rnd, 50, 600) } : undefined
  const impatient = rnd() < 0.35
  return {
    to,
    options: { from, speaks: true, timeoutMs: 60_000, ...(key && { key }) },
    leavesAfterMs: impatient ? between(rnd, 50, 4_000) : between(rnd, 12_000, 20_000),
  }
}
