/** What the other side asks for within a call, and what a phone says to it. */
import type { SipCall } from './call.ts'
import { headerOf, type SipMessage } from './message.ts'
import { readSdp } from './sdp.ts'
import { readTimer, timerHeaders } from './session-timer.ts'

const GONE = '481 Call Does Not Exist'

export function receiveWithin(call: SipCall, request: SipMessage): void {
  call.requests.push(request)
  switch (request.method) {
    case 'BYE':
      call.exchange.reply(request, '200 OK')
      call.end({ by: 'them', status: null, reason: headerOf(request, 'Reason') })
      break
    case 'NOTIFY': // also after the end: a phone that has transferred hangs up before it is told
      call.exchange.reply(request, '200 OK')
      call.transfer?.receive(request)
      break
    case 'INVITE':
    case 'UPDATE':
      change(call, request)
      break
    case 'ACK':
      break
    case 'INFO':
    case 'OPTIONS':
      call.exchange.reply(request, call.state === 'ended' ? GONE : '200 OK')
      break
    default:
      call.exchange.reply(request, '501 Not Implemented')
  }
  call.waiting.wake()
}

/** Hold, another address, another name on the line, or the session's timer. */
function change({ exchange, stream, timer, state, isInviting, refreshes }: SipCall, request: SipMessage): void {
  if (state === 'ended') return exchange.reply(request, GONE)
  if (isInviting && request.method === 'INVITE') return exchange.reply(request, '491 Request Pending')
  if (request.contact) exchange.dialog.target = request.contact
  const asked = readTimer(request)
  const agreed = asked && { refresher: 'uac' as const, ...asked }
  if (agreed) timer.theirs++
  if (agreed) timer.agree(agreed, 'uas', refreshes)
  const isOffer = readSdp(request.body) !== null
  const isLate = request.method === 'INVITE' && !isOffer
  const body = isOffer ? stream.answer(request.body) : isLate ? stream.offer() : ''
  exchange.reply(request, '200 OK', { headers: agreed ? timerHeaders(agreed, true) : [], body })
}
