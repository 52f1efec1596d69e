/** A configuration folder for one test, and its problems as short lines. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadConfig, type LoadResult } from '../../src/config/load.ts'

/** Files by name, written below a new folder that goes when the test ends. */
export function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'perezvon-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

export function loadFiles(files: Record<string, string>): LoadResult {
  return loadConfig(join(folderWith(files), 'perezvon.yaml'), { now: Date.UTC(2026, 10, 23) })
}

const sections = {
  company: '{ name: Flowers, timezone: Asia/Yekaterinburg, country: RU }',
  people:
    '{ anna: { name: Anna, rings: PJSIP/101, email: anna@example.ru }, boris: { name: Boris, rings: PJSIP/102 } }',
  groups: '{ operators: { members: [anna] }, sales: { members: [anna, boris] } }',
  hours: '{ office: { week: { mon-fri: "09:00-18:00" } } }',
  trunks: '{ city: { endpoint: PJSIP/provider, lines: 4 } }',
  lines: '{ "+7 343 200-11-22": { name: Main, flow: main } }',
  flows: '{ main: [{ voicemail: { to: operators } }] }',
  missed_calls: '{ mail: { to: [group] } }',
}

/** A whole file: the sections that a test is about, the others as they are in a good one. */
export function withSections(changed: Record<string, string>): string {
  const all = Object.entries({ version: '1', ...sections, ...changed })
  return all
    .map(([section, text]) => `${section}: ${text.includes('\n') ? text.replace(/\n/g, '\n  ') : text}\n`)
    .join('')
}

/** `E104 flows.main[0].ring`, errors and warnings in the order of their paths; problems with sounds are left to their own test. */
export function problemsOf(result: LoadResult): string[] {
  const problems = result.ok ? result.warnings : result.problems
  return problems
    .filter(({ id }) => id !== 'missing-prompt' && id !== 'music-missing')
    .map(({ code, path }) => `${code} ${path}`.trim())
    .sort()
}

export function problemsWith(changed: Record<string, string>): string[] {
  return problemsOf(loadFiles({ 'perezvon.yaml': withSections(changed) }))
}
