/** Why a row of a list was refused, in words for the person who has to mend the list. */
import { formatPhone } from '../model/phone-number.ts'
import { defineMessages, type Language } from '../runtime/i18n.ts'
import type { RefusedRow } from './import-contacts.ts'

const text = defineMessages({
  en: {
    'no-number': 'no phone number',
    'not-a-number': 'not a whole phone number',
    'excel-damage': 'Excel has cut the number: format the column as text and export again',
    'two-numbers': 'several numbers in one cell',
    'extension': 'a number with an extension cannot be dialled',
    'ambiguous':
      '{first, select, none {a number that can be read in two ways} other {it can be {first} or {second}}}: ' +
      'write it with +, or say how the list writes numbers, --numbers e164 or national',
    'foreign-without-plus':
      '{first, select, none {a number of another country without +} other {{first} without its +}}: ' +
      'write it with +, or import with --numbers e164',
    'other-form': 'does not begin with a country code, as --numbers e164 says',
    'own-number': 'a number of our own',
    'denied': 'the configuration forbids this prefix',
    'premium': 'a premium, shared cost or satellite number',
    'not-allowed': 'this prefix is not allowed by the configuration',
    'control-characters': 'control characters in the row',
    'cell-too-long': 'a cell is longer than 4 kB',
    'duplicate': '{row, select, none {a number that the list repeats} other {the same number as in row {row}}}',
    'already-in-campaign': 'the campaign has this number already',
    'do-not-call': 'on the do-not-call list',
  },
  ru: {
    'no-number': 'нет номера телефона',
    'not-a-number': 'не похоже на полный номер телефона',
    'excel-damage': 'Excel испортил номер: сделайте столбец текстовым и выгрузите список заново',
    'two-numbers': 'несколько номеров в одной ячейке',
    'extension': 'на номер с добавочным дозвониться нельзя',
    'ambiguous':
      '{first, select, none {номер, который можно прочесть двояко} other {это может быть и {first}, и {second}}}: ' +
      'напишите его с + или укажите, как записаны номера в списке, --numbers e164 или national',
    'foreign-without-plus':
      '{first, select, none {номер другой страны без +} other {это {first} без плюса}}: ' +
      'напишите его с + или загрузите список с --numbers e164',
    'other-form': 'не начинается с кода страны, как сказано в --numbers e164',
    'own-number': 'это наш собственный номер',
    'denied': 'номера с таким началом запрещены в настройках',
    'premium': 'платный или спутниковый номер',
    'not-allowed': 'номера с таким началом не разрешены в настройках',
    'control-characters': 'в строке есть управляющие символы',
    'cell-too-long': 'ячейка длиннее 4 КБ',
    'duplicate': '{row, select, none {номер в списке повторяется} other {тот же номер, что в строке {row}}}',
    'already-in-campaign': 'этот номер уже есть в кампании',
    'do-not-call': 'номер в списке «не звонить»',
  },
})

/** Without `firstRow` and `readings` the sentence is about all rows of this fault. */
export function refusalText(row: Pick<RefusedRow, 'fault' | 'firstRow' | 'readings'>, language: Language): string {
  const [first = 'none', second = ''] = (row.readings ?? []).map(formatPhone)
  return text(language, row.fault, { row: String(row.firstRow ?? 'none'), first, second })
}
