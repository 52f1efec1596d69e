/**
 * Looks through the source for effects that have no crash point before and after them.
 *
 * Effects go through walls that have their points (src/runtime/crash-point.ts): requests to Asterisk, the journal, the tables; and all that is
 * sent to people goes through the outbox, whose worker has points of its own. A way past a wall is a finding.
 */

interface Wall {
  what: string
  /** A way through, or past it. */
  way: RegExp
  /** The files that are the wall. */
  within: readonly string[]
}

const WALLS: readonly Wall[] = [
  {
    what: 'a statement past the points of the tables',
    way: /from '(?:@libsql\/client|libsql[^']*|@prisma\/adapter-libsql)'|\$transaction\(|\.executeScript\(/,
    // the reports only read
    within: ['src/store/libsql-client.ts', 'src/store/migrations.ts', 'src/store/reports/connection.ts'],
  },
  {
    what: 'a write into the journal past its points',
    way: /INSERT INTO "journal/,
    within: ['src/store/journal.ts'],
  },
  {
    what: 'a request to Asterisk past its points',
    way: /\btransport\.request\(|from 'ari-client'|from 'ws'/,
    within: [
      'src/telephony/ari-telephony.ts',
      'src/telephony/http-transport.ts',
      'src/telephony/ari-socket.ts',
      'src/telephony/websocket-transport.ts',
    ],
  },
  {
    what: 'a message sent past the outbox',
    way: /\bsendMail\(|from 'nodemailer|method: '(?:POST|PUT|DELETE|PATCH)'|\b(?:sender|server|smtp)!?\.send\(/,
    // on the command line a person sends a test and sees what came of it
    within: ['src/notices/', 'src/cli/mail.ts'],
  },
]

/** The points of the walls themselves. */
const POINTS_OF_WALLS: readonly [file: string, point: RegExp][] = [
  ['src/store/libsql-client.ts', /throughWall\('store'/],
  ['src/store/journal.ts', /throughWall\('journal'/],
  ['src/telephony/ari-telephony.ts', /throughWall\('ari'/],
  ['src/store/migrations.ts', /crashPoint\('migration\.before'\)/],
  ['src/notices/outbox-worker.ts', /crashPoint\('mail\.claimed'\)/],
  ['src/notices/outbox-worker.ts', /crashPoint\('mail\.accepted'\)/],
  ['src/notices/outbox-worker.ts', /crashPoint\('mail\.marked'\)/],
]

/** `files`: path below the checkout -> text. One sentence for each finding. */
export function unguarded(files: ReadonlyMap<string, string>): string[] {
  const findings: string[] = []
  for (const [path, text] of files) {
    const lines = text.split('\n')
    lines.forEach((line, i) => {
      for (const { what, way, within } of WALLS)
        if (way.test(line) && !within.some((wall) => path.startsWith(wall))) findings.push(`${path}:${i + 1}: ${what}`)
    })
  }
  for (const [path, point] of POINTS_OF_WALLS)
    if (!point.test(files.get(path) ?? '')) findings.push(`${path}: the wall has lost its crash points`)
  return findings
}
