/** The small company of the simulation: two desks, a mobile, a menu, a direct line, call-backs, a campaign. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printProblems } from '../../src/config/diagnostics.ts'
import { LiveConfig } from '../../src/config/live-config.ts'
import { loadConfig, type LoadResult } from '../../src/config/load.ts'
import { silentLogger } from '../../src/runtime/logger.ts'

export const MENU_LINE = '+73432001122'
export const DIRECT_LINE = '+73432001133'
export const DESKS = ['PJSIP/101', 'PJSIP/102']
export const MOBILE = '+79121110000'
/** What rings whom. */
export const PHONES: Readonly<Record<string, string>> = { anna: 'PJSIP/101', boris: 'PJSIP/102', olga: MOBILE }
/** Yekaterinburg has no summer time. */
export const ZONE_HOURS = 5
export const OFFICE = { from: 9, to: 18 }
export const CAMPAIGN = 'reminder'
export const CALLBACK_TRIES = 3
/** Of the trunk, for both directions. */
export const LINES = 6
export const OPT_OUT_KEY = '9'
/** The first caller of each day is an old customer. */
export const VIP = '+79120000000'
/** As the configuration has it, or its defaults: said here once more, so that the checker need not believe the product. */
export const CALLBACK_SUCCESS_MS = 5_000
/** So many notices go one by one within that time, and at night none. */
export const DIGEST = { over: 3, withinMs: 10 * 60_000 }
/** `missed_calls: escalate:`; the second goes on at night. */
export const ESCALATIONS = [
  { step: 1, afterMs: 20 * 60_000, inOffice: true, to: ['lead@example.ru'] },
  { step: 2, afterMs: 50 * 60_000, inOffice: false, to: ['olga@example.ru'] },
]

const TEXT = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
  olga: { name: Ольга, rings: "${MOBILE}", email: olga@example.ru }
groups:
  sales: { members: [anna, boris], ring: longest-idle, each: 12s, total: 45s }
  operators: { members: [anna, boris, olga], ring: all, each: 15s, total: 60s }
vip: ["${VIP}"]
hours:
  office: { week: { mon-sun: "09:00-18:00" } }
  always: { week: { mon-sun: "00:00-24:00" } }
trunks:
  provider: { endpoint: PJSIP/provider, lines: ${LINES}, reserve_inbound: 2, caller_id: ["${MENU_LINE}", "${DIRECT_LINE}"] }
lines:
  "${MENU_LINE}": { name: Главный, flow: main }
  "${DIRECT_LINE}": { name: Прямой, flow: direct }
flows:
  main:
    - when: { closed: office }
      do: { voicemail: { to: operators } }
    - play: prompts/greeting
    - menu:
        play: prompts/menu
        wait: 3s
        tries: 2
        keys: { 1: { ring: sales }, 0: { ring: operators } }
        else: { ring: operators }
    - unanswered: { voicemail: { to: operators } }
  direct:
    - when: { meeting: olga }
      do:
        - menu:
            play: prompts/olga-meets
            wait: 3s
            tries: 1
            keys: { 1: { callback_after_meeting: olga }, 2: { ring: operators } }
            else: { ring: operators }
    - ring: operators
    - unanswered: { voicemail: { to: operators } }
missed_calls:
  mail: { to: [boss@example.ru], wait: 10s, digest: { over: ${DIGEST.over}, within: 10m, night: office } }
  escalate:
    - { after: 20m, to: [lead@example.ru] }
    - { after: 50m, to: [olga], hours: always }
  callback: { tries: ${CALLBACK_TRIES}, every: [5m, 20m], only: office, expires: 3h, group: operators }
campaigns:
  ${CAMPAIGN}:
    name: Напоминание
    kind: reminder
    line: "${MENU_LINE}"
    trunk: provider
    hours: office
    lines: 2
    heard: 5s
    opt_out: { key: ${OPT_OUT_KEY} }
    script:
      - play: prompts/reminder
      - menu: { play: prompts/confirm, wait: 2s, tries: 1, keys: { 1: { answer: confirmed } }, else: { hangup: normal } }
`

type Loaded = Extract<LoadResult, { ok: true }>
let loaded: Loaded | null = null

/** As it is in force; never read from a disk again. */
class PlayedConfig extends LiveConfig {
  override start = () => Promise.resolve()
  override stop = () => Promise.resolve()
}

export function playedConfig(now: () => number): LiveConfig {
  loaded ??= load()
  return new PlayedConfig({ file: '/nowhere/perezvon.yaml', log: silentLogger, clock: { now } }, loaded)
}

function load(): Loaded {
  const folder = mkdtempSync(join(tmpdir(), 'perezvon-simulation-'))
  try {
    const file = join(folder, 'perezvon.yaml')
    writeFileSync(file, TEXT)
    mkdirSync(join(folder, 'prompts'))
    for (const prompt of ['greeting', 'menu', 'olga-meets', 'reminder', 'confirm'])
      writeFileSync(join(folder, `prompts/${prompt}.wav`), '')
    const result = loadConfig(file)
    if (!result.ok) throw new Error(printProblems(result.problems, { language: 'en', sources: result.sources }))
    return result
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Is it office time there? Said here once more, so that the checker need not believe the product. */
export function officeIsOpen(at: number): boolean {
  const hour = (((at / 3_600_000 + ZONE_HOURS) % 24) + 24) % 24
  return hour >= OFFICE.from && hour < OFFICE.to
}

/** When so much office time will have passed since then. */
export function officeTimeAfter(from: number, ms: number): number {
  const hour = 3_600_000
  let left = ms
  for (let day = Math.floor(from / hour + ZONE_HOURS); ;) {
    const midnight = (day - (day % 24) - ZONE_HOURS) * hour
    const opens = Math.max(from, midnight + OFFICE.from * hour)
    const open = Math.max(0, midnight + OFFICE.to * hour - opens)
    if (open >= left) return opens + left
    left -= open
    day += 24
  }
}
