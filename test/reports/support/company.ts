/** A company in a zone whose clocks are changed, for reports. */
import type { Config } from '../../../src/config/schema.ts'
import { configOf } from '../../support/config-of.ts'

export const ZONE = 'Europe/Berlin'

export function reportCompany(more = ''): Config {
  return configOf(
    `version: 1
company: { name: Blumenhof, language: en, timezone: ${ZONE}, country: DE }
people:
  anna: { name: Anna, rings: PJSIP/101, email: anna@example.com }
  boris: { name: Boris, rings: PJSIP/102 }
  olga: { name: Olga, rings: PJSIP/100, email: olga@example.com, language: ru }
groups:
  sales: { name: Sales, members: [anna, boris] }
  operators: { members: [boris] }
trunks:
  city: { endpoint: PJSIP/city, lines: 4 }
  gsm: { endpoint: PJSIP/gsm, lines: 2 }
lines:
  "+49 30 901820": { name: Main, flow: main }
  "+49 30 901821": { name: Director, flow: main }
flows:
  main: [{ ring: sales }, { unanswered: [{ voicemail: { to: sales, play: prompts/sorry } }] }]
missed_calls: { mail: { to: [group], wait: 10s } }
${more}`,
    ['prompts/sorry'],
  )
}
