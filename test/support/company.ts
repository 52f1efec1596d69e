/** The company of the scenarios: two operators, a menu, a trunk; short times, so that stories are short. */
import { spoken, tone } from '../../scripts/rig/sounds.ts'

export const SOUNDS = {
  greeting: () => spoken('Цветочный двор. Радуем каждый день!'),
  menu: () => spoken('Один, продажи. Ноль, оператор.'),
  closed: () => spoken('Мы сейчас не работаем, звоните завтра.'),
  operator: () => spoken('Оператор Анна слушает вас.'),
  caller: () => spoken('Добрый день, я по поводу заказа.'),
  music: () => tone(440, 3),
}

/** For stories in which the house's own prompts are not heard: speaking them all takes the machine half a minute. */
export const QUIET = { PEREZVON_TTS: '/bin/false' }

export interface CompanyOptions {
  /** YAML of the flow `main`; a menu if missing. */
  flow?: string
  /** More sections. */
  more?: string
  /** `missed_calls.mail.wait` */
  mailWait?: string
  callback?: string
  members?: string
}

export function companyConfig({
  flow,
  more = '',
  mailWait = '0s',
  callback,
  members = '[anna, boris]',
}: CompanyOptions = {}): string {
  return `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
groups:
  sales: { name: Продажи, members: ${members}, ring: all, each: 8s, total: 8s }
  operators: { name: Операторы, members: [anna], ring: all, each: 8s, total: 8s }
hours:
  always: { week: { mon-sun: "24h" } }
  never: { week: {} }
trunks:
  provider: { endpoint: PJSIP/provider, lines: 10, caller_id: "+7 343 200-11-22" }
lines:
  "+7 343 200-11-22": { name: Главный, flow: main }
flows:
  main:
${
  flow ??
  `    - play: prompts/greeting
    - menu:
        play: prompts/menu
        wait: 3s
        tries: 1
        keys: { 1: { ring: sales }, 0: { ring: operators } }
        else: { hangup: normal }
    - unanswered: { hangup: normal }`
}
missed_calls:
  shortest_talk: 0s
  mail: { to: [sales@example.ru], wait: ${mailWait}, digest: { over: 100000 } }
${callback ? `  callback: ${callback}` : ''}
${more}`
}

export async function companyPrompts(): Promise<Record<string, string>> {
  return {
    'prompts/greeting': await SOUNDS.greeting(),
    'prompts/menu': await SOUNDS.menu(),
    'prompts/closed': await SOUNDS.closed(),
  }
}
