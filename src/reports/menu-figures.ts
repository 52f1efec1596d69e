/** How callers came through the menus. Pure. */
import type { Funnel, KeyPresses, TimeToPerson } from '../store/reports/menus.ts'
import { type ReportContext, targetName } from './context.ts'
import { reportWord } from './labels.ts'
import type { Left } from './leaving-place.ts'
import { seconds, share, type Table } from './table.ts'

export function funnelTable({ language }: ReportContext, funnel: Funnel): Table {
  const stages = ['received', 'menu', 'key', 'rung', 'talked', 'voicemail'] as const
  return {
    id: 'funnel',
    columns: ['stage', 'calls', 'part'],
    rows: stages.map((stage) => ({
      stage: reportWord(language, `stage.${stage}`),
      calls: funnel[stage],
      part: share(funnel[stage], funnel.received),
    })),
    total: null,
  }
}

/** `received`: all calls, the whole of the shares. */
export function leftTable({ config, language }: ReportContext, left: readonly Left[], received: number): Table {
  return {
    id: 'left',
    columns: ['place', 'calls', 'part'],
    rows: left.map(({ place, detail, calls }) => ({
      place: reportWord(language, `place.${place}`, {
        at: detail ?? '',
        name: detail === null ? '' : targetName(config, detail),
      }),
      calls,
      part: share(calls, received),
    })),
    total: null,
  }
}

export function keyTable({ language }: ReportContext, keys: readonly KeyPresses[]): Table {
  const inMenu = new Map<string | null, number>()
  for (const { at, presses } of keys) inMenu.set(at, (inMenu.get(at) ?? 0) + presses)
  return {
    id: 'keys',
    columns: ['place', 'key', 'leads_to', 'presses', 'part'],
    rows: keys.map(({ at, kind, key, label, presses }) => ({
      place: at ?? reportWord(language, 'place.other'),
      key:
        kind === 'silence'
          ? reportWord(language, 'key.silence')
          : kind === 'wrong-key'
            ? reportWord(language, 'key.wrong', { key: key ?? '' })
            : key,
      leads_to: label,
      presses,
      part: share(presses, inMenu.get(at) ?? 0),
    })),
    total: null,
  }
}

export function toPersonTable(time: TimeToPerson): Table {
  const shown = (ms: number | null) => (ms === null ? null : seconds(ms))
  return {
    id: 'to-person',
    columns: ['answered', 'to_person_avg', 'to_person_median', 'to_person_p90', 'menu_avg'],
    rows: [
      {
        answered: time.answered,
        to_person_avg: shown(time.mean),
        to_person_median: shown(time.median),
        to_person_p90: shown(time.p90),
        menu_avg: shown(time.menus),
      },
    ],
    total: null,
  }
}
