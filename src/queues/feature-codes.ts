/**
 * Codes that somebody dials on his own phone. Of operators: `*11` in, `*12` out, `*13` pause with digits for the reason, `*14` do not disturb. Of who has
 * callers of his own: `*21` I am in a meeting, `*22` it is over. Pure.
 */
import type { Wish } from './operator-state.ts'

/** `prompt`: what the phone says when it was done. */
export type FeatureCode =
  | { kind: 'state'; wish: Wish; reason: string | null; prompt: string }
  /** `on`: until he says that it is over. */
  | { kind: 'meeting'; on: boolean; prompt: string }

/** Null: no code of ours. */
export function readFeatureCode(code: string): FeatureCode | null {
  const [, number, digits = ''] = /^\*(1[1-4]|2[12])(\d{0,4})$/.exec(code) ?? []
  if (number === '13') return state('pause', 'operator-paused', digits || null)
  if (digits !== '') return null
  switch (number) {
    case '11':
      return state('sign-in', 'operator-in')
    case '12':
      return state('sign-out', 'operator-out')
    case '14':
      return state('do-not-disturb', 'operator-dnd')
    case '21':
      return { kind: 'meeting', on: true, prompt: 'prompts/perezvon/meeting-on' }
    case '22':
      return { kind: 'meeting', on: false, prompt: 'prompts/perezvon/meeting-off' }
    default:
      return null
  }
}

function state(wish: Wish, prompt: string, reason: string | null = null): FeatureCode {
  return { kind: 'state', wish, reason, prompt: `prompts/perezvon/${prompt}` }
}
