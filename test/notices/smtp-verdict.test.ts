import { expect, test } from 'vitest'
import { smtpVerdict, type SmtpFailure } from '../../src/notices/smtp-verdict.ts'

const verbs = {
  conn: 'CONN',
  ehlo: 'EHLO',
  auth: 'AUTH PLAIN',
  mail: 'MAIL FROM',
  rcpt: 'RCPT TO',
  data: 'DATA',
} as const

const answered = (command: string, responseCode: number, text = ''): SmtpFailure => ({
  code: command === 'DATA' ? 'EMESSAGE' : 'EENVELOPE',
  command,
  responseCode,
  text,
  begun: command === 'MAIL FROM' || command === 'RCPT TO' || command === 'DATA',
  bodySent: command === 'DATA',
})
const silent = (code: string | null, bodySent = false, command = 'CONN'): SmtpFailure => ({
  code,
  command,
  responseCode: null,
  text: '',
  begun: bodySent || command !== 'CONN',
  bodySent,
})

const said = (failure: SmtpFailure) => {
  const verdict = smtpVerdict(failure)
  return verdict.kind === 'retry' ? verdict.blame : verdict.kind
}

test.each([
  [verbs.conn, 554, 'unreachable'],
  [verbs.conn, 421, 'unreachable'],
  [verbs.ehlo, 502, 'unreachable'],
  [verbs.auth, 535, 'unreachable'],
  [verbs.auth, 454, 'unreachable'],
  [verbs.mail, 421, 'server'],
  [verbs.mail, 451, 'mail'],
  [verbs.mail, 503, 'server'],
  [verbs.mail, 530, 'server'],
  [verbs.mail, 550, 'dead'],
  [verbs.mail, 552, 'too-large'],
  [verbs.rcpt, 250, 'server'],
  [verbs.rcpt, 421, 'server'],
  [verbs.rcpt, 450, 'mailbox'],
  [verbs.rcpt, 451, 'mailbox'],
  [verbs.rcpt, 550, 'dead'],
  [verbs.rcpt, 552, 'mailbox'],
  [verbs.rcpt, 553, 'dead'],
  [verbs.data, 421, 'server'],
  [verbs.data, 451, 'mail'],
  [verbs.data, 550, 'dead'],
  [verbs.data, 552, 'too-large'],
  [verbs.data, 554, 'dead'],
])('%s answered with %d: %s', (command, code, verdict) => {
  expect(said(answered(command, code))).toBe(verdict)
})

test('a full mailbox empties, a mail over the limit does not shrink', () => {
  expect(said(answered('DATA', 552, '552 5.2.2 mailbox full'))).toBe('mail')
  expect(said(answered('DATA', 554, '554 5.3.4 message too big'))).toBe('too-large')
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
])('%s', (_what, code, command, bodySent, verdict) => {
  expect(said(silent(code, bodySent, command))).toBe(verdict)
})
