import { coreWords as coreEn, ownWords as ownEn } from '../../../src/prompts/words/en.ts'
import { coreWords as coreRu, ownWords as ownRu } from '../../../src/prompts/words/ru.ts'
import type { Word } from '../../../src/prompts/speak-numbers/word.ts'

/** The words as a caller would write them down; a pause is a comma. Throws for a word that nobody has. */
export function asText(words: Word[], language: 'ru' | 'en'): string {
  const [core, own] = language === 'ru' ? [coreRu, ownRu] : [coreEn, ownEn]
  const texts = words.map((word) => {
    const [scheme, id] = [word.slice(0, word.indexOf(':')), word.slice(word.indexOf(':') + 1)]
    const text = scheme === 'word' ? own[id] : core[id]
    if (text === undefined) throw new Error(`no such ${language} word: ${word}`)
    return id === 'pause' ? ',' : text
  })
  return texts.join(' ').replaceAll(' ,', ',')
}
