/**
 * Texts in Russian and English. Each room keeps its own catalogue (`messages.ts`) beside the code that speaks; this file only says how.
 * The syntax is ICU MessageFormat: `{count, plural, one {# звонок} few {# звонка} other {# звонков}}`.
 */
import { IntlMessageFormat } from 'intl-messageformat'

export type Language = 'ru' | 'en'
export type MessageValues = Record<string, string | number>

/** Both languages must have the same keys: a missing one is a type error. */
export function defineMessages<K extends string>(catalogue: { en: Record<K, string>; ru: Record<NoInfer<K>, string> }) {
  const compiled = new Map<string, IntlMessageFormat>()
  return (language: Language, id: K, values?: MessageValues): string => {
    const cacheKey = `${language}:${id}`
    let message = compiled.get(cacheKey)
    if (!message) {
      message = new IntlMessageFormat(catalogue[language][id], language, undefined, { ignoreTag: true })
      compiled.set(cacheKey, message)
    }
    return String(message.format(values))
  }
}
