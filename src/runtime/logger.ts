/**
 * Logs: one line an event, sentence first, data after. A child logger carries the id of its call, attempt or job.
 *
 * Phone numbers are masked above debug level (+7916***4567), in sentences and in fields alike; caller text is escaped, so that no name can
 * forge a line or colour the admin's terminal.
 */
import winston from 'winston'

type Fields = Record<string, unknown>
export interface Logger {
  debug(sentence: string, fields?: Fields): void
  info(sentence: string, fields?: Fields): void
  warn(sentence: string, fields?: Fields): void
  error(sentence: string, fields?: Fields): void
  child(fields: Fields): Logger
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LEVELS)[number]

/** `format: 'json'` for machines, `'text'` for a terminal. */
export function createLogger(options: { level: LogLevel; format: 'json' | 'text'; silent?: boolean }): Logger {
  const { combine, timestamp, printf } = winston.format
  const line = printf(({ timestamp: at, level, message, ...fields }) => {
    const safe = clean(fields, level === 'debug') as Fields
    const sentence = clean(message, level === 'debug')
    if (options.format === 'json') return JSON.stringify({ at, level, message: sentence, ...safe })
    const tail = Object.entries(safe).map(([k, v]) => `${k}=${typeof v === 'string' ? v : JSON.stringify(v)}`)
    return [at, level.toUpperCase().padEnd(5), sentence, ...tail].join(' ')
  })
  const logger = winston.createLogger({
    level: options.level,
    silent: options.silent ?? false,
    format: combine(timestamp(), line),
    transports: [new winston.transports.Console({ stderrLevels: [...LEVELS] })],
  })
  // winston writes a line out before it looks whether anybody wants it; children inherit these
  for (const level of LEVELS.slice(0, LEVELS.indexOf(options.level))) logger[level] = () => logger
  return logger
}

/** For tests and for code that has nothing to say. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLogger }

/** `+79161234567` -> `+7916***4567`; short numbers and extensions stay. */
export function maskNumbers(text: string): string {
  return text.replace(/(?<![\w.-])(\+?\d{4})\d{2,7}(\d{4})(?![\w.-])/g, '$1***$2')
}

function clean(value: unknown, open: boolean, depth = 0): unknown {
  if (typeof value === 'string') {
    const printable = value.replace(
      /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
      (c) => `\\x${c.charCodeAt(0).toString(16)}`,
    )
    return open ? printable : maskNumbers(printable)
  }
  if (value instanceof Error) {
    return clean(
      depth > 2
        ? value.message
        : {
            message: value.message,
            stack: value.stack
              ?.split('\n')
              .slice(1, 5)
              .map((l) => l.trim()),
            ...(value.cause ? { cause: value.cause } : {}),
          },
      open,
      depth + 1,
    )
  }
  if (typeof value === 'bigint') return Number(value)
  if (depth > 4 || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.slice(0, 50).map((v) => clean(v, open, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, clean(v, open, depth + 1)]))
}
