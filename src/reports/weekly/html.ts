/**
 * The weekly mail as HTML: headlines, pictures, tables. Old mail programs know tables and inline styles and little else; the colours of a dark
 * one are given here, so that it does not invent its own. Nothing is loaded from anywhere: the pictures come with the mail.
 */
import type { Language } from '../../runtime/i18n.ts'
import { escaped } from '../charts/svg.ts'
import type { ColumnId } from '../columns.ts'
import { columnLabel, reportWord } from '../labels.ts'
import { kindOf, type Row, type Table } from '../table.ts'
import { isList, titleOf } from '../text.ts'
import { shownCell } from '../wording.ts'
import type { Headline, WeeklyPayload } from './payload.ts'
import { daysInWords, sentences, weekDays } from './plain-text.ts'
import { weeklyWord } from './weekly-words.ts'

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;"
/** Columns of a table on a phone; the rest goes to a second table below. */
const COLUMNS = 8

const STYLE = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #16181c !important; }
  .card { background: #212429 !important; border-color: #3a3f47 !important; }
  .tile { background: #2a2e35 !important; }
  .strong { color: #f1f3f5 !important; }
  .weak { color: #a5adb8 !important; }
  .good { color: #5fd08d !important; }
  .bad { color: #ff8d82 !important; }
  .rule { border-color: #3a3f47 !important; }
}
@media (max-width: 480px) { .tile-cell { display: inline-block !important; width: 48% !important; } }`

/** `cidOf`: the content id of a picture by its name. */
export function weeklyHtml(payload: WeeklyPayload, language: Language, cidOf: (name: string) => string): string {
  const { company, headlines, tables } = payload
  const { busiest, worst } = sentences(payload.hours, language)
  const alts = {
    'days': weeklyWord(language, 'alt-days', { days: daysInWords(payload, language) }),
    'heat-map': weeklyWord(language, 'alt-heat-map', { busiest, worst }),
    'waits': weeklyWord(language, 'alt-waits'),
  }
  const subject = weeklyWord(language, 'subject', { company: company.name, days: weekDays(payload, language) })
  const cell = (content: string, padding = '12px 24px 0') => `<tr><td style="padding:${padding};">${content}</td></tr>`
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(subject)}</title>
<style>${STYLE}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f2f4f6;">
<div style="display:none;max-height:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;">${escaped(`${busiest} ${worst}`)}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f2f4f6;">
<tr><td align="center" style="padding:16px 8px;">
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background:#ffffff;border:1px solid #dfe3e8;border-radius:8px;${FONT}font-size:14px;line-height:20px;">
<tr><td class="strong" style="padding:20px 24px 0;font-size:20px;line-height:26px;font-weight:600;color:#1f2328;">${escaped(weeklyWord(language, 'title', { days: weekDays(payload, language) }))}</td></tr>
<tr><td class="weak" style="padding:2px 24px 0;color:#59636e;">${escaped(company.name)}</td></tr>
${cell(tiles(headlines, language, company.zone), '14px 20px 0')}
<tr><td class="strong" style="padding:12px 24px 0;color:#1f2328;">${escaped(`${busiest} ${worst}`)}</td></tr>
${Object.entries(alts)
  .map(([name, alt]) => cell(picture(cidOf(name), alt)))
  .join('\n')}
${tables
  .filter(({ rows }) => rows.length > 0)
  .map((table) => cell(tableHtml(table, language, company.zone)))
  .join('\n')}
<tr><td style="padding:0 0 20px;"></td></tr>
</table>
<p class="weak" style="margin:12px 0 0;max-width:600px;${FONT}font-size:12px;line-height:16px;color:#59636e;">${escaped(weeklyWord(language, 'footer', { company: company.name }))}</p>
</td></tr>
</table>
</body>
</html>
`
}

function picture(cid: string, alt: string): string {
  return `<img src="cid:${escaped(cid)}" width="552" alt="${escaped(alt)}" style="display:block;width:100%;max-width:552px;height:auto;border:0;border-radius:10px;">`
}

function tiles(headlines: readonly Headline[], language: Language, zone: string): string {
  const tile = ({ column, now, before, better }: Headline) => {
    const shown = (value: number | null) => escaped(shownCell(column, value, language, zone))
    const [name, colour] = tone(now, before, better)
    return `<td class="tile-cell" width="33%" valign="top" style="padding:4px;"><div class="tile" style="background:#f6f8fa;border-radius:8px;padding:10px 12px;">
<div class="weak" style="font-size:12px;line-height:16px;color:#59636e;">${escaped(columnLabel(language, column))}</div>
<div class="${name}" style="font-size:22px;line-height:28px;font-weight:600;color:${colour};">${shown(now)}</div>
<div class="weak" style="font-size:11px;line-height:15px;color:#59636e;">${escaped(weeklyWord(language, 'before', { before: shownCell(column, before, language, zone) }))}</div>
</div></td>`
  }
  const rows = [headlines.slice(0, 3), headlines.slice(3)].map((row) => `<tr>${row.map(tile).join('')}</tr>`)
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="table-layout:fixed;">${rows.join('')}</table>`
}

/** Better or worse than the week before; the class for dark programs, the colour for light ones. */
function tone(now: number | null, before: number | null, better: Headline['better']): [string, string] {
  if (better === 'neither' || now === null || before === null || now === before) return ['strong', '#1f2328']
  return now > before === (better === 'more') ? ['good', '#1a7f43'] : ['bad', '#c2281d']
}

function tableHtml(table: Table, language: Language, zone: string): string {
  const title = `<div class="strong" style="padding:10px 0 4px;font-size:15px;line-height:20px;font-weight:600;color:#1f2328;">${escaped(titleOf(table, language))}</div>`
  if (isList(table)) return title + listHtml(table, language, zone)
  return (
    title +
    blocksOf(table.columns)
      .map((columns) => blockHtml(table, columns, language, zone))
      .join('')
  )
}

/** One row of many figures, from above to below. */
function listHtml({ columns, rows }: Table, language: Language, zone: string): string {
  const lines = columns.map((column) => {
    const value = escaped(shownCell(column, rows[0]![column], language, zone))
    return `<tr><td class="weak rule" style="padding:5px 8px 5px 0;border-top:1px solid #eaedf0;color:#59636e;">${escaped(columnLabel(language, column))}</td><td class="strong rule" align="right" style="padding:5px 0;border-top:1px solid #eaedf0;color:#1f2328;">${value}</td></tr>`
  })
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="font-size:13px;line-height:18px;margin-bottom:8px;">${lines.join('')}</table>`
}

/** Each begins with the first column when that tells the rows apart. */
function blocksOf(columns: readonly ColumnId[]): ColumnId[][] {
  const [first, ...others] = columns
  const named = first !== undefined && kindOf(first) === 'text'
  const rest = named ? others : [...columns]
  const blocks: ColumnId[][] = []
  for (let at = 0; at < rest.length; at += COLUMNS - 1) {
    blocks.push([...(named ? [first] : []), ...rest.slice(at, at + COLUMNS - 1)])
  }
  return blocks
}

function blockHtml(table: Table, columns: readonly ColumnId[], language: Language, zone: string): string {
  const cellOf = (row: Row, column: ColumnId, place: number, bold: boolean) => {
    const align = kindOf(column) === 'text' ? 'left' : 'right'
    const words = row[column] === undefined && bold ? '' : shownCell(column, row[column], language, zone)
    const total = bold && place === 0 ? reportWord(language, 'total') : words
    return `<td class="strong rule" align="${align}" style="padding:5px ${place === columns.length - 1 ? 0 : 8}px 5px 0;${place === 0 ? 'white-space:nowrap;' : ''}border-top:1px solid #eaedf0;color:#1f2328;font-weight:${bold ? 600 : 400};">${escaped(total)}</td>`
  }
  const head = columns.map(
    (column) =>
      `<td class="weak" valign="bottom" align="${kindOf(column) === 'text' ? 'left' : 'right'}" style="padding:0 8px 4px 0;font-size:11px;line-height:14px;color:#59636e;">${escaped(columnLabel(language, column))}</td>`,
  )
  const line = (row: Row, bold = false) =>
    `<tr>${columns.map((column, place) => cellOf(row, column, place, bold)).join('')}</tr>`
  const rows = [...table.rows.map((row) => line(row)), ...(table.total ? [line(table.total, true)] : [])]
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="font-size:13px;line-height:18px;margin-bottom:8px;"><tr>${head.join('')}</tr>${rows.join('')}</table>`
}
