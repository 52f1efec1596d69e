/**
 * The Russian words of the number sequencer: those we keep ourselves, and what Asterisk's own recordings say.
 *
 * Asterisk's Russian set (asterisk-core-sounds-ru 1.6.1) was recorded from an English list: `2n` says «два», and there is no «одна», «две»,
 * «двести», no neuter or genitive ordinal and no unit but часов, минута, минут, секунд. The texts of `coreWords` are the set's own
 * list, checked against the recordings' vowels where the list looked doubtful.
 */

// prettier-ignore
const ordinalStems = [
  'перв', 'втор', 'трет', 'четвёрт', 'пят', 'шест', 'седьм', 'восьм', 'девят', 'десят', 'одиннадцат', 'двенадцат', 'тринадцат',
  'четырнадцат', 'пятнадцат', 'шестнадцат', 'семнадцат', 'восемнадцат', 'девятнадцат', 'двадцат',
]

// prettier-ignore
const tensGenitive = { 30: 'тридцатого', 40: 'сорокового', 50: 'пятидесятого', 60: 'шестидесятого', 70: 'семидесятого', 80: 'восьмидесятого', 90: 'девяностого' }

/** Ids follow Asterisk's `digits/` where say.c has a name for the word; `n` neuter nominative, `g` genitive. An empty text is a pause. */
export const ownWords: Readonly<Record<string, string>> = {
  'pause': '',
  '1f': 'одна',
  '2f': 'две',
  '200': 'двести',
  '300': 'триста',
  '400': 'четыреста',
  '500': 'пятьсот',
  '600': 'шестьсот',
  '700': 'семьсот',
  '800': 'восемьсот',
  '900': 'девятьсот',
  'thousands': 'тысяч',
  'millions': 'миллионов',
  'billions-i': 'миллиарда',
  'rouble-1': 'рубль',
  'rouble-2': 'рубля',
  'rouble-5': 'рублей',
  'kopeck-1': 'копейка',
  'kopeck-2': 'копейки',
  'kopeck-5': 'копеек',
  'second-1': 'секунда',
  'second-2': 'секунды',
  'minute-2': 'минуты',
  'hour-1': 'час',
  'hour-2': 'часа',
  'day-1': 'день',
  'day-2': 'дня',
  'day-5': 'дней',
  'year-g': 'года',
  '30n': 'тридцатое',
  '2000g': 'двухтысячного',
  '900g': 'девятисотого',
  ...Object.fromEntries(ordinalStems.map((stem, i) => [`${i + 1}n`, stem + (i === 2 ? 'ье' : 'ое')])),
  ...Object.fromEntries(ordinalStems.map((stem, i) => [`${i + 1}g`, stem + (i === 2 ? 'ьего' : 'ого')])),
  ...Object.fromEntries(Object.entries(tensGenitive).map(([tens, text]) => [`${tens}g`, text])),
}

// prettier-ignore
const months = ['января', 'февраля', 'марта', 'апреля', 'мая', 'июня', 'июля', 'августа', 'сентября', 'октября', 'ноября', 'декабря']
const weekdays = ['воскресенье', 'понедельник', 'вторник', 'среда', 'четверг', 'пятница', 'суббота']
// prettier-ignore
const small = [
  'ноль', 'один', 'два', 'три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять', 'десять', 'одиннадцать', 'двенадцать',
  'тринадцать', 'четырнадцать', 'пятнадцать', 'шестнадцать', 'семнадцать', 'восемнадцать', 'девятнадцать', 'двадцать',
]
// prettier-ignore
const tens = { 30: 'тридцать', 40: 'сорок', 50: 'пятьдесят', 60: 'шестьдесят', 70: 'семьдесят', 80: 'восемьдесят', 90: 'девяносто' }

/** The recordings of Asterisk that the sequencer uses, and what they say. */
export const coreWords: Readonly<Record<string, string>> = {
  ...Object.fromEntries(small.map((text, i) => [`digits/${i}`, text])),
  ...Object.fromEntries(Object.entries(tens).map(([n, text]) => [`digits/${n}`, text])),
  'digits/hundred': 'сто',
  'digits/thousand': 'тысяча',
  'digits/h-thousand': 'тысячи',
  'digits/million': 'миллион',
  'digits/h-million': 'миллиона',
  'digits/billion': 'миллиард',
  'digits/h-billion': 'миллиардов',
  'digits/minus': 'минус',
  ...Object.fromEntries(months.map((text, i) => [`digits/mon-${i}`, text])),
  ...Object.fromEntries(weekdays.map((text, i) => [`digits/day-${i}`, text])),
  'letters/plus': 'плюс',
  'hours': 'часов',
  'queue-minute': 'минута',
  'minutes': 'минут',
  'seconds': 'секунд',
}
