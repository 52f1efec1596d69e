import type {
  CallbackFailedPayload,
  ClosedPayload,
  EscalationPayload,
  MissedCallPayload,
} from '../../../src/notices/payload.ts'

/** Вт 24.11.2026, 14:05 in Yekaterinburg. */
export const CALLED_AT = Date.UTC(2026, 10, 24, 9, 5)

const base = {
  callId: '1795511100.42',
  caller: { number: '+79123456789', shown: '+79123456789', name: 'Иван Петров' },
  line: { number: '+73432001122', name: 'Продажи' },
  company: { name: 'Цветочный двор', zone: 'Asia/Yekaterinburg' },
  replyTo: 'sales@example.ru',
  calledAt: CALLED_AT,
}

export function missedCall(change: Partial<MissedCallPayload> = {}): MissedCallPayload {
  return {
    ...base,
    reason: 'ring_no_answer',
    pressed: [{ key: '2', label: 'реклама' }],
    waitedMs: 72_000,
    rung: [
      { name: 'Анна', result: 'no-answer', ms: 20_000 },
      { name: 'Борис', result: 'busy', ms: 0 },
    ],
    voicemail: null,
    earlier: { callsToday: 3, lastTalk: { at: CALLED_AT - 22 * 3_600_000, with: 'Анна', ms: 240_000 } },
    next: { kind: 'callback', at: CALLED_AT + 300_000 },
    restored: false,
    ...change,
  }
}

export function closedCase(change: Partial<ClosedPayload> = {}): ClosedPayload {
  return {
    ...base,
    closed: { how: 'called-back', by: 'Анна', at: CALLED_AT + 420_000, talkMs: 200_000 },
    ...change,
  }
}

export function failedCallback(change: Partial<CallbackFailedPayload> = {}): CallbackFailedPayload {
  return {
    ...base,
    tries: [
      { at: CALLED_AT + 300_000, result: 'no-answer' },
      { at: CALLED_AT + 1_500_000, result: 'busy' },
      { at: CALLED_AT + 20 * 3_600_000, result: 'unreachable' },
    ],
    ...change,
  }
}

export function escalated(change: Partial<EscalationPayload> = {}): EscalationPayload {
  return { ...base, reason: 'ring_no_answer', afterMs: 1_800_000, ...change }
}
