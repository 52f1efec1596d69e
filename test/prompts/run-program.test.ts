import { expect, test } from 'vitest'
import { runProgram } from '../../src/prompts/run-program.ts'

const node = (script: string, ...args: string[]) => [process.execPath, '-e', script, ...args] as [string, ...string[]]
// node itself reserves more virtual memory than a sound program may have
const run = (options: Parameters<typeof runProgram>[0]) => runProgram({ maxMemory: null, ...options })

test('gives what it wrote', async () => {
  const result = await run({ argv: node('process.stdin.pipe(process.stdout)'), stdin: 'привет' })
  expect(result.kind === 'done' && result.stdout.toString()).toBe('привет')
})

test('arguments are never read by a shell', async () => {
  const hostile = '$(touch x); `id` && "'
  const result = await run({ argv: node('process.stdout.write(process.argv[1])', hostile) })
  expect(result.kind === 'done' && result.stdout.toString()).toBe(hostile)
})

test('nothing of our environment is passed on but PATH and where voices lie', async () => {
  process.env.PEREZVON_SMTP_PASSWORD = 'secret'
  const result = await run({ argv: node('process.stdout.write(Object.keys(process.env).sort().join())') })
  delete process.env.PEREZVON_SMTP_PASSWORD
  const names = result.kind === 'done' ? result.stdout.toString().split(',') : []
  expect(
    names.filter((name) => !['ESPEAK_DATA_PATH', 'HOME', 'LANG', 'PATH', 'RHVOICE_DATA_PATH'].includes(name)),
  ).toEqual([])
})

test.each<[string, Parameters<typeof runProgram>[0], string]>([
  ['too slow', { argv: node('setInterval(() => {}, 1000)'), timeoutMs: 300 }, 'no result within 0.3 s'],
  [
    'too slow, with a child of its own',
    {
      argv: node(
        `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })`,
      ),
      timeoutMs: 600,
    },
    'no result within 0.6 s',
  ],
  [
    'too much',
    { argv: node('for (;;) require("fs").writeSync(1, "x".repeat(65536))'), maxOutput: 1e6 },
    'more than 1000000 bytes of output',
  ],
  [
    'failing',
    { argv: node('console.error("first"); console.error("no\\u0007 such voice"); process.exit(3)') },
    'no  such voice',
  ],
  ['silently failing', { argv: node('process.exit(3)') }, 'ended with 3'],
])('a program that is %s fails', async (_, options, why) => {
  expect(await run(options)).toEqual({ kind: 'failed', why })
})

test('a program that is not there fails', async () => {
  expect((await run({ argv: ['/no/such/program'] })).kind).toBe('failed')
})

test('one that does not read its input is judged by its end', async () => {
  expect((await run({ argv: node('process.exit(0)'), stdin: 'x'.repeat(1e6) })).kind).toBe('done')
})
