/** The demo's firm, in Russian and in English: its configuration, what is said in each prompt, and the people who will call or be called. */
import type { Language } from '../../src/runtime/i18n.ts'
import { daytimeZone } from './daytime.ts'

export interface Company {
  name: string
  /** Our number: as it stands in the configuration, and E.164. */
  shownNumber: string
  number: string
  mailFrom: string
  /** Extensions of the desk phones. */
  phones: string[]
  /** perezvon.yaml */
  configuration: string
  /** What each prompt says. */
  prompts: Record<Prompt, string>
  people: Record<Role, DemoPerson>
  /** Headings of the list. */
  columns: readonly string[]
  /** CSV for the campaign. */
  list: string
  says: Record<Line, string>
}

/** `anna` has the desk phone 101; the others are outside. */
export type Role = 'anna' | 'answered' | 'lost' | 'confirms' | 'optsOut' | 'busy' | 'silent' | 'gone' | 'asks'
export interface DemoPerson {
  name: string
  /** E.164, or the extension. */
  number: string
  /** In the list: the order. */
  order?: string
}
/** What people say on the phone. */
export type Line = 'answer' | 'question' | 'callingBack' | 'glad' | 'handOver'

export const CAMPAIGN = 'order-ready'

export function demoCompany(language: Language, now: number): Company {
  const firm = language === 'ru' ? russian : english
  return {
    ...firm,
    mailFrom: `perezvon@${firm.domain}`,
    phones: ['101'],
    configuration: configuration(firm, language, now),
    list: listOf(firm),
  }
}

export type Prompt = 'greeting' | 'menu' | 'order' | 'order-menu' | 'thanks' | 'opted-out'
interface Firm {
  name: string
  domain: string
  country: string
  prefix: string
  shownNumber: string
  number: string
  sales: string
  line: string
  campaign: string
  columns: [string, string, string]
  prompts: Record<Prompt, string>
  people: Record<Role, DemoPerson>
  badRow: string
  says: Record<Line, string>
}

const russian: Firm = {
  name: 'Цветочный двор',
  domain: 'example.ru',
  country: 'RU',
  prefix: '+7',
  shownNumber: '+7 343 200-11-22',
  number: '+73432001122',
  sales: 'Продажи',
  line: 'Главный',
  campaign: 'Заказ готов',
  columns: ['Телефон', 'Имя', 'Заказ'],
  prompts: {
    'greeting': 'Цветочный двор. Радуем каждый день!',
    'menu': 'Один: заказать цветы. Ноль: оператор.',
    'order': 'Это Цветочный двор. Готов ваш заказ номер',
    'order-menu': 'Приедете? Нажмите один. Продавец: два. Больше не звонить: девять.',
    'thanks': 'Спасибо, ждём вас!',
    'opted-out': 'Хорошо, больше не позвоним.',
  },
  people: {
    anna: { name: 'Анна', number: '101' },
    answered: { name: 'Иван', number: '+79123456789' },
    lost: { name: 'Мария', number: '+79221002030' },
    confirms: { name: 'Елена', number: '+79120000011', order: '1024' },
    optsOut: { name: 'Олег', number: '+79120000012', order: '1025' },
    busy: { name: 'Денис', number: '+79120000013', order: '1031' },
    silent: { name: 'Вера', number: '+79120000014', order: '1032' },
    gone: { name: 'Пётр', number: '+79120000015', order: '1040' },
    asks: { name: 'Зоя', number: '+79120000016', order: '1041' },
  },
  badRow: '12-34;Без номера;1050',
  says: {
    answer: 'Цветочный двор, Анна. Слушаю вас.',
    question: 'Добрый день! Можно букет к шести часам?',
    callingBack: 'Добрый день, это Цветочный двор. Вы нам звонили.',
    glad: 'Да, спасибо, что перезвонили!',
    handOver: 'Продавец Анна, здравствуйте.',
  },
}

/** Numbers of the ranges that are kept free for drama. */
const english: Firm = {
  name: 'Flower Yard',
  domain: 'example.com',
  country: 'GB',
  prefix: '+44',
  shownNumber: '020 7946 0000',
  number: '+442079460000',
  sales: 'Sales',
  line: 'Main',
  campaign: 'Order ready',
  columns: ['Phone', 'Name', 'Order'],
  prompts: {
    'greeting': 'Flower Yard. A joy every day!',
    'menu': 'One: order flowers. Zero: an operator.',
    'order': 'This is Flower Yard. Ready for you is order number',
    'order-menu': 'Will you come? Press one. To speak with us: two. To get no more calls: nine.',
    'thanks': 'Thank you, see you soon!',
    'opted-out': 'Very well, we will not call again.',
  },
  people: {
    anna: { name: 'Anna', number: '101' },
    answered: { name: 'John', number: '+441134960123' },
    lost: { name: 'Mary', number: '+441514960456' },
    confirms: { name: 'Helen', number: '+441134960011', order: '1024' },
    optsOut: { name: 'Oliver', number: '+441134960012', order: '1025' },
    busy: { name: 'Dennis', number: '+441134960013', order: '1031' },
    silent: { name: 'Vera', number: '+441134960014', order: '1032' },
    gone: { name: 'Peter', number: '+441134960015', order: '1040' },
    asks: { name: 'Zoe', number: '+441134960016', order: '1041' },
  },
  badRow: '12-34,No number,1050',
  says: {
    answer: 'Flower Yard, this is Anna. How can I help?',
    question: 'Good afternoon! A bouquet for six o’clock, please.',
    callingBack: 'Good afternoon, this is Flower Yard. You called us.',
    glad: 'Yes, thank you for calling back!',
    handOver: 'Hello, Anna from sales.',
  },
}

function configuration(firm: Firm, language: Language, now: number): string {
  return `version: 1
company: { name: "${firm.name}", language: ${language}, timezone: ${daytimeZone(language, now)}, country: ${firm.country} }

people:
  anna: { name: ${firm.people.anna.name}, rings: PJSIP/101, email: anna@${firm.domain} }

groups:
  sales:     { name: ${firm.sales}, members: [anna], each: 15s, total: 15s }
  operators: { members: [anna], each: 15s, total: 15s }

hours:
  always: { week: { mon-sun: 24h } }

music:
  branded: { files: music/, order: alphabet }

trunks:
  provider: { endpoint: PJSIP/provider, lines: 8, reserve_inbound: 2, caller_id: "${firm.shownNumber}" }

lines:
  "${firm.shownNumber}": { name: ${firm.line}, flow: main }

flows:
  main:
    - play: prompts/greeting
    - menu:
        play: prompts/menu
        wait: 5s
        keys: { 1: { ring: { to: sales, music: branded } }, 0: { ring: operators } }
        else: { ring: operators }
    - unanswered: { voicemail: { to: operators } }

missed_calls:
  shortest_talk: 1s
  mail: { to: [group], wait: 1s }
  callback: { after: 9s, tries: 3, every: [1m, 5m, 20m], success: 2s }

campaigns:
  ${CAMPAIGN}:
    name: ${firm.campaign}
    kind: reminder
    line: "${firm.shownNumber}"
    trunk: provider
    hours: always
    lines: 3
    ring_for: 8s
    retry: { busy: { tries: 2, every: 8s }, no_answer: { tries: 1 } }
    columns: { order: ${firm.columns[2]} }
    opt_out: { key: 9, confirm: prompts/opted-out }
    script:
      - say: [prompts/order, { digits: "{{ order }}" }]
      - menu:
          play: prompts/order-menu
          keys:
            1: [{ answer: will-come }, { play: prompts/thanks }]
            2: [{ answer: asked-for-us }, { ring: { to: sales, music: branded } }]
          else: { hangup: normal }

dialling: { allow: ["${firm.prefix}"] }
`
}

function listOf({ columns, people, badRow }: Firm): string {
  const delimiter = badRow.includes(';') ? ';' : ','
  const rows = Object.values(people).flatMap(({ number, name, order }) => (order ? [[number, name, order]] : []))
  return `${[columns, ...rows].map((row) => row.join(delimiter)).join('\r\n')}\r\n${badRow}\r\n`
}
