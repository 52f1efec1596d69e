/** What `perezvon phone-book` and `perezvon status` say of the phone book. */
import { defineMessages, type Language } from '../runtime/i18n.ts'
import type { BookFault, BookFaultKind } from './book-fault.ts'

const FAULTS = {
  en: {
    'missing': 'the file is not there',
    'unreadable': 'it cannot be read ({detail})',
    'outside': 'the file lies outside the configuration folder ({detail})',
    'too-big': 'the file is larger than 50 MiB',
    'too-many-rows': 'it has more than 500 000 rows',
    'too-many-columns': 'row {line} has more than 200 columns',
    'spreadsheet': 'it is a workbook; save it as CSV',
    'empty': 'nothing stands in it',
    'bad-quotes': 'row {line}: a quote is not closed',
    'cut-off': 'it ends in the middle of the entry at {line}; is it being written?',
    'no-cards': 'there is no vCard in it',
    'broken-card': 'the card at line {line} has no END:VCARD',
    'no-columns': 'no column of numbers, or none of names; name them: `number:`, `name:`',
    'no-numbers':
      'none of its numbers can be read; the first stands at {line}. Say how they are written: `number_format:`',
    'no-secret': '{detail}',
    'unreachable': 'the server does not answer: {detail}',
    'refused': 'the server gives no names: {detail}',
    'no-book': 'the server has no address book for this user',
  },
  ru: {
    'missing': 'файла нет',
    'unreadable': 'прочитать не удалось ({detail})',
    'outside': 'файл лежит вне папки конфигурации ({detail})',
    'too-big': 'файл больше 50 МиБ',
    'too-many-rows': 'в нём больше 500 000 строк',
    'too-many-columns': 'в строке {line} больше 200 столбцов',
    'spreadsheet': 'это книга Excel; сохраните её как CSV',
    'empty': 'в нём ничего нет',
    'bad-quotes': 'строка {line}: кавычка не закрыта',
    'cut-off': 'он обрывается на записи {line}; возможно, его ещё пишут',
    'no-cards': 'в нём нет ни одной vCard',
    'broken-card': 'у карточки в строке {line} нет END:VCARD',
    'no-columns': 'нет столбца с номерами или с именами; назовите их: `number:`, `name:`',
    'no-numbers': 'ни один номер не прочитан; первый — в строке {line}. Укажите, как они записаны: `number_format:`',
    'no-secret': '{detail}',
    'unreachable': 'сервер не отвечает: {detail}',
    'refused': 'сервер не отдаёт имён: {detail}',
    'no-book': 'у этого пользователя нет адресной книги на сервере',
  },
} as const satisfies Record<Language, Record<BookFaultKind, string>>

const faultText = defineMessages<BookFaultKind>(FAULTS)

export function bookFaultText(language: Language, { fault, line, detail }: BookFault): string {
  return faultText(language, fault, { line: String(line), detail })
}

export const say = defineMessages({
  en: {
    'none': 'The configuration has no `phone_book`.',
    'source': '{label}: {names, plural, one {# name} other {# names}}{read}',
    'read': ', read {at}',
    'fault': '  {why}',
    'kept': '  {why}; the names of before stay in force',
    'unreadable': '  {count, plural, one {# number cannot} other {# numbers cannot}} be read:',
    'number': '    {line}: “{text}”: {why}',
    'number-alone': '    “{text}”: {why}',
    'more': '    and {count} more',
    'nameless': '  {count, plural, one {# number has} other {# numbers have}} no name',
    'found': '{number}: {name} ({label})',
    'found-too': '  {label}: {name}',
    'unknown': '{number}: no source knows a name.',
    'not-a-number': '“{number}” is not a phone number: {why}.',
  },
  ru: {
    'none': 'В конфигурации нет `phone_book`.',
    'source': '{label}: {names, plural, one {# имя} few {# имени} many {# имён} other {# имени}}{read}',
    'read': ', прочитано {at}',
    'fault': '  {why}',
    'kept': '  {why}; действуют прежние имена',
    'unreadable':
      '  {count, plural, one {не прочитан # номер} few {не прочитаны # номера} many {не прочитано # номеров} other {не прочитано # номера}}:',
    'number': '    {line}: «{text}»: {why}',
    'number-alone': '    «{text}»: {why}',
    'more': '    и ещё {count}',
    'nameless': '  {count, plural, one {# номер} few {# номера} many {# номеров} other {# номера}} без имени',
    'found': '{number}: {name} ({label})',
    'found-too': '  {label}: {name}',
    'unknown': '{number}: ни один источник не знает имени.',
    'not-a-number': '«{number}» не похоже на номер телефона: {why}.',
  },
})
