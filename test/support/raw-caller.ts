/** A caller who writes his own SIP: the header From is whatever a hostile hand makes it. He calls, acknowledges, and hangs up when he is told to. */
import { createSocket } from 'node:dgram'
import { randomUUID } from 'node:crypto'
import { withTimeout } from '../../src/runtime/abort.ts'

export interface RawCaller {
  /** Address that the trunk is known by. */
  address: string
  /** The header's value without a tag, as bytes: `"x" <sip:1%0d%0aBcc:v@127.0.0.2>`. */
  from: string | Buffer
  to: string
  pbxPort: number
  /** What the call is for, where it is not `sip:<to>@…`: `sip:account@127.0.0.1`, `tel:+7343…`. */
  uri?: string
  /** The value of the header To; names the number that is called if missing. */
  toHeader?: string
  /** More headers: `P-Asserted-Identity: <tel:+7…>`. */
  headers?: string[]
}

/** Resolves with the status of the answer (200 when the call was taken, then hung up again by us). */
export async function rawCall({ address, from, to, pbxPort, ...more }: RawCaller): Promise<number> {
  const { uri = `sip:${to}@127.0.0.1:${pbxPort}`, toHeader = `<sip:${to}@127.0.0.1>`, headers = [] } = more
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, address, resolve))
  const here = `${address}:${socket.address().port}`
  const call = { id: randomUUID(), tag: randomUUID().slice(0, 8) }
  const send = (method: string, cseq: number, toTag = '', body = '') => {
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${here};branch=z9hG4bK${call.id}${cseq}`,
      `To: ${toHeader}${toTag}`,
      `Call-ID: ${call.id}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:x@${here}>`,
      'Max-Forwards: 70',
      ...headers,
      ...(body ? ['Content-Type: application/sdp'] : []),
      `Content-Length: ${body.length}`,
    ]
    const message = [
      Buffer.from(`${lines.join('\r\n')}\r\nFrom: `),
      Buffer.from(from),
      Buffer.from(`;tag=${call.tag}\r\n\r\n${body}`),
    ]
    socket.send(Buffer.concat(message), pbxPort, '127.0.0.1')
  }
  const answer = new Promise<{ status: number; toTag: string }>((resolve) =>
    socket.on('message', (data) => {
      const text = data.toString('latin1')
      const status = Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1])
      const toTag = /^To:.*?(;tag=[^\r\n;]+)/im.exec(text)?.[1] ?? ''
      if (status >= 200 && /^CSeq: 1 INVITE/im.test(text)) resolve({ status, toTag })
    }),
  )
  const sdp = [
    'v=0',
    `o=- 1 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    'm=audio 40000 RTP/AVP 8',
    'a=rtpmap:8 PCMA/8000',
    '',
  ]
  try {
    send('INVITE', 1, '', sdp.join('\r\n'))
    const { status, toTag } = await withTimeout(answer, 10_000, `an answer to INVITE from ${from.toString()}`)
    send('ACK', 1, toTag)
    if (status < 300) send('BYE', 2, toTag)
    return status
  } finally {
    await new Promise<void>((resolve) => setImmediate(resolve)) // what was sent leaves the process
    socket.close()
  }
}
