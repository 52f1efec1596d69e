/**
 * The lines of a vCard file that matter here, with folding undone and in the notation of vCard 3.0, whatever the version (RFC 2426, RFC 6350, vCard 2.1).
 *
 * ical.js reads 3.0 and 4.0; what 2.1 has more is brought into that form: text in quoted-printable in some character set, and parameters without a
 * name (`TEL;CELL:`). Pictures are long and are passed by.
 */
export interface ContentLine {
  /** Upper case, without its group: `TEL`. */
  name: string
  /** For ical.js. */
  text: string
  /** From 1, in the file. */
  line: number
}

const WANTED = new Set(['BEGIN', 'END', 'VERSION', 'FN', 'N', 'ORG', 'NICKNAME', 'TEL'])
/** Name and parameters of a line; a colon within quotes belongs to a parameter. */
const HEAD = /^\s*(?:[\w-]+\.)?([A-Za-z][\w-]*)((?:;(?:[^":;]|"[^"]*")*)*):(.*)$/s
const LONGEST = 65_536

export function* contentLines(text: string): Generator<ContentLine, void> {
  let line = 0
  let from = 0
  const next = () => {
    if (from > text.length) return null
    let end = text.indexOf('\n', from)
    if (end < 0) end = text.length
    const raw = text.slice(from, end).replace(/\r$/, '')
    from = end + 1
    line++
    return raw
  }
  const isFolded = () => text[from] === ' ' || text[from] === '\t'
  for (let raw = next(); raw !== null; raw = next()) {
    const at = line
    const name = /^\s*(?:[\w-]+\.)?([A-Za-z][\w-]*)[;:]/.exec(raw)?.[1]?.toUpperCase()
    const wanted = name !== undefined && WANTED.has(name)
    const parts = [raw]
    let length = raw.length
    const join = (part: string) => {
      length += part.length
      if (wanted && length <= LONGEST) parts.push(part)
    }
    const isQuoted = wanted && /^[^:]*QUOTED-PRINTABLE/i.test(raw)
    if (isQuoted) {
      while (parts.at(-1)!.endsWith('=')) {
        const more = next()
        if (more === null) break
        parts[parts.length - 1] = parts.at(-1)!.slice(0, -1)
        parts.push(more)
      }
    } else while (isFolded()) join(next()!.slice(1))
    if (!wanted) continue
    const whole = parts.join('')
    const [, , parameters = '', value = ''] = HEAD.exec(whole) ?? []
    yield { name, text: `${name}${kept(parameters)}:${isQuoted ? unquoted(value, parameters) : value}`, line: at }
  }
}

/** Parameters with a value stay, but those that say how the text was encoded. */
function kept(parameters: string): string {
  return parameters
    .split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .filter((parameter) => parameter.includes('=') && !/^(ENCODING|CHARSET)=/i.test(parameter))
    .map((parameter) => `;${parameter}`)
    .join('')
}

/** `=D0=98` to text; a character set that is not known is read as UTF-8. */
function unquoted(value: string, parameters: string): string {
  const charset = /CHARSET="?([\w.:-]+)/i.exec(parameters)?.[1] ?? 'utf-8'
  const bytes = Buffer.from(value, 'utf8')
    .toString('latin1')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return decoder(charset)
    .decode(Buffer.from(bytes, 'latin1'))
    .replace(/\r\n|\r|\n/g, '\\n')
}

function decoder(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder()
  }
}
