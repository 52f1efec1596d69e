import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { REPO } from '../planted/workshop.ts'
import { unguarded } from './scan.ts'

let source: Map<string, string>
beforeAll(() => {
  const files = readdirSync(join(REPO, 'src'), { recursive: true, encoding: 'utf8' })
  const read = files.filter((file) => file.endsWith('.ts') && !file.startsWith('store/generated'))
  source = new Map(read.map((file) => [`src/${file}`, readFileSync(join(REPO, 'src', file), 'utf8')]))
})
const withChange = (path: string, change: (text: string) => string) =>
  new Map([...source, [path, change(source.get(path) ?? '')]])

it('every effect has a crash point before and after it', () => {
  expect(unguarded(source)).toEqual([])
})

it.each<[string, string, string, string]>([
  ['a transaction of its own', 'src/store/cases.ts', 'prisma.$transaction([])', 'past the points of the tables'],
  ['a database of its own', 'src/campaigns/x.ts', "import x from 'libsql/promise'", 'past the points of the tables'],
  ['a journal of its own', 'src/calls/x.ts', 'run`INSERT INTO "journal" …`', 'into the journal'],
  ['an originate of its own', 'src/queues/x.ts', "await transport.request('channels.originateWithId')", 'to Asterisk'],
  ['a hook of its own', 'src/calls/x.ts', "await fetch(url, { method: 'POST' })", 'past the outbox'],
  ['a mail of its own', 'src/missed-calls/x.ts', 'await sender.send(mail)', 'past the outbox'],
])('finds %s', (_what, path, line, finding) => {
  const found = unguarded(withChange(path, (text) => `${text}\n${line}\n`))
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(finding)
})

it('finds a wall that has lost its points', () => {
  const journal = withChange('src/store/journal.ts', (text) => text.replaceAll('throughWall', 'run'))
  expect(unguarded(journal)).toEqual(['src/store/journal.ts: the wall has lost its crash points'])
  const mail = withChange('src/notices/outbox-worker.ts', (text) => text.replace(/crashPoint\('mail\.[a-z-]+'\)/g, ''))
  expect(unguarded(mail)).toHaveLength(3)
})
