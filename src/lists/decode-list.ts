/** Bytes of a list to text. Excel in Russia still writes windows-1251; what DOS left behind is 866; nobody says which. Pure. */

export type ListEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1251' | 'ibm866' | 'koi8-r'

/** How much is looked at to tell the one-byte encodings apart. */
const SAMPLE = 65_536

/** Per mille of running Russian text, а-я. */
const FREQUENCY: Readonly<Record<string, number>> = Object.fromEntries(
  `о109 е85 а80 и74 н67 т63 с55 р47 в45 л44 к35 м32 д30 п28 у26 я20 ы19 ь17 г17 з16 б16 ч14 й12 х10 ж9 ш7 ю6 ц5 щ4 э3 ф3 ъ0.4 ё0.4`
    .split(' ')
    .map((entry) => [entry[0]!, Number(entry.slice(1)) / 1000]),
)
/** What else an address book holds; anything other than that, box drawing above all, tells of a wrong guess. */
const PUNCTUATION = /[№«»–—…“”„’\u00a0]/

/** The text without its byte order mark. */
export function decodeList(bytes: Uint8Array): { text: string; encoding: ListEncoding } {
  const encoding = guessEncoding(bytes)
  return { encoding, text: new TextDecoder(encoding, { ignoreBOM: false }).decode(bytes) }
}

export function guessEncoding(bytes: Uint8Array): ListEncoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const wide = guessWide(bytes)
  if (wide) return wide
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    const sample = bytes.subarray(0, SAMPLE)
    const scored = (['windows-1251', 'ibm866', 'koi8-r'] as const).map((encoding) => ({
      encoding,
      score: cyrillicScore(new TextDecoder(encoding).decode(sample)),
    }))
    return scored.reduce((best, next) => (next.score > best.score ? next : best)).encoding
  }
}

/** UTF-16 without a mark: line ends and digits make every second byte zero. */
function guessWide(bytes: Uint8Array): ListEncoding | null {
  const sample = bytes.subarray(0, 1024)
  if (sample.length < 8) return null
  let even = 0
  let odd = 0
  sample.forEach((byte, i) => {
    if (byte !== 0) return
    if (i % 2 === 0) even++
    else odd++
  })
  const many = sample.length / 8
  if (odd > many && even < many / 4) return 'utf-16le'
  if (even > many && odd < many / 4) return 'utf-16be'
  return null
}

/** How much like Russian the text reads: the mean log frequency of what is not ASCII, less for capitals inside words. */
function cyrillicScore(text: string): number {
  let sum = 0
  let seen = 0
  let before = ''
  for (const char of text) {
    if (char > '\u007f') {
      const small = char.toLowerCase()
      const frequency = FREQUENCY[small] ?? (PUNCTUATION.test(char) ? 0.005 : 0.00001)
      const crooked =
        char !== small && before !== '' && before === before.toLowerCase() && FREQUENCY[before] !== undefined
      sum += Math.log(crooked ? frequency / 50 : frequency)
      seen++
    }
    before = char
  }
  return seen === 0 ? 0 : sum / seen
}
