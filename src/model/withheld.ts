/** What networks, and exchanges that know no better, send in place of a number or a name that is withheld. */
const WORDS =
  /^(anonymous|restricted|unavailable|unknown|private|withheld|hidden|asterisk|id unavailable|not available|no ?number)$/i

/** Whether the text says that the caller is not to be known, or nothing at all. */
export function isWithheld(text: string): boolean {
  return text === '' || WORDS.test(text)
}
