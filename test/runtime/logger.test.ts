import { afterEach, expect, it, vi } from 'vitest'
import { createLogger, maskNumbers } from '../../src/runtime/logger.ts'

/** What a log writes: winston's console transport goes past vitest's own. */
function logged(
  write: (log: ReturnType<typeof createLogger>) => void,
  options: Partial<Parameters<typeof createLogger>[0]> = {},
): string {
  let written = ''
  const stream = { write: (text: string) => (written += text) } as unknown as NodeJS.WriteStream
  vi.spyOn(console as unknown as { _stderr: NodeJS.WriteStream }, '_stderr', 'get').mockReturnValue(stream)
  write(createLogger({ level: 'debug', format: 'json', ...options }))
  return written
}
afterEach(() => vi.restoreAllMocks())

it.each([
  ['+79123456789', '+7912***6789'],
  ['89123456789', '8912***6789'],
  ['call from +79123456789 to 101', 'call from +7912***6789 to 101'],
  ['101', '101'],
  ['1234567', '1234567'],
  ['1795421380.12', '1795421380.12'],
  ['leg-01k9zz1234567890', 'leg-01k9zz1234567890'],
  ['2026-11-23', '2026-11-23'],
])('%s is shown as %s', (text, shown) => {
  expect(maskNumbers(text)).toBe(shown)
})

it('masks numbers above debug level, in sentences and fields alike, and leaves them in debug', () => {
  const text = logged((log) =>
    log.info('a call from +79123456789', { caller: '+79123456789', nested: { to: ['+79990001122'] } }),
  )
  expect(text).not.toContain('23456789')
  expect(text).not.toContain('90001122')
  expect(logged((log) => log.debug('a call', { caller: '+79123456789' }))).toContain('+79123456789')
})

it('a child carries the id of its call', () => {
  const line = JSON.parse(logged((log) => log.child({ call: 'c-1' }).warn('something', { why: 'x' }))) as object
  expect(line).toMatchObject({ level: 'warn', message: 'something', call: 'c-1', why: 'x' })
})

it('a hostile name neither ends the line nor colours the terminal', () => {
  const text = logged((log) => log.info('a call', { name: 'Ivan\n2026 ERROR forged \u001b[31mred\u202e' }), {
    format: 'text',
  })
  expect(text.trimEnd().split('\n').length).toBe(1)
  expect(text).not.toContain('\u001b')
  expect(text).not.toContain('\u202e')
})

it('an error keeps its message, its cause and where it came from', () => {
  const error = new Error('outer', { cause: new Error('inner') })
  const text = logged((log) => log.error('it broke', { error }))
  expect(text).toContain('outer')
  expect(text).toContain('inner')
  expect(text).toContain('logger.test.ts')
})
