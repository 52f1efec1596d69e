/** The English words of the number sequencer: those we keep ourselves, and what Asterisk's own recordings say. */

/** An empty text is a pause. */
export const ownWords: Readonly<Record<string, string>> = {
  'pause': '',
  'rouble-1': 'rouble',
  'rouble-5': 'roubles',
  'kopeck-1': 'kopeck',
  'kopeck-5': 'kopecks',
  'hour-1': 'hour',
  'day-1': 'day',
  'day-5': 'days',
}

// prettier-ignore
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
// prettier-ignore
const small = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen',
  'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen', 'twenty',
]
const tens = { 30: 'thirty', 40: 'forty', 50: 'fifty', 60: 'sixty', 70: 'seventy', 80: 'eighty', 90: 'ninety' }
// prettier-ignore
const ordinals = [
  'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth', 'eleventh', 'twelfth', 'thirteenth',
  'fourteenth', 'fifteenth', 'sixteenth', 'seventeenth', 'eighteenth', 'nineteenth', 'twentieth',
]

/** The recordings of Asterisk that the sequencer uses, and what they say. */
export const coreWords: Readonly<Record<string, string>> = {
  ...Object.fromEntries(small.map((text, i) => [`digits/${i}`, text])),
  ...Object.fromEntries(Object.entries(tens).map(([n, text]) => [`digits/${n}`, text])),
  ...Object.fromEntries(ordinals.map((text, i) => [`digits/h-${i + 1}`, text])),
  'digits/h-30': 'thirtieth',
  'digits/hundred': 'hundred',
  'digits/thousand': 'thousand',
  'digits/million': 'million',
  'digits/billion': 'billion',
  'digits/minus': 'minus',
  'digits/oh': 'oh',
  'digits/a-m': 'a m',
  'digits/p-m': 'p m',
  ...Object.fromEntries(months.map((text, i) => [`digits/mon-${i}`, text])),
  ...Object.fromEntries(weekdays.map((text, i) => [`digits/day-${i}`, text])),
  'letters/plus': 'plus',
  'hours': 'hours',
  'minute': 'minute',
  'minutes': 'minutes',
  'second': 'second',
  'seconds': 'seconds',
}
