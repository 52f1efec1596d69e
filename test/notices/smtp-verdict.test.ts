import { describe, expect, test } from 'vitest'
import { smtpVerdict, type SmtpFailure } from '../../src/notices/smtp-verdict.ts'
import { refusals, type Outcome } from './support/provider-refusals.ts'

const verbs = {
  conn: 'CONN',
  ehlo: 'EHLO',
  auth: 'AUTH PLAIN',
  mail: 'MAIL FROM',
  rcpt: 'RCPT TO',
  data: 'DATA',
  dot: 'dot',
} as const
type Verb = (typeof verbs)[keyof typeof verbs]

const answered = (verb: Verb, responseCode: number, text = ''): SmtpFailure => ({
  code: verb === 'dot' ? 'EMESSAGE' : 'EENVELOPE',
  command: verb === 'dot' ? 'DATA' : verb,
  responseCode,
  text,
  begun: ['MAIL FROM', 'RCPT TO', 'DATA', 'dot'].includes(verb),
  bodySent: verb === 'dot',
})
const silent = (code: string | null, bodySent = false, command = 'CONN'): SmtpFailure => ({
  code,
  command,
  responseCode: null,
  text: '',
  begun: bodySent || command !== 'CONN',
  bodySent,
})

/** `us!`: waiting mends nothing. */
const said = (failure: SmtpFailure) => {
  const verdict = smtpVerdict(failure)
  return verdict.kind === 'retry' ? `${verdict.blame}${verdict.lasting ? '!' : ''}` : verdict.kind
}

test.each([
  [verbs.conn, 554, 'us!'],
  [verbs.conn, 450, 'us'],
  [verbs.conn, 421, 'unreachable'],
  [verbs.ehlo, 502, 'us!'],
  [verbs.ehlo, 504, 'us!'],
  [verbs.auth, 535, 'us!'],
  [verbs.auth, 454, 'us'],
  [verbs.mail, 421, 'server'],
  [verbs.mail, 451, 'us'],
  [verbs.mail, 452, 'us'],
  [verbs.mail, 503, 'server'],
  [verbs.mail, 530, 'us!'],
  [verbs.mail, 550, 'us!'],
  [verbs.mail, 553, 'us!'],
  [verbs.mail, 552, 'too-large'],
  [verbs.rcpt, 250, 'server'],
  [verbs.rcpt, 421, 'server'],
  [verbs.rcpt, 450, 'mailbox'],
  [verbs.rcpt, 451, 'mailbox'],
  [verbs.rcpt, 452, 'us'],
  [verbs.rcpt, 501, 'us!'],
  [verbs.rcpt, 530, 'us!'],
  [verbs.rcpt, 550, 'dead'],
  [verbs.rcpt, 552, 'mailbox'],
  [verbs.rcpt, 553, 'dead'],
  [verbs.data, 421, 'server'],
  [verbs.data, 451, 'mailbox'],
  [verbs.data, 554, 'dead'],
  [verbs.dot, 421, 'server'],
  [verbs.dot, 451, 'mail'],
  [verbs.dot, 452, 'us'],
  [verbs.dot, 550, 'dead'],
  [verbs.dot, 552, 'too-large'],
  [verbs.dot, 554, 'dead'],
])('%s answered with a bare %d: %s', (verb, code, verdict) => {
  expect(said(answered(verb, code))).toBe(verdict)
})

const words = (says: string) => says.replace(/^(\d{3})-/, '$1 ').replace(/\n\d{3}[ -]([245]\.\d{1,3}\.\d{1,3} )?/g, ' ')

/** What must become of the mail: nothing that would hit every notice may end one. */
function expected(about: Outcome, verb: Verb, forGood: boolean): RegExp {
  if (['CONN', 'EHLO', 'AUTH PLAIN'].includes(verb)) return /^(us!?|unreachable)$/
  if (about === 'us') return /^(us!?|server)$/
  if (about === 'size') return forGood ? /^too-large$/ : /^mail$/
  // no recipient has been named yet, and nothing of the mail has been seen
  if (verb === 'MAIL FROM') return /^us!?$/
  if (about === 'message') return verb === 'dot' ? (forGood ? /^dead$/ : /^mail$/) : /^us!?$/
  return about === 'recipient' && forGood ? /^dead$/ : /^mailbox$/
}

describe.each(Object.values(verbs))('said at %s', (verb) => {
  test.each(refusals.map(({ by, says, about }) => [by, words(says), about] as const))('%s: %s', (_by, says, about) => {
    const code = Number(says.slice(0, 3))
    expect(said(answered(verb, code, says))).toMatch(expected(about, verb, code >= 500))
  })
})

test('a full mailbox empties, a mail over the limit does not shrink', () => {
  expect(said(answered('dot', 552, '552 5.2.2 mailbox full'))).toBe('mailbox')
  expect(said(answered('RCPT TO', 550, '550 5.2.2 mailbox full'))).toBe('mailbox')
  expect(said(answered('dot', 554, '554 5.3.4 message too big'))).toBe('too-large')
})

test('a quota of the day is told at once, whatever the code: waiting an hour does not mend it', () => {
  expect(said(answered('dot', 454, '454 Throttling failure: Daily message quota exceeded.'))).toBe('us!')
  expect(said(answered('dot', 454, '454 Throttling failure: Maximum sending rate exceeded.'))).toBe('us')
})

test('what a name or an address says is not what the server says', () => {
  expect(said(answered('RCPT TO', 550, '550 5.1.1 <spf.blacklist@example.ru> User unknown'))).toBe('dead')
  expect(said(answered('RCPT TO', 550, '550 relay.denied@example.ru: no such user'))).toBe('dead')
})

test.each([
  ['ECONNECTION', false, 'unreachable'],
  ['ETIMEDOUT', false, 'unreachable'],
  ['ETLS', false, 'unreachable'],
  ['EDNS', false, 'unreachable'],
  ['ESOCKET', true, 'fate-unknown'],
  ['ETIMEDOUT', true, 'fate-unknown'],
  [null, true, 'fate-unknown'],
  [null, false, 'unreachable'],
])('no answer, %s, body sent %s: %s', (code, bodySent, verdict) => {
  expect(said(silent(code, bodySent))).toBe(verdict)
})

test.each([
  ['an address that cannot be sent', 'EENVELOPE', 'API', false, 'dead'],
  ['more than the server said it takes', 'EMESSAGE', 'MAIL FROM', false, 'too-large'],
  ['an answer to MAIL that is no SMTP', 'EENVELOPE', 'MAIL FROM', false, 'server'],
  ['an answer to RCPT that is no SMTP', 'EENVELOPE', 'RCPT TO', false, 'server'],
  ['an answer to the finished mail that is no SMTP', 'EMESSAGE', 'DATA', true, 'fate-unknown'],
  ['a recipient beyond ASCII without SMTPUTF8', 'ESMTPUTF8', 'RCPT TO', false, 'dead'],
  ['a sender beyond ASCII without SMTPUTF8', 'ESMTPUTF8', 'MAIL FROM', false, 'us!'],
  ['a login that the server does not offer', 'EAUTH', 'API', false, 'us!'],
])('%s', (_what, code, command, bodySent, verdict) => {
  expect(said(silent(code, bodySent, command))).toBe(verdict)
})
