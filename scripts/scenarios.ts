/**
 * scenarios [FILTER...]: plays the scenarios on the real Asterisk, two worlds at a time. Real sound in real time on a busy machine loses a
 * frame now and then, and what a test left behind when it failed misleads its second try; so a file that failed is played once more,
 * alone and in a new world, and the end of the output names it. More than a few failed files are no accident: they are not played again.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

const MOST_ACCIDENTS = 4

/** The files that failed, each with the first line of why; null if the run ended without a report. */
function play(filters: string[]): Map<string, string> | null {
  const dir = mkdtempSync(join(tmpdir(), 'perezvon-scenarios-'))
  const report = join(dir, 'report.json')
  try {
    const options = ['--project', 'scenarios', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const run = spawnSync('npx', ['vitest', 'run', ...options, ...filters], { stdio: 'inherit' })
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: FileResult[] }
    const failed = testResults.filter(({ status }) => status === 'failed')
    if (run.status !== 0 && failed.length === 0) return null
    return new Map(failed.map((file) => [relative(process.cwd(), file.name), firstWords(file)]))
  } catch {
    return null
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

interface FileResult {
  name: string
  status: 'passed' | 'failed'
  message: string
  assertionResults: { title: string; status: string; failureMessages?: string[] }[]
}

function firstWords({ message, assertionResults }: FileResult): string {
  const test = assertionResults.find(({ status }) => status === 'failed')
  const words = test ? `${test.title}: ${test.failureMessages?.[0] ?? ''}` : message
  return words.split('\n')[0]!.slice(0, 300)
}

function main(): number {
  const failed = play(process.argv.slice(2))
  if (!failed) return 1
  if (failed.size === 0) return 0
  if (failed.size > MOST_ACCIDENTS) {
    console.error(`\n${failed.size} files failed: too many to be accidents, so none is played again.`)
    return 1
  }
  const ends = [...failed].map(([file, why]) => {
    console.log(`\n== once more, alone: ${file}`)
    const green = play([file])?.size === 0
    return { file, why, green }
  })
  console.log('\nFiles that failed beside another and were played again alone:')
  for (const { file, why, green } of ends)
    console.log(`  ${green ? 'green' : 'RED  '}  ${file}\n         at first: ${why}`)
  return ends.every(({ green }) => green) ? 0 : 1
}

process.exitCode = main()
