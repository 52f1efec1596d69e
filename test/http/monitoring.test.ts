/** What is handed out for Prometheus and Grafana speaks of figures that are there, with the labels that they have. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createMetrics } from '../../src/http/metrics.ts'

const root = join(import.meta.dirname, '../..')
const read = (name: string) => readFileSync(join(root, name), 'utf8')

interface Known {
  type: string
  labels: readonly string[]
}
/** By the names as Prometheus has them, those of a histogram's parts among them. */
const known = new Map(
  Object.values(createMetrics('1').registry.getMetricsAsArray()).flatMap((metric): [string, Known][] => {
    const { name, type, labelNames } = metric as unknown as { name: string; type: string; labelNames: string[] }
    const labels = [...labelNames, 'instance', 'job']
    if (type !== 'histogram') return [[name, { type, labels }]]
    return [
      [`${name}_bucket`, { type, labels: [...labels, 'le'] }],
      [`${name}_sum`, { type, labels }],
      [`${name}_count`, { type, labels }],
    ]
  }),
)

/** What is wrong with an expression of PromQL, as far as its names go. */
function faults(expr: string): string[] {
  const used = [...expr.matchAll(/\b(perezvon_\w+)(?:\{([^}]*)\})?/g)]
  const labelsOf = used.flatMap(([, name = '', matchers = '']) => {
    const metric = known.get(name)
    if (!metric) return [`there is no ${name}`]
    const asked = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!)
    return asked.filter((label) => !metric.labels.includes(label)).map((label) => `${name} has no label ${label}`)
  })
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/))
  const all = new Set(used.flatMap(([, name = '']) => known.get(name)?.labels ?? []))
  const counters = used.filter(([, name = '']) => known.has(name) && known.get(name)!.type !== 'gauge')
  const bare = counters.filter(({ index }) => !/(?:rate|increase)\($/.test(expr.slice(0, index)))
  return [
    ...(used.length === 0 ? ['it asks for nothing of ours'] : []),
    ...labelsOf,
    ...grouped.filter((label) => !all.has(label)).map((label) => `nothing has the label ${label}`),
    ...bare.map(([, name]) => `${name} only ever grows`),
    ...(count(expr, '(') === count(expr, ')') && count(expr, '{') === count(expr, '}') ? [] : ['a bracket is open']),
  ]
}
const count = (text: string, sign: string) => text.split(sign).length - 1

it('the names of the figures are told right from wrong', () => {
  expect(faults('sum(perezvon_missed_open)')).toEqual([])
  expect(faults('sum by (line) (rate(perezvon_calls_missed_total{reason="all_busy"}[5m]))')).toEqual([])
  expect(faults('perezvon_missed')).toEqual(['there is no perezvon_missed'])
  expect(faults('sum by (group) (rate(perezvon_calls_missed_total{phone="1"}[5m])')).toEqual([
    'perezvon_calls_missed_total has no label phone',
    'nothing has the label group',
    'a bracket is open',
  ])
  expect(faults('perezvon_call_wait_seconds_bucket > 1')).toEqual(['perezvon_call_wait_seconds_bucket only ever grows'])
})

describe('grafana/perezvon.json', () => {
  interface Panel {
    id: number
    type: string
    title: string
    description?: string
    targets?: { expr: string; legendFormat: string }[]
    fieldConfig?: { defaults: { unit?: string } }
    gridPos: { x: number; y: number; w: number; h: number }
  }
  const dashboard = JSON.parse(read('grafana/perezvon.json')) as { uid: string; panels: Panel[] }
  const panels = dashboard.panels.filter(({ type }) => type !== 'row')

  it.each(panels.map((panel) => [panel.title, panel] as const))('%s', (_title, panel) => {
    expect(panel.fieldConfig?.defaults.unit).toMatch(/\S/)
    expect(panel.description).toMatch(/\S.*\.$/)
    expect(panel.targets!.length).toBeGreaterThan(0)
    for (const { expr, legendFormat } of panel.targets!) {
      expect(faults(expr)).toEqual([])
      // the legend names labels that are left after the sum
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(expr).toMatch(`${label}`)
    }
  })

  it('shows every figure that there is', () => {
    const text = JSON.stringify(panels)
    const bases = [...known.keys()].filter((name) => !/_(sum|count)$/.test(name))
    expect(bases.filter((name) => !text.includes(name.replace(/_bucket$/, '_')))).toEqual([])
  })

  it('has panels that do not lie over one another, each with its own number', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})

describe('grafana/alerts.yml', () => {
  interface Alert {
    alert: string
    expr: string
    labels: { severity: string }
    annotations: { summary: string; summary_ru: string }
  }
  const { groups } = parse(read('grafana/alerts.yml')) as { groups: { rules: Alert[] }[] }
  const alerts = groups.flatMap(({ rules }) => rules)
  const page = read('docs/running.md')

  it.each(alerts.map((alert) => [alert.alert, alert] as const))('%s', (name, { expr, labels, annotations }) => {
    expect(faults(expr)).toEqual([])
    expect(['critical', 'warning']).toContain(labels.severity)
    expect(annotations.summary).toMatch(/[a-z]/)
    expect(annotations.summary_ru).toMatch(/[а-я]/)
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\| \\S`, 'm'))
  })

  it('are all that the docs tell of', () => {
    const told = [...page.matchAll(/^\| `(Perezvon\w+)` \|/gm)].map(([, name]) => name)
    expect(told).toEqual(alerts.map(({ alert }) => alert))
  })
})

it('docs/running.md lists every figure', () => {
  const page = read('docs/running.md')
  const names = [...known.keys()].filter((name) => !/_(sum|count)$/.test(name))
  expect(names.filter((name) => !page.includes(`\`${name.replace(/_bucket$/, '')}`))).toEqual([])
})
