import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { printProblems } from '../../src/config/diagnostics.ts'
import { loadConfig } from '../../src/config/load.ts'
import { problemCodes, type Problem } from '../../src/config/problem.ts'

const folder = join(import.meta.dirname, 'broken')
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))

/** The text files beside the broken ones are what an admin reads. Changed on purpose: `npx vitest run --project unit test/config/broken -u`. */
describe.each(files)('%s', (file) => {
  const loaded = loadConfig(join(folder, file), { now: Date.UTC(2026, 10, 23) })

  it.each(['ru', 'en'] as const)('is refused in %s', async (language) => {
    const running = { version: 17, loadedAt: Date.UTC(2026, 10, 23, 9, 2), timezone: 'Asia/Yekaterinburg' }
    const problems = loaded.ok ? loaded.warnings : loaded.problems
    const printed = printProblems(problems, { language, sources: loaded.sources, folder: 'config', running })
    await expect(printed).toMatchFileSnapshot(join(folder, file.replace('.yaml', `.${language}.txt`)))
  })

  it('names only codes that exist, at places that exist', () => {
    expect(loaded.ok).toBe(false)
    const problems = loaded.ok ? [] : loaded.problems
    expect(problems.filter(({ id, code }) => problemCodes[id] !== code)).toEqual([])
    const lineOf = ({ place }: Problem) => loaded.sources.line(place.file, place.line)
    expect(problems.filter((problem) => lineOf(problem) === undefined)).toEqual([])
    expect(problems.filter((problem) => problem.place.column > lineOf(problem)!.length + 1)).toEqual([])
  })
})
