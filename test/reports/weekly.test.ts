/** The mail of the week: when it is due, what it says, and that it arrives with its pictures. */
import { DateTime } from 'luxon'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { MailChannel } from '../../src/notices/channels/mail.ts'
import { placeOf, waitChart } from '../../src/reports/charts/waits.ts'
import { targetOfAll } from '../../src/reports/service-target.ts'
import { composeWeekly } from '../../src/reports/weekly/compose.ts'
import { readWeekly } from '../../src/reports/weekly/payload.ts'
import { WeeklyMail } from '../../src/reports/weekly/weekly-mail.ts'
import { nextWeekTime } from '../../src/reports/weekly/week-time.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Journal } from '../../src/store/journal.ts'
import { startMailServer } from '../notices/support/mail-server.ts'
import { mailSettings } from '../notices/support/outbox-rig.ts'
import { reportCompany, ZONE } from './support/company.ts'
import { madeMonth } from './support/made-month.ts'
import { reportsDatabase } from './support/reports-database.ts'

// a real server, and pictures on a busy machine
vi.setConfig({ testTimeout: 60_000 })

const at = (iso: string) => DateTime.fromISO(iso, { zone: ZONE }).toMillis()

describe('the time of the week', () => {
  it.each([
    ['mon 09:00', '2026-11-23T08:59:59', '2026-11-23T09:00'],
    ['mon 09:00', '2026-11-23T09:00', '2026-11-30T09:00'],
    ['sun 23:30', '2026-11-23T09:00', '2026-11-29T23:30'],
    // the clocks go back in between: nine o'clock all the same
    ['mon 09:00', '2026-10-19T10:00', '2026-10-26T09:00'],
    // 02:30 is skipped in this night
    ['sun 02:30', '2026-03-28T12:00', '2026-03-29T03:30'],
  ])('%s after %s', (text, after, expected) => {
    expect(nextWeekTime(text, ZONE, at(after))).toBe(at(expected))
  })
})

describe('the goal of the company', () => {
  const config = reportCompany()
  it.each([
    ['nobody called: every group weighs the same', [], 0.8, [20]],
    [
      'who calls most weighs most',
      [
        { group: 'sales', counted: 30 },
        { group: 'operators', counted: 10 },
      ],
      0.8,
      [20],
    ],
  ] as const)('%s', (_name, calls, goal, thresholds) => {
    const all = targetOfAll(config, calls)
    expect(all.goal).toBeCloseTo(goal)
    expect(all.thresholds).toEqual(thresholds)
  })

  it('is each group’s with its part of the calls', () => {
    const target = { percent: 90, answer_within: 10_000 }
    const other = { ...config, groups: { ...config.groups, sales: { ...config.groups['sales']!, target } } }
    const calls = [
      { group: 'sales', counted: 30 },
      { group: 'operators', counted: 10 },
      { group: 'nobody', counted: 0 },
    ]
    expect(targetOfAll(other, calls).goal).toBeCloseTo(0.875)
    expect(targetOfAll(other, calls).thresholds).toEqual([10, 20])
    expect(targetOfAll(other, []).goal).toBeCloseTo(0.85)
    expect(targetOfAll({ ...config, groups: {} }, [])).toEqual({ goal: 0.8, thresholds: [20] })
  })

  const classes = [5, 10, 20, null].map((upTo) => ({ upTo, answered: 1, lost: 0 }))
  it.each([
    [5, 1],
    [7.5, 1.5],
    [20, 3],
    [60, 3],
  ])('a threshold of %d s stands at class %d', (threshold, place) => {
    expect(placeOf(threshold, classes)).toBe(place)
  })
})

describe('the weekly mail', () => {
  let database: Awaited<ReturnType<typeof reportsDatabase>>
  let config: Config
  let now: number
  const weeklyConfig = (weekly: string) => reportCompany(`reports: { weekly: ${weekly} }`)

  beforeEach(async () => {
    database = await reportsDatabase(madeMonth(99, 900, at('2026-11-02'), at('2026-11-24')))
    config = weeklyConfig('{ to: [olga, anna, boss@example.com, boss@example.com], at: "mon 09:00" }')
    now = at('2026-11-20T12:00')
  })
  afterEach(() => database.close())

  /** As after a start. */
  const daemon = () =>
    new WeeklyMail({
      prisma: database.prisma,
      journal: new Journal(database.prisma, silentLogger),
      database: database.reports,
      config: () => config,
      clock: { now: () => now },
      log: silentLogger,
      onNotices: () => {},
    })
  const pass = async () => {
    const weekly = daemon()
    await weekly.pass()
    await weekly.stop()
  }
  const mails = () => database.prisma.notice.findMany({ where: { kind: 'weekly' }, orderBy: { recipient: 'asc' } })
  const due = async () => (await database.prisma.dueReport.findUnique({ where: { name: 'weekly' } }))?.dueAt.getTime()

  it('is planned at the first start, and nothing goes before its time', async () => {
    await pass()
    expect(await due()).toBe(at('2026-11-23T09:00'))
    now = at('2026-11-23T08:59')
    await pass()
    expect(await mails()).toEqual([])
  })

  it('goes when its time has come, to each once, in his language', async () => {
    await pass()
    now = at('2026-11-23T09:00')
    await pass()
    await pass()
    const rows = await mails()
    expect(rows.map(({ recipient, language }) => [recipient, language])).toEqual([
      ['anna@example.com', 'en'],
      ['boss@example.com', 'en'],
      ['olga@example.com', 'ru'],
    ])
    expect(rows[0]!.id).toMatch(/^weekly\.2026-11-16\.[0-9a-f]{8}$/)
    expect(await due()).toBe(at('2026-11-30T09:00'))
  })

  it('that was slept through goes at the next start; of three weeks the last one, once', async () => {
    await pass()
    now = at('2026-12-09T15:00')
    await pass()
    await pass()
    expect((await mails()).map(({ id }) => id.slice(0, 17))).toEqual(Array(3).fill('weekly.2026-11-30'))
    expect(await due()).toBe(at('2026-12-14T09:00'))
  })

  it('is not written twice when the process died after the commit and its next time was lost', async () => {
    await pass()
    now = at('2026-11-23T09:00')
    await pass()
    await database.prisma.dueReport.update({
      where: { name: 'weekly' },
      data: { dueAt: new Date(at('2026-11-23T09:00')) },
    })
    await pass()
    expect(await mails()).toHaveLength(3)
  })

  it('moves with the configuration, and is nothing without it', async () => {
    await pass()
    config = weeklyConfig('{ to: [olga], at: "fri 18:00" }')
    await pass()
    expect(await due()).toBe(at('2026-11-20T18:00'))
    config = reportCompany()
    now = at('2026-11-28')
    await pass()
    expect(await mails()).toEqual([])
  })

  it('arrives with pictures inside, and a text that says as much', async () => {
    await pass()
    now = at('2026-11-23T09:00')
    await pass()
    await using server = await startMailServer()
    const settings = mailSettings(server.port)
    const channel = new MailChannel(settings)
    for (const row of await mails()) {
      const mail = await composeWeekly(row, settings)
      expect(await channel.send(mail, new AbortController().signal)).toMatchObject({ kind: 'sent' })
    }
    channel.close()
    const received = await server.arrived(3)
    const { parsed, raw } = received.find(({ to }) => to[0] === 'olga@example.com')!
    expect(parsed.subject).toBe('Blumenhof: неделя 16–22 ноября 2026')
    expect(raw).toMatch(/Content-Type: multipart\/related/)
    expect(parsed.attachments.map(({ filename, contentType, related }) => [filename, contentType, related])).toEqual([
      ['days.png', 'image/png', true],
      ['heat-map.png', 'image/png', true],
      ['waits.png', 'image/png', true],
    ])
    const html = raw.replaceAll('=\r\n', '') // quoted-printable
    for (const { cid, content } of parsed.attachments) {
      expect(content.subarray(1, 4).toString()).toBe('PNG')
      // twice the width at which it is shown
      expect(content.readUInt32BE(16)).toBe(1104)
      expect(html).toContain(`cid:${cid}`)
    }
    const text = parsed.text ?? ''
    for (const words of [
      'Звонки',
      'Уровень сервиса',
      '2026-11-16',
      '2026-11-22',
      'Sales',
      'Перезвонили за 20 мин',
      'city',
      'Ждали до',
      'неделей раньше',
    ])
      expect(text).toContain(words)
    expect(text).not.toMatch(/undefined|NaN|\[object|<\w/)
    expect(text.split('\n').filter((line) => line.length > 100 && !line.includes('Перезвон шлёт'))).toEqual([])
    // what is drawn is also written
    const [row] = await mails()
    const { days } = JSON.parse(row!.payload) as { days: { answered: number }[] }
    for (const { answered } of days) expect(text).toContain(String(answered))
  })

  it('is the same to the byte however often it is made', async () => {
    await pass()
    now = at('2026-11-23T09:00')
    await pass()
    const [row] = await mails()
    const settings = mailSettings(1)
    expect(await composeWeekly(row!, settings)).toEqual(await composeWeekly(row!, settings))
  })

  it('is measured by what the groups are asked for, and drawn so', async () => {
    config = reportCompany('reports: { weekly: { to: [anna] } }')
    const strict = { percent: 90, answer_within: 25_000 }
    const groups = { ...config.groups, sales: { ...config.groups['sales']!, target: strict } }
    config = { ...config, groups }
    await pass()
    now = at('2026-11-23T09:00')
    await pass()
    const [row] = await mails()
    const { goal, thresholds } = readWeekly(row!.payload)
    expect(thresholds).toEqual([20, 25])
    // between the two, by how many called whom
    expect(goal).toBeGreaterThan(0.8)
    expect(goal).toBeLessThan(0.9)
    const drawn = waitChart(readWeekly(row!.payload).waits, thresholds, 'en').svg
    expect(drawn).toContain('threshold: 20 s')
    expect(drawn).toContain('threshold: 25 s')
  })

  it('nothing that a stranger chose becomes markup', async () => {
    await pass()
    now = at('2026-11-23T09:00')
    await pass()
    const [row] = await mails()
    const payload = row!.payload.replaceAll('Blumenhof', '<script>&').replaceAll('Sales', '\\"><img src=x>')
    const { html, subject } = await composeWeekly({ ...row!, payload }, mailSettings(1))
    expect(html).not.toMatch(/<script|<img src=x/)
    expect(html).toContain('&lt;script&gt;&amp;')
    expect(subject).toContain('<script>&')
  })
})
