/** Who has which number: what a phone book answers. */
import type { E164 } from './phone-number.ts'

export interface CallerNames {
  /** The name that is known now, cleaned; null: none. Never waits. */
  of(number: E164 | null): string | null
  /**
   * The same, but asks those who must be asked first: a CRM. Resolves within their time limits, mostly a second, and never rejects. Asking again
   * meanwhile is one question.
   */
  find(number: E164 | null): Promise<string | null>
}

/** The book's name, or else what is known otherwise: trunks send the name that their subscriber has chosen. */
export function withBookName<C extends { number: E164 | null; name: string | null }>(
  caller: C,
  names: Pick<CallerNames, 'of'> | undefined,
): C {
  const name = names?.of(caller.number) ?? null
  return name === null ? caller : { ...caller, name }
}
