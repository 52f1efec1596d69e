/**
 * Transfers with an operator's phone, played as the real Asterisk carries them out: REFER to a number, REFER with Replaces into a call that the
 * operator has begun meanwhile, answered (attended) or not (semi-attended). Whoever is transferred keeps the channel; the operator's leg ends.
 */
import type { PlayedAsterisk } from './asterisk.ts'
import { type Channel, describe, type Party } from './channel.ts'
import type { Transfer } from './chronicle.ts'

/** What `perezvon-transfer` has an extension for; anything else is refused, and the talk goes on. */
const DIALABLE = /^(\d{2,4}|[+\d]\d{4,})$/
/** Dial() of perezvon-extension */
const RINGS_MS = 60_000
/** PEREZVON_SHORTEST_TALK */
const SHORTEST_TALK_MS = 3_000

/** A call of the operator's own to a colleague, while somebody holds. */
interface Consultation {
  /** The operator's leg of the first talk, and the channel of the second. */
  phone: Channel
  second: Channel
  /** Who is to be transferred. */
  held: Channel
  target: Channel
  /** From then on `held` has the operator's place. */
  isReferred: boolean
  /** Since when `held` and `target` talk, after a semi-attended transfer. */
  since: number | null
  /** What the end of the talk would write into the book. */
  fate: string | null
}

export class Transfers {
  #asterisk: PlayedAsterisk
  #consultations = new Set<Consultation>()

  constructor(asterisk: PlayedAsterisk) {
    this.#asterisk = asterisk
  }

  /** REFER */
  blind(phone: Channel, to: string): void {
    const asterisk = this.#asterisk
    const other = phone.bridgedWith
    if (phone.over || !other || !isOutside(other)) return
    if (!DIALABLE.test(to)) return asterisk.parts.chronicle.tell(`${phone.endpoint} cannot transfer to ${to}`)
    this.#note('blind', other, phone, to)
    asterisk.part(phone, other)
    const by = extensionOf(phone)
    const move = () => asterisk.dialplan.transferred(other, 'transferred', to, by)
    // the two events come in either order
    const first = asterisk.parts.chance.yes(1 / 6)
    if (!first) move()
    asterisk.vanish(phone, 16, 'party')
    if (first) move()
  }

  /** The operator holds the talk and rings a colleague, and transfers when the colleague has answered, or before (`semi`). */
  consult(phone: Channel, to: string, semi: boolean): void {
    const asterisk = this.#asterisk
    const { chance, chronicle } = asterisk.parts
    const held = phone.bridgedWith
    if (phone.over || !held || !isOutside(held) || this.#of(phone)) return
    const caller = { number: extensionOf(phone), name: '' }
    const target = asterisk.ring(asterisk.uniqueId(), `PJSIP/${to}`, caller)
    if (!target) return chronicle.tell(`${phone.endpoint} rings ${to}, which is nobody`)
    const nobody: Party = {}
    const second = asterisk.newChannel(asterisk.uniqueId(), phone.endpoint, nobody, null, caller)
    second.silentSince = null
    second.place = { app: 'Dial', data: `PJSIP/${to},60` }
    target.place = { app: 'AppDial', data: second.id }
    held.music = true
    const { fate } = held
    const consultation = { phone, second, held, target, isReferred: false, since: null, fate }
    this.#consultations.add(consultation)
    asterisk.later(target, RINGS_MS, () => target.state !== 'Up' && asterisk.end(target, 16, 'asterisk'))
    if (semi) asterisk.later(phone, chance.int(1_000, 7_000), () => this.#refer(consultation))
    else asterisk.later(phone, 25_000, () => target.state !== 'Up' && asterisk.end(target, 16, 'asterisk'))
  }

  /** A colleague has picked up. */
  pickedUp(target: Channel): void {
    const asterisk = this.#asterisk
    const consultation = this.#of(target)
    if (!consultation) return asterisk.end(target, 16, 'asterisk')
    const { second, held, phone, isReferred } = consultation
    if (!isReferred) {
      asterisk.bridge(second, target)
      return asterisk.later(phone, asterisk.parts.chance.int(800, 9_000), () => this.#refer(consultation))
    }
    consultation.since = asterisk.parts.time.now()
    held.ringback = false
    held.fate = consultation.fate
    held.passed = null
    asterisk.app.send(held, dialEvent('ANSWER', target, held))
    asterisk.bridge(held, target)
    held.place = { app: 'Dial', data: target.endpoint }
  }

  /** A channel is gone: what hung on it is, too, or goes on. */
  gone(channel: Channel): void {
    const consultation = this.#of(channel)
    if (!consultation) return
    const { phone, second, held, target, isReferred, since } = consultation
    if (channel === target && isReferred && since === null) {
      this.#consultations.delete(consultation)
      if (!held.over) this.#asterisk.later(held, 5, () => this.#failed(held, phone))
    } else if (channel === target || channel === second) {
      if (isReferred) return
      this.#consultations.delete(consultation)
      held.music = false
      this.#asterisk.end(channel === target ? second : target, 16, 'asterisk')
    } else if (channel === held || (channel === phone && !isReferred)) {
      this.#consultations.delete(consultation)
      if (isReferred && since !== null) return
      // whoever consults and talks goes on as two phones of the house
      if (!isReferred && target.state === 'Up') return
      this.#asterisk.end(target, 16, 'asterisk')
      this.#asterisk.end(second, 16, 'asterisk')
    }
  }

  /** The colleague hangs up after a semi-attended transfer. True: within the seconds that are no talk, and the caller goes on. */
  goesOn(held: Channel): boolean {
    const consultation = [...this.#consultations].find((one) => one.held === held && one.since !== null)
    if (!consultation) return false
    this.#consultations.delete(consultation)
    if (held.over || this.#asterisk.parts.time.now() - consultation.since! >= SHORTEST_TALK_MS) return false
    const talk = held.record?.talks.at(-1)
    if (talk) talk.dropped = true
    this.#failed(held, consultation.phone)
    return true
  }

  /** REFER with Replaces */
  #refer(consultation: Consultation): void {
    const asterisk = this.#asterisk
    const { phone, second, held, target } = consultation
    if (phone.over || held.over || target.over || phone.bridgedWith !== held) return
    const isAnswered = target.state === 'Up'
    consultation.isReferred = true
    this.#note(isAnswered ? 'attended' : 'semi-attended', held, phone, extensionOf(target))
    asterisk.app.send(held, {
      type: 'BridgeAttendedTransfer',
      transferee: describe(held),
      transferer_first_leg: describe(phone),
      destination_type: isAnswered ? 'bridge' : 'application',
      ...(!isAnswered && { destination_application: 'Dial' }),
      result: 'Success',
    })
    asterisk.part(phone, held)
    held.music = false
    if (isAnswered) {
      this.#consultations.delete(consultation)
      asterisk.part(second, target)
      asterisk.join(held, target)
    } else {
      held.place = { app: 'Dial', data: target.endpoint }
      held.ringback = true
      asterisk.dialplan.waitsInDial(held, extensionOf(phone))
    }
    asterisk.vanish(second, 16, 'party')
    asterisk.vanish(phone, 16, 'party')
    asterisk.sounds(held)
  }

  #failed(held: Channel, phone: Channel): void {
    held.ringback = false
    this.#asterisk.dialplan.transferred(held, 'transfer-failed', '', extensionOf(phone))
  }

  #of(channel: Channel): Consultation | null {
    for (const one of this.#consultations)
      if (one.phone === channel || one.second === channel || one.held === channel || one.target === channel) return one
    return null
  }

  #note(how: Transfer['how'], other: Channel, phone: Channel, to: string): void {
    other.party.passedOn?.(other.line)
    this.#asterisk.parts.chronicle.transfer({ how, channel: other.id, by: phone.endpoint, leg: phone.id, to })
  }
}

export function dialEvent(dialstatus: string, peer: Channel, caller: Channel | null, forward = '') {
  return { type: 'Dial', dialstatus, forward, peer: describe(peer), ...(caller && { caller: describe(caller) }) }
}

function extensionOf({ endpoint }: Channel): string {
  return endpoint.slice('PJSIP/'.length)
}

/** Somebody outside, and not a colleague whom the operator rang. */
function isOutside({ record }: Channel): boolean {
  return record !== null && (record.direction === 'in' || record.party.startsWith('+'))
}
