/** The figures: a connection that only reads, and the mail about the week. */
import { join } from 'node:path'
import { WeeklyMail } from '../reports/weekly/weekly-mail.ts'
import { ReportDatabase } from '../store/reports/connection.ts'
import type { Ground } from './ground.ts'
import type { Mail } from './mail.ts'

export interface Reports {
  database: ReportDatabase
  weekly: WeeklyMail
}

export function reportsRoom({ settings, prisma, journal, config, clock, log }: Ground, mail: Mail): Reports {
  const database = new ReportDatabase(join(settings.dataFolder, 'perezvon.db'))
  const weekly = new WeeklyMail({ prisma, journal, database, config, clock, log, onNotices: () => mail.worker.wake() })
  return { database, weekly }
}
