/** Why a text is no phone number, in words for the person who wrote it. */
import { defineMessages, type Language } from '../runtime/i18n.ts'
import { formatPhone, type PhoneReading, type PhoneRefusal } from './phone-number.ts'

type Refused = Extract<PhoneReading, { refused: PhoneRefusal }>

/** `{first}` and `{second}`: the readings, as people write them. */
export const PHONE_REFUSALS = {
  en: {
    empty: 'there is no number',
    characters: 'something stands in it that no phone number has',
    several: 'it is more than one number',
    extension: 'a number with an extension cannot be dialled',
    unknown: 'no numbering plan has it; digits are missing, or there are too many',
    ambiguous: 'it can be {first} or {second}; write it with + and the country code',
    foreign: 'it can only be {first}, a number of another country; write it with +',
    undeclared: 'it does not begin with a country code, as was declared',
  },
  ru: {
    empty: 'номера нет',
    characters: 'в нём есть знаки, которых в номере телефона не бывает',
    several: 'здесь больше одного номера',
    extension: 'на номер с добавочным дозвониться нельзя',
    unknown: 'такого номера нет ни в одной стране: не хватает цифр или есть лишние',
    ambiguous: 'это может быть и {first}, и {second}; напишите номер с + и кодом страны',
    foreign: 'это может быть только {first}, номер другой страны; напишите его с +',
    undeclared: 'он не начинается с кода страны, как было указано',
  },
} as const satisfies Record<Language, Record<PhoneRefusal, string>>

const text = defineMessages<PhoneRefusal>(PHONE_REFUSALS)

/** `it can be +49 491 701234567 or +49 170 1234567; write it with …` */
export function phoneRefusalText(refused: Refused, language: Language): string {
  return text(language, refused.refused, readingsInWords(refused))
}

/** What a message needs that says `{why, select, …}` by itself. */
export function readingsInWords({ readings }: Pick<Refused, 'readings'>): { first: string; second: string } {
  const [first = '', second = ''] = readings.map(formatPhone)
  return { first, second }
}

/** The refusals as a part of a larger message: `{why, select, empty {…} … other {…}}`. `otherwise`: for a reason that is none of them. */
export function refusalSelect(language: Language, otherwise: string): string {
  const cases = Object.entries(PHONE_REFUSALS[language]).map(([why, sentence]) => `${why} {${sentence}}`)
  return `{why, select, ${cases.join(' ')} other {${otherwise}}}`
}
