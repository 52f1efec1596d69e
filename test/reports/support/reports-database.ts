/** A database with an invented month in it, and the reports' connection to it. */
import { ReportDatabase } from '../../../src/store/reports/connection.ts'
import { throwAwayDatabase } from '../../support/throw-away-database.ts'
import type { Month } from './made-month.ts'
import { writeMonth } from './write-month.ts'

export async function reportsDatabase(month: Partial<Month> = {}) {
  const database = await throwAwayDatabase()
  await writeMonth(database.prisma, { calls: [], steps: [], dials: [], events: [], cases: [], callbacks: [], ...month })
  const reports = new ReportDatabase(database.file)
  return {
    file: database.file,
    prisma: database.prisma,
    reports,
    async close() {
      await reports.close()
      await database.close()
    },
  }
}
