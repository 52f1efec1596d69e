/** SIP over UDP as text, as much of it as phones on loopback need. Pure: text in, text out. */

/** Where a socket of ours is reached. */
export interface Address {
  host: string
  port: number
}

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
  /** Whole header lines in their order, to be copied into a reply. */
  vias: string[]
  /** Start line and headers as they came. */
  head: string
  /** Empty without one. */
  body: string
}

/** Null when it is no SIP. */
export function readSip(text: string): SipMessage | null {
  const headEnd = text.indexOf('\r\n\r\n')
  const head = headEnd < 0 ? text : text.slice(0, headEnd)
  const [start = '', ...lines] = head.split('\r\n')
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
    head,
    body: headEnd < 0 ? '' : text.slice(headEnd + 4),
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

/** The first header of this name, which is written in full; null without one. */
export function headerOf({ head }: SipMessage, name: string): string | null {
  return new RegExp(`^${name}[ \\t]*:[ \\t]*(.*?)[ \\t]*$`, 'im').exec(head)?.[1] ?? null
}

/** `<sip:79121234567@…>;tag=…` -> `79121234567` */
export function userOf(address: string): string {
  return /sips?:([^@;>]+)@/.exec(address)?.[1] ?? ''
}

/** The tag of a From or To; empty while the dialog has none. */
export function tagOf(address: string): string {
  return /;tag=([^;>\s]+)/.exec(address)?.[1] ?? ''
}

/** Tells transactions apart: a request that comes again has the same. */
export function branchOf({ vias }: SipMessage): string {
  return /;branch=([^;,\s]+)/.exec(vias[0] ?? '')?.[1] ?? ''
}

/** One side of a dialog, as its requests name it. `from` and `to` are whole header values, with their tags. */
export interface Dialog {
  callId: string
  from: string
  to: string
  /** Request URI. */
  target: string
  /** Where we are reached. */
  local: Address
  /** The user part of our Contact. */
  user: string
}

export interface Content {
  /** Further header lines. */
  headers?: string[]
  body?: string
  /** Of the body; SDP if missing. */
  type?: string
  /** Without a Contact of ours: a refusal, and a redirect that names its own. */
  noContact?: boolean
}

/**
 * `transaction`: whose transaction it belongs to, its own if missing; a CANCEL and the ACK of a refusal belong to their
 * INVITE's.
 */
export function sipRequest(
  dialog: Dialog,
  method: string,
  cseq: number,
  { transaction = method, ...content }: Content & { transaction?: string } = {},
): string {
  const { callId, from, to, target, local } = dialog
  return [
    `${method} ${target} SIP/2.0`,
    `Via: SIP/2.0/UDP ${local.host}:${local.port};branch=z9hG4bK${callId}${transaction}${cseq}`,
    `From: ${from}`,
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    'Max-Forwards: 70',
    ...closing(dialog, content),
  ].join('\r\n')
}

/** `tag` makes the dialog ours; a request that has one already keeps it. */
export function sipReply(
  request: SipMessage,
  status: string,
  at: Pick<Dialog, 'local' | 'user'> & { tag: string },
  content: Content = {},
): string {
  return [
    `SIP/2.0 ${status}`,
    ...request.vias,
    `From: ${request.from}`,
    `To: ${tagOf(request.to) || status.startsWith('100') ? request.to : `${request.to};tag=${at.tag}`}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq.number} ${request.cseq.method}`,
    ...closing(at, content),
  ].join('\r\n')
}

function closing({ local, user }: Pick<Dialog, 'local' | 'user'>, content: Content): string[] {
  const { headers = [], body = '', type = 'application/sdp', noContact = false } = content
  return [
    ...(noContact ? [] : [`Contact: <sip:${user}@${local.host}:${local.port}>`]),
    ...headers,
    ...(body ? [`Content-Type: ${type}`] : []),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ]
}
