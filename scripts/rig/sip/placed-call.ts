/** A call that we place, until it is answered or over. */
import { randomUUID } from 'node:crypto'
import { SipCall } from './call.ts'
import type { Party } from './exchange.ts'
import { headerOf, type SipMessage } from './message.ts'
import { readTimer, type SessionTimerOffer, timerHeaders } from './session-timer.ts'
import type { Voice } from './voice.ts'

export interface CallOptions {
  /** The user part of From: a caller's number on a trunk; the phone's own name if missing. May be hostile. */
  from?: string
  /** The display name of From. */
  name?: string
  /** The INVITE brings no description of sound; the ACK answers theirs. */
  lateOffer?: boolean
  timer?: SessionTimerOffer
  /** Further header lines. */
  headers?: string[]
}

/** Begins at once; the returned call tells how it goes. */
export function placeCall(party: Party, to: string, voice: Voice, options: CallOptions): SipCall {
  const { host, port } = party.wire.pbx
  const target = /^sips?:/.test(to) ? to : `sip:${to}@${host}:${port}`
  const name = options.name === undefined ? '' : `"${options.name}" `
  const from = `${name}<sip:${options.from ?? party.user}@${party.wire.local.host}>;tag=${randomUUID().slice(0, 8)}`
  const { local } = party.wire
  const dialog = { callId: randomUUID(), from, to: `<${target}>`, target, local, user: party.user }
  const call = new SipCall(party, dialog, to, voice)
  void invite(call, options).catch((error) => call.end({ by: 'us', status: null, reason: String(error) }))
  return call
}

async function invite(call: SipCall, { lateOffer = false, timer, headers = [] }: CallOptions): Promise<void> {
  const lines = [...headers, ...(timer ? timerHeaders(timer) : [])]
  const body = lateOffer ? '' : call.stream.offer()
  const final = await call.exchange.ask('INVITE', { body, headers: lines }, (response) => onProvisional(call, response))
  call.statuses.push(final.status)
  if (final.status >= 300)
    return call.end({ by: call.isCancelled ? 'us' : 'them', status: final.status, reason: headerOf(final, 'Reason') })
  learn(call, final)
  if (lateOffer) call.exchange.acknowledge(call.stream.answer(final.body))
  else {
    call.exchange.acknowledge()
    call.stream.take(final.body)
  }
  call.mark('up')
  call.timer.agree(readTimer(final), 'uac', call.refreshes)
  if (call.isCancelled) await call.hangUp() // it was answered in the moment in which it was taken back
}

function onProvisional(call: SipCall, response: SipMessage): void {
  call.statuses.push(response.status)
  if (response.status > 100) {
    learn(call, response)
    call.mark('ringing')
  }
  call.stream.take(response.body)
  call.waiting.wake()
}

/** The dialog has its other tag, and where its requests go. */
function learn({ exchange: { dialog } }: SipCall, response: SipMessage): void {
  dialog.to = response.to
  if (response.contact) dialog.target = response.contact
}
