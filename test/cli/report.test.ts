import { Command } from 'commander'
import { DateTime } from 'luxon'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandFailed } from '../../src/cli/environment.ts'
import { addReportCommand } from '../../src/cli/report.ts'
import type { Language } from '../../src/runtime/i18n.ts'
import { ReportDatabase } from '../../src/store/reports/connection.ts'
import { tableIds } from '../../src/reports/table.ts'
import { reportNames } from '../../src/reports/reports.ts'
import { reportCompany, ZONE } from '../reports/support/company.ts'
import { madeMonth } from '../reports/support/made-month.ts'
import { reportsDatabase } from '../reports/support/reports-database.ts'

const at = (iso: string) => DateTime.fromISO(iso, { zone: ZONE }).toMillis()
let database: Awaited<ReturnType<typeof reportsDatabase>>
beforeAll(async () => {
  database = await reportsDatabase(madeMonth(5, 400, at('2026-11-09'), at('2026-11-16')))
  await database.prisma
    .$executeRaw`INSERT INTO "Campaign" ("id", "key", "round", "status", "listName", "columns", "delimiter", "encoding", "createdAt")
    VALUES ('survey#1', 'survey', 1, 'running', 'l', '[]', ';', 'utf-8', ${at('2026-11-01')})`
  const contacts = [
    { number: '+491700000001', answers: '{"1":"5","2":"=cmd|calc"}', status: 'completed' },
    { number: '+491700000002', answers: '{"1":"4"}', status: 'partial' },
    { number: '+491700000003', answers: '{}', status: 'busy' },
  ]
  for (const { number, answers, status } of contacts)
    await database.prisma
      .$executeRaw`INSERT INTO "Contact" ("id", "campaignId", "list", "row", "number", "values", "status", "answers", "dueAt", "updatedAt")
      VALUES (${number}, 'survey#1', 'l', 1, ${number}, '{}', ${status}, ${answers}, 0, ${at('2026-11-10')})`
})
afterAll(() => database.close())

async function perezvon(line: string, language: Language = 'en', country = reportCompany()) {
  const out: string[] = []
  const program = new Command().exitOverride()
  addReportCommand(program, {
    open: async () => new ReportDatabase(database.file),
    config: () => country,
    language,
    write: (text) => void out.push(text),
    width: 100,
    now: () => at('2026-11-16T12:00'),
  })
  try {
    await program.parseAsync(['report', ...line.split(' ')], { from: 'user' })
    return { code: 0, out: out.join('') }
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    return { code: error.exitCode, out: error.message }
  }
}

describe('perezvon report', () => {
  it.each(reportNames)('%s: a table in both languages, an object, a file', async (name) => {
    for (const language of ['en', 'ru'] as const) {
      const { code, out } = await perezvon(`${name} --explain`, language)
      expect(code).toBe(0)
      expect(out).toContain('Blumenhof: ')
      expect(out.split('\n').every((text) => text.length <= 102 || text.includes(': '))).toBe(true)
      expect(out).not.toMatch(/undefined|NaN|\{|Infinity/)
    }
    const json = JSON.parse((await perezvon(`${name} --json`)).out) as { zone: string; tables: { rows: object[] }[] }
    expect(json.zone).toBe(ZONE)
    expect(json.tables.length).toBeGreaterThan(0)
    const csv = (await perezvon(`${name} --csv`)).out
    expect(csv.startsWith('\uFEFF')).toBe(true)
    for (const block of csv.slice(1).split(/\r\n\r\n/))
      expect(parse(block, { relax_column_count: true }).length).toBeGreaterThan(0)
  })

  it('all of them', async () => {
    const { out } = await perezvon('all --json')
    expect((JSON.parse(out) as { tables: object[] }).tables).toHaveLength(tableIds.length)
  })

  it('the file of a week, byte by byte', async () => {
    const ru = await perezvon('calls --by weekday --csv', 'en', russian())
    expect(ru.out).toMatchInlineSnapshot(`
      "﻿weekday;received;offered;answered;short;abandoned;unanswered;abandonment;service_level;within_1_ring;within_2_rings;within_3_rings;wait_avg;wait_max;wait_lost_avg;talk_avg;talk_max;talk_total;ignored
      пн;45;38;29;0;5;4;0,131579;0,289474;0,206897;0,310345;0,310345;33,7;88,4;51,4;497,7;883,6;14432,4;2
      вт;43;39;24;0;5;10;0,128205;0,179487;0,041667;0,125;0,166667;42,7;89;46,7;352,9;886,8;8468,5;1
      ср;61;51;32;0;7;12;0,137255;0,156863;0,03125;0,15625;0,21875;41,9;88,8;48,7;524;890,2;16767,1;0
      чт;59;50;35;2;7;6;0,145833;0,25;0,114286;0,257143;0,257143;33,6;88,3;43,3;432;867,6;15119,2;2
      пт;48;41;28;1;6;6;0,15;0,175;0,107143;0,142857;0,178571;36,5;84,9;27,5;410,8;883,3;11501,6;3
      сб;50;47;31;1;6;9;0,130435;0,217391;0,032258;0,064516;0,193548;39,7;88,3;30,8;459,9;889;14257,5;5
      вс;58;52;36;0;7;9;0,134615;0,230769;0,111111;0,166667;0,194444;36,7;89,5;41,9;484,9;878,2;17455,5;1
      "
    `)
  })

  it('no cell of a file is a formula', async () => {
    const { out } = await perezvon('survey --csv')
    expect(out).toContain("'=cmd|calc")
    expect(out).not.toMatch(/(^|[,;"\n])[=@]/)
  })

  it('a survey has its shares and the mean of its marks', async () => {
    const { tables } = JSON.parse((await perezvon('survey --json')).out) as { tables: { rows: object[] }[] }
    expect(tables[0]!.rows).toEqual([
      { campaign: 'survey', question: 1, answer: '4', contacts: 1, part: 0.5, score_avg: 4.5 },
      { campaign: 'survey', question: 1, answer: '5', contacts: 1, part: 0.5, score_avg: null },
      { campaign: 'survey', question: 2, answer: '=cmd|calc', contacts: 1, part: 1, score_avg: null },
    ])
    expect(tables[1]!.rows).toContainEqual({ campaign: 'survey', status: 'busy', contacts: 1, part: 0.333333 })
  })

  it.each([
    ['sales', /no report “sales”/],
    ['calls --from 2026-13-01', /A day is written/],
    ['calls --from 2026-11-10 --to 2026-11-09', /ends before it begins/],
    ['lines --by week', /by total, hour/],
    ['ivr --by day', /no --by/],
    ['calls --csv --json', /Either/],
  ])('%s: exit code 2', async (line, words) => {
    expect(await perezvon(line)).toEqual({ code: 2, out: expect.stringMatching(words) as string })
  })

  it('a week as the director reads it', async () => {
    expect((await perezvon('queues', 'ru')).out).toMatchInlineSnapshot(`
      "Blumenhof: 09.11.2026 – 15.11.2026, Europe/Berlin

      Звонки по группам
        Группа     Звонки  Дошли до людей  Отвечено  Короткие  Не дождались  Без ответа
        (нет)          46               0         0         0             0           0
        Olga           90              90        56         1             8          25
        operators     111             111        81         0            17          13
        Sales         117             117        78         3            18          18
        Итого         364             318       215         4            43          56

        Группа     Не дождались, доля  Уровень сервиса  1 гудок  2 гудка  3 гудка  Ожидание, сред.
        (нет)                       –                –        –        –        –                –
        Olga                    9,0 %           22,5 %    7,1 %   17,9 %   23,2 %             37 с
        operators              15,3 %           19,8 %    6,2 %   13,6 %   19,8 %             38 с
        Sales                  15,8 %           21,9 %   14,1 %   21,8 %   23,1 %             38 с
        Итого                  13,7 %           21,3 %    9,3 %   17,7 %   21,9 %             38 с

        Группа     Ожидание, макс.  Ждали потерянные  Разговор, сред.  Разговор, макс.  Разговоры, всего
        (нет)                    –                 –                –                –               0 с
        Olga                  1:30              46 с             7:39            14:49           7:08:25
        operators             1:27              41 с             7:20            14:50           9:54:29
        Sales                 1:29              38 с             7:50            14:47          10:10:28
        Итого                 1:30              41 с             7:36            14:50          27:13:22

        Группа     Вне учёта  Цель
        (нет)              3  –
        Olga               4  80 %/20 с
        operators          2  80 %/20 с
        Sales              5  80 %/20 с
        Итого             14

      Сколько ждали звонящие
        Ждали до  Отвечено  Потеряно    Доля
        5 с             20        13  10,4 %
        10 с            18         8   8,2 %
        15 с             9         4   4,1 %
        20 с            20         5   7,9 %
        30 с            33        11  13,8 %
        45 с            38        17  17,3 %
        1:00            26        14  12,6 %
        1:30            51        31  25,8 %
        2:00             0         0     0 %
        5:00             0         0     0 %
        дольше           0         0     0 %
      "
    `)
  })
})

/** The same company, that works in Russian. */
function russian() {
  const company = reportCompany()
  return { ...company, company: { ...company.company, language: 'ru' as const } }
}
