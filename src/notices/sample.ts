/** Invented notices, to look at a mail without a call: `perezvon mail preview`, `perezvon mail test`. */
import type { Language } from '../runtime/i18n.ts'
import type { OutboxNotice } from '../store/outbox.ts'
import type { NoticeKind } from './payload.ts'

const words = {
  ru: { caller: 'Иван Петров', line: 'Продажи', menu: 'реклама', first: 'Анна', second: 'Борис' },
  en: { caller: 'Ivan Petrov', line: 'Sales', menu: 'advertising', first: 'Anna', second: 'Boris' },
}

/** A row as the outbox would hold it, about a call five minutes before `now`. */
export function sampleNotice(
  kind: NoticeKind,
  company: { name: string; zone: string },
  to: { recipient: string; language: Language },
  now: number,
): OutboxNotice {
  return {
    id: `sample-${now}`,
    kind,
    callId: null,
    caseId: null,
    ...to,
    payload: JSON.stringify(samplePayload(kind, company, to.language, now - 300_000)),
    threadKey: null,
    tries: 1,
    createdAt: now,
  }
}

function samplePayload(
  kind: NoticeKind,
  company: { name: string; zone: string },
  language: Language,
  calledAt: number,
): object {
  const word = words[language]
  const common = {
    callId: 'sample',
    caller: { number: '+79123456789', shown: '+79123456789', name: word.caller },
    line: { number: '+73432001122', name: word.line },
    company,
    replyTo: null,
    calledAt,
  }
  switch (kind) {
    case 'missed':
      return {
        ...common,
        reason: 'ring_no_answer',
        detail: { menu: 'main', keys: [`2 — ${word.menu}`], waitMs: 72_000, position: 1, people: [word.first] },
        pressed: [{ key: '2', label: word.menu }],
        waitedMs: 72_000,
        rung: [
          { name: word.first, result: 'no-answer', ms: 20_000 },
          { name: word.second, result: 'busy', ms: 0 },
        ],
        voicemail: null,
        earlier: { callsToday: 2, lastTalk: { at: calledAt - 86_400_000, with: word.first, ms: 240_000 } },
        next: { kind: 'callback', at: 'when-free' },
        restored: false,
      }
    case 'closed':
      return { ...common, closed: { how: 'called-back', by: word.first, at: calledAt + 240_000, talkMs: 200_000 } }
    case 'callback-failed':
      return {
        ...common,
        tries: [
          { at: calledAt + 60_000, result: 'no-answer' },
          { at: calledAt + 240_000, result: 'busy' },
        ],
      }
    case 'escalation':
      return { ...common, reason: 'ring_no_answer', afterMs: 1_800_000 }
    case 'digest':
      return { company, replyTo: null, why: 'storm' }
    case 'alarm':
      return {
        company,
        channel: 'mail',
        what: 'refused',
        why: '550 5.4.5 Daily user sending limit exceeded',
        since: calledAt,
      }
  }
}

/** The calls of a sample digest. */
export function sampleMembers(digest: OutboxNotice, company: { name: string; zone: string }): OutboxNotice[] {
  const language = digest.language === 'ru' ? 'ru' : 'en'
  return [0, 60_000, 150_000].map((after, i) => ({
    ...digest,
    id: `${digest.id}-${i}`,
    kind: 'missed',
    payload: JSON.stringify(samplePayload('missed', company, language, digest.createdAt - 300_000 + after)),
  }))
}
