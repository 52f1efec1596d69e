/**
 * The rig's SIP phone, what of it is text and numbers. That it is understood is shown on the real Asterisk:
 * test/rig/sip-phone.test.ts.
 */
import { describe, expect, it } from 'vitest'
import { ALAW_SILENCE, decodeAlaw, encodeAlaw } from '../../scripts/rig/sip/alaw.ts'
import { authorization } from '../../scripts/rig/sip/digest.ts'
import { headerOf, readSip, sipReply, sipRequest, tagOf, userOf } from '../../scripts/rig/sip/message.ts'
import { replacing } from '../../scripts/rig/sip/refer.ts'
import { answerTo, type Direction, readSdp, writeSdp } from '../../scripts/rig/sip/sdp.ts'
import { readTimer, timerHeaders } from '../../scripts/rig/sip/session-timer.ts'

const DIALOG = {
  callId: 'c1',
  from: '"Анна" <sip:101@127.0.0.1>;tag=ours',
  to: '<sip:102@127.0.0.1>;tag=theirs',
  target: 'sip:102@127.0.0.1:5060',
  local: { host: '127.0.0.1', port: 5070 },
  user: '101',
}

describe('a message', () => {
  it('is read as it was written, and its reply keeps what belongs to the dialog', () => {
    const request = readSip(sipRequest(DIALOG, 'INVITE', 7, { headers: ['Subject: заказ'], body: 'v=0' }))!
    expect(request).toMatchObject({
      method: 'INVITE',
      dialled: '102',
      cseq: { number: 7, method: 'INVITE' },
      body: 'v=0',
    })
    expect([headerOf(request, 'subject'), headerOf(request, 'Content-Length'), headerOf(request, 'Reason')]).toEqual([
      'заказ',
      '3',
      null,
    ])
    expect([tagOf(request.from), tagOf(request.to), userOf(request.from)]).toEqual(['ours', 'theirs', '101'])
    const reply = readSip(sipReply(request, '200 OK', { local: DIALOG.local, user: '102', tag: 'new' }))!
    expect(reply).toMatchObject({
      status: 200,
      callId: 'c1',
      vias: request.vias,
      to: DIALOG.to,
      contact: 'sip:102@127.0.0.1:5070',
    })
  })

  it.each(['', '\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'SIP/2.0 x\r\n'])('is not %j', (text) => {
    expect(readSip(text)).toBeNull()
  })

  it('counts its body in bytes', () => {
    expect(
      headerOf(readSip(sipRequest(DIALOG, 'INFO', 1, { body: 'ключ', type: 'text/plain' }))!, 'Content-Length'),
    ).toBe('8')
  })
})

it.each([
  ['sendrecv', 'sendrecv', 'sendrecv'],
  ['sendonly', 'sendrecv', 'recvonly'],
  ['recvonly', 'sendrecv', 'sendonly'],
  ['inactive', 'sendrecv', 'inactive'],
  ['sendrecv', 'sendonly', 'sendonly'],
  ['sendonly', 'sendonly', 'inactive'],
  ['recvonly', 'sendonly', 'sendonly'],
  ['sendrecv', 'inactive', 'inactive'],
] satisfies [Direction, Direction, Direction][])(
  'an offer %s to one who wants %s is answered %s',
  (offer, ours, answer) => {
    expect(answerTo(offer, ours)).toBe(answer)
  },
)

it('a description is read as it was written; the old way to hold is read as sendonly', () => {
  const sdp = { audio: { host: '127.0.0.1', port: 4000 }, direction: 'inactive' as const, codecs: [8], keys: 101 }
  expect(readSdp(writeSdp(sdp))).toEqual(sdp)
  expect(readSdp(writeSdp({ ...sdp, audio: { host: '0.0.0.0', port: 4000 }, direction: 'sendrecv' }))?.direction).toBe(
    'sendonly',
  )
  expect(readSdp('v=0\r\nm=image 4000 udptl t38\r\n')).toBeNull()
})

it('A-law comes back within its steps, and silence as silence', () => {
  const samples = Float32Array.from({ length: 2001 }, (_, i) => (i - 1000) / 1000)
  const back = decodeAlaw(encodeAlaw(samples))
  for (const [i, sample] of samples.entries())
    expect(Math.abs(back[i]! - sample)).toBeLessThan(Math.max(0.001, Math.abs(sample) / 30))
  expect([...decodeAlaw(Uint8Array.of(ALAW_SILENCE, 0x55))]).toEqual([0, 0])
})

// RFC 2617 3.5 as corrected by its errata, without qop
it('answers a challenge as the standard does', () => {
  const challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"'
  const account = { user: 'Mufasa', password: 'CircleOfLife' }
  expect(authorization(challenge, account, 'GET', '/dir/index.html')).toContain(
    'response="1949323746fe6a43ef61f9606e7febea"',
  )
  expect(authorization(`${challenge}, qop="auth"`, account, 'GET', '/')).toMatch(/qop=auth, nc=00000001, cnonce="\w+"/)
})

it('names a call that is to be replaced, escaped for a URI', () => {
  expect(replacing('102', '127.0.0.1:5060', DIALOG)).toBe(
    'sip:102@127.0.0.1:5060?Replaces=c1%3Bto-tag%3Dtheirs%3Bfrom-tag%3Dours',
  )
})

it('reads the timer that it writes', () => {
  const written = sipRequest(DIALOG, 'UPDATE', 1, { headers: timerHeaders({ expiresSec: 90, refresher: 'uas' }) })
  expect(readTimer(readSip(written)!)).toEqual({ expiresSec: 90, refresher: 'uas' })
  expect(readTimer(readSip(sipRequest(DIALOG, 'UPDATE', 1))!)).toBeNull()
})
