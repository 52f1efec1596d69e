/** Which `answer:` steps of a script belong to which question. Pure. */
import type { Step } from '../config/sections/flows.ts'

/**
 * Number of the question, from 1, for each `answer` step: the steps at the top of the script that can give an answer are the questions, in
 * their order. So a question that was skipped leaves its column empty and does not shift the others.
 */
export function questionNumbers(script: readonly Step[]): Map<Step, number> {
  const numbers = new Map<Step, number>()
  let question = 0
  for (const step of script) {
    const answers = answersIn(step)
    if (answers.length === 0) continue
    question++
    for (const answer of answers) numbers.set(answer, question)
  }
  return numbers
}

export function countQuestions(script: readonly Step[]): number {
  return Math.max(0, ...questionNumbers(script).values())
}

function answersIn(step: Step): Step[] {
  switch (step.kind) {
    case 'answer':
      return [step]
    case 'menu': {
      const { keys, on_silence = [], on_wrong = [], else: otherwise = [] } = step.menu
      return [...Object.values(keys).flat(), ...on_silence, ...on_wrong, ...otherwise].flatMap(answersIn)
    }
    case 'when':
      return [...step.do, ...(step.else ?? [])].flatMap(answersIn)
    case 'unanswered':
      return step.unanswered.flatMap(answersIn)
    case 'play':
    case 'say':
    case 'announce_recording':
    case 'ring':
    case 'voicemail':
    case 'go_to':
    case 'hangup':
    case 'opt_out':
    case 'offer_callback':
    case 'callback_after_meeting':
      return []
  }
}
