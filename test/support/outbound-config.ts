/** A configuration with trunks and one campaign, as small as the schema allows. */
import { parse } from 'yaml'
import { type Config, schema } from '../../src/config/schema.ts'

const TEXT = `
version: "1"
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  olga: { name: Ольга, rings: [PJSIP/100, "+7 912 123-45-67"], email: olga@example.ru }
groups:
  operators: { members: [anna] }
hours:
  calls: { week: { mon-sun: "10:00-18:00" } }
trunks:
  gsm: { endpoint: PJSIP/gsm-gateway, lines: "4", reserve_inbound: "1" }
  city: { endpoint: PJSIP/provider, lines: "30", caller_id: ["+73432001122"], number_format: national }
lines:
  "+73432001122": { name: Главный, flow: main }
  "+73432001133": { name: Прямой директора, flow: main }
flows:
  main: [{ ring: operators }]
missed_calls: { mail: { to: [group] } }
campaigns:
  delivery:
    name: Напоминание о доставке
    kind: reminder
    line: "+73432001122"
    trunk: gsm
    hours: calls
    lines: "3"
    heard: 15s
    columns: { when: Дата }
    opt_out: { confirm: prompts/opted-out }
    script:
      - play: prompts/reminder
      - menu:
          play: prompts/confirm
          wait: 1s
          tries: "1"
          keys: { "1": { answer: confirmed }, "2": { answer: declined } }
          else: { hangup: normal }
      - play: prompts/thanks
`

/** `edits`: paths with dots and what stands there instead, as the file would say it: `{ 'campaigns.delivery.lines': '1' }`. */
export function outboundConfig(edits: Record<string, unknown> = {}): Config {
  // every scalar stays text, as the loader hands it to the schema
  const tree = parse(TEXT, { schema: 'failsafe' }) as Branch
  for (const [path, value] of Object.entries(edits)) {
    const keys = path.split('.')
    const last = keys.pop()!
    const branch = keys.reduce((at, key) => (at[key] ??= {}) as Branch, tree)
    branch[last] = value
  }
  return schema.parse(tree)
}

interface Branch {
  [key: string]: unknown
}
