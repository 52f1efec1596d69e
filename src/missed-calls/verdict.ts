/**
 * The verdict: was this caller spoken with, and if not, why not, and must somebody know? Pure; decided once, after the last of the call is over.
 *
 * Only a talk with a person counts. A greeting, a menu, an answerphone, a mobile's voicemail that picked up, music: none of them is an
 * answer. Of several reasons the most specific wins: what happened at the last group that was rung, before what happened in a
 * menu, before the greeting. Steps count by their time, so it does not matter in which order late news came.
 */
import { isLostInTransfer, type Journey, type ReasonDetail, type StepRow, type Verdict } from '../model/call-outcome.ts'
import { ignoredBecause, type IgnoreRules, reportAll } from './ignore-rules.ts'
import { reasonOf, rungFor } from './reason.ts'

export function verdictOf(journey: Journey, rules: IgnoreRules = reportAll): Verdict {
  const steps = inOrder(journey.steps)
  const ordered = { ...journey, steps }
  const talks = steps.filter((step) => step.kind === 'talk')
  const rings = steps.filter((step) => step.kind === 'ring')
  const isLost = isLostInTransfer(steps)
  const waitMs = isLost ? waitedInTransfer(ordered) : waited(ordered)
  const told = { detail: detailOf(steps, waitMs), group: rings.at(-1)?.to ?? null, waitMs }
  if (talks.length > 0 && !isLost) {
    const talkMs = talks.reduce((sum, talk) => sum + talk.ms, 0)
    return { verdict: 'answered', reason: null, talkMs, ...told }
  }
  const reason = reasonOf(steps)
  const ignored = ignoredBecause(ordered, reason, rules)
  return { verdict: ignored ? 'ignored' : 'missed', reason: ignored ?? reason, talkMs: null, ...told }
}

/** By time; at the same time what causes goes before what follows from it. */
function inOrder(steps: readonly StepRow[]): StepRow[] {
  const rank = (step: StepRow) =>
    step.kind === 'ring-ended' ? 2 : step.kind === 'hung-up' ? 3 : step.kind === 'rung' ? 1 : 0
  return steps.toSorted((a, b) => a.time - b.time || rank(a) - rank(b))
}

function waited({ steps, arrivedAt, endedAt }: Pick<Journey, 'steps' | 'arrivedAt' | 'endedAt'>): number {
  const firstRing = steps.find((step) => step.kind === 'ring')
  const lastRing = steps.findLast((step) => step.kind === 'ring')
  const talk = steps.find((step) => step.kind === 'talk')
  const answerphone = steps.findLast((step) => step.kind === 'voicemail')
  const end = answerphone && answerphone.time > (lastRing?.time ?? 0) ? answerphone.time : endedAt
  const until = talk ? talk.time - talk.ms : end
  return Math.max(0, until - (firstRing?.time ?? arrivedAt))
}

function waitedInTransfer({ steps, endedAt }: Pick<Journey, 'steps' | 'endedAt'>): number {
  const transfer = steps.findLast((step) => step.kind === 'transfer')?.time ?? endedAt
  const answerphone = steps.findLast((step) => step.kind === 'voicemail')?.time ?? 0
  return Math.max(0, (answerphone > transfer ? answerphone : endedAt) - transfer)
}

function detailOf(steps: readonly StepRow[], waitMs: number): ReasonDetail {
  const menuAt = steps.findLastIndex((step) => step.kind === 'menu')
  const flow = steps.slice(0, menuAt + 1).findLast((step) => step.kind === 'flow')
  const lastRing = steps.findLast((step) => step.kind === 'ring')
  const ended = steps.findLast((step) => step.kind === 'ring-ended' && step.to === lastRing?.to)
  const rung = lastRing ? rungFor(steps, lastRing) : []
  const transfer = steps.findLast((step) => step.kind === 'transfer')
  return {
    menu: flow?.kind === 'flow' ? flow.flow : null,
    keys: steps.flatMap((step) => {
      if (step.kind === 'key') return [step.label ? `${step.key} — ${step.label}` : step.key]
      return step.kind === 'wrong-key' ? [step.key] : []
    }),
    waitMs,
    position: ended?.kind === 'ring-ended' ? (ended.position ?? null) : null,
    people: [...new Set(rung.map(({ name }) => name))],
    ...(transfer?.kind === 'transfer' && { transfer: { by: transfer.name, to: transfer.to } }),
  }
}
