/** Ids that sort by time: 10 characters of milliseconds, 16 of chance, Crockford base 32, lower case. @see https://github.com/ulid/spec */
import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

export function ulid(now = Date.now()): string {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32]! + time
  return time + chance()
}

/** Asking the system for 16 bytes at a time costs more than all the rest. */
const POOL_BYTES = 4096
let pool = Buffer.alloc(0)
let used = 0

function chance(): string {
  if (used + 16 > pool.length) {
    pool = randomBytes(POOL_BYTES)
    used = 0
  }
  let text = ''
  for (const end = used + 16; used < end; used++) text += ALPHABET[pool[used]! % 32]!
  return text
}
