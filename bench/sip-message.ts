/** SIP over UDP, as much of it as a caller and a callee on loopback need. Pure: text in, text out. */

const HOST = '127.0.0.1'

export interface SipMessage {
  /** `INVITE`, `BYE`, …; null in a response. */
  method: string | null
  /** 200, 486, …; 0 in a request. */
  status: number
  /** The user part of a request's URI: what was dialled. */
  dialled: string
  callId: string
  from: string
  to: string
  cseq: { number: number; method: string }
  /** The URI of Contact: where requests within the dialog go. */
  contact: string | null
  /** In their order, to be copied into a reply. */
  vias: string[]
  /** The port that the body offers for sound; 0 without a body. */
  audioPort: number
}

/** Null when it is no SIP. */
export function readSip(text: string): SipMessage | null {
  const headEnd = text.indexOf('\r\n\r\n')
  const [start = '', ...lines] = text.slice(0, headEnd < 0 ? text.length : headEnd).split('\r\n')
  const response = /^SIP\/2\.0 (\d{3})/.exec(start)
  const request = response ? null : /^([A-Z]+) sips?:(?:([^@;>\s]+)@)?\S+ SIP\/2\.0$/.exec(start)
  if (!response && !request) return null
  const message: SipMessage = {
    method: request?.[1] ?? null,
    status: Number(response?.[1] ?? 0),
    dialled: request?.[2] ?? '',
    callId: '',
    from: '',
    to: '',
    cseq: { number: 0, method: '' },
    contact: null,
    vias: [],
    audioPort: headEnd < 0 ? 0 : audioPort(text.slice(headEnd)),
  }
  for (const line of lines) readHeader(message, line)
  return message
}

function readHeader(message: SipMessage, line: string): void {
  const colon = line.indexOf(':')
  const value = line.slice(colon + 1).trim()
  switch (line.slice(0, colon).trimEnd().toLowerCase()) {
    case 'via':
      message.vias.push(line)
      break
    case 'call-id':
      message.callId = value
      break
    case 'from':
      message.from = value
      break
    case 'to':
      message.to = value
      break
    case 'cseq': {
      const [number = '0', method = ''] = value.split(' ')
      message.cseq = { number: Number(number), method }
      break
    }
    case 'contact':
      message.contact = /<([^>]+)>/.exec(value)?.[1] ?? value
      break
  }
}

function audioPort(body: string): number {
  return Number(/^m=audio (\d+)/m.exec(body)?.[1] ?? 0)
}

/** `<sip:79121234567@…>;tag=…` -> `79121234567` */
export function userOf(address: string): string {
  return /sips?:([^@;>]+)@/.exec(address)?.[1] ?? ''
}

/** One side of a dialog, as its requests name it. `from` and `to` are whole header values, with their tags. */
export interface Dialog {
  callId: string
  from: string
  to: string
  /** Request URI. */
  target: string
  /** The port we are reached at. */
  localPort: number
}

/** `transaction`: whose transaction it belongs to, its own if missing; a CANCEL and the ACK of a refusal belong to their INVITE's. */
export function sipRequest(dialog: Dialog, method: string, cseq: number, body = '', transaction = method): string {
  const { callId, from, to, target, localPort } = dialog
  return [
    `${method} ${target} SIP/2.0`,
    `Via: SIP/2.0/UDP ${HOST}:${localPort};branch=z9hG4bK${callId}${transaction}${cseq}`,
    `From: ${from}`,
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    'Max-Forwards: 70',
    ...closing(localPort, body),
  ].join('\r\n')
}

/** `tag` makes the dialog ours; a request that has one already keeps it. */
export function sipReply(request: SipMessage, status: string, tag: string, localPort: number, body = ''): string {
  return [
    `SIP/2.0 ${status}`,
    ...request.vias,
    `From: ${request.from}`,
    `To: ${/;tag=/.test(request.to) ? request.to : `${request.to};tag=${tag}`}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq.number} ${request.cseq.method}`,
    ...closing(localPort, body),
  ].join('\r\n')
}

function closing(localPort: number, body: string): string[] {
  return [
    `Contact: <sip:bench@${HOST}:${localPort}>`,
    ...(body ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${body.length}`,
    '',
    body,
  ]
}

/** Mu-law and RFC 4733 digits. */
export function sdp(rtpPort: number): string {
  return [
    'v=0',
    `o=bench 1 1 IN IP4 ${HOST}`,
    's=-',
    `c=IN IP4 ${HOST}`,
    't=0 0',
    `m=audio ${rtpPort} RTP/AVP 0 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-16',
    'a=ptime:20',
    '',
  ].join('\r\n')
}
