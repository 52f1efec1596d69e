import { expect, it } from 'vitest'
import { sentence } from '../../../src/config/diagnostics.ts'
import { loadFiles, problemsOf, problemsWith, withSections } from '../folder.ts'

const person = (name: string, more: string) => `${name}: { name: ${name}, ${more} }`
const anna = person('anna', 'rings: PJSIP/101, email: anna@example.ru')

const MOBILES = `{ ${person('anna', 'rings: "+7 912 123-45-67", email: a@example.ru')}, ${person('boris', 'rings: "+7 912 123-45-68"')} }`

it('the base of these tests is good', () => {
  expect(problemsWith({})).toEqual([])
})

it.each([
  [
    'a member who is nobody',
    { groups: '{ operators: { members: [anna, anton] } }' },
    ['E103 groups.operators.members[1]'],
  ],
  [
    'a flow of a line',
    { lines: '{ "+7 343 200-11-22": { name: Main, flow: mian } }' },
    ['E109 lines.+73432001122.flow', 'W202 flows.main'],
  ],
  [
    'a line that is nobody’s',
    { lines: '{ "+7 343 200-11-22": { name: Main, flow: main, callback: nobody } }' },
    ['E104 lines.+73432001122.callback'],
  ],
  ['a line of a person', { lines: '{ "+7 343 200-11-22": { name: Main, flow: main, callback: anna } }' }, []],
  [
    'music',
    { flows: '{ main: [{ ring: { to: sales, music: jazz } }, { hangup: busy }] }' },
    ['E107 flows.main[0].ring.music'],
  ],
  [
    'the plain tone is no music class',
    { flows: '{ main: [{ ring: { to: sales, music: ringing } }, { hangup: busy }] }' },
    [],
  ],
  [
    'a callback’s group and hours',
    { missed_calls: '{ mail: { to: [group] }, callback: { group: anna, only: x } }' },
    ['E105 missed_calls.callback.group', 'E106 missed_calls.callback.only'],
  ],
  [
    'a name that is a method',
    { flows: '{ main: [{ voicemail: { to: constructor } }] }' },
    ['E104 flows.main[0].voicemail.to'],
  ],
  ['an operator who is nobody', { operator: '{ ring: nobody }' }, ['E104 operator.ring']],
  [
    'no operator at all',
    { groups: '{ sales: { members: [anna] } }', flows: '{ main: [{ voicemail: { to: sales } }] }' },
    ['E163 groups'],
  ],
  [
    'a person as operator',
    { operator: '{ key: "*", ring: anna }', groups: '{}', flows: '{ main: [{ voicemail: { to: anna } }] }' },
    [],
  ],
  [
    'one name for a person and a group',
    { groups: '{ operators: { members: [anna] }, anna: { members: [boris] } }' },
    ['E162 groups.anna'],
  ],
  [
    'a name with a meaning of its own',
    { people: `{ ${anna}, ${person('group', 'rings: PJSIP/102')} }`, groups: '{ operators: { members: [anna] } }' },
    ['E161 people.group'],
  ],
  [
    'a phone of two people',
    { people: `{ ${anna}, ${person('boris', 'rings: [PJSIP/102, PJSIP/101]')} }` },
    ['W201 people.boris.rings[1]'],
  ],
  [
    'a mobile of two people in two spellings',
    {
      people: `{ ${person('anna', 'rings: "+7 912 123-45-67", email: a@example.ru')}, ${person('boris', 'rings: "89121234567"')} }`,
    },
    ['W201 people.boris.rings[0]'],
  ],
  [
    'a line written twice',
    { lines: '{ "+7 343 200-11-22": { name: A, flow: main }, "8 343 2001122": { name: B, flow: main } }' },
    ['E160 lines.8 343 2001122'],
  ],
  [
    'a line that is no number',
    { lines: '{ "+7 343 200-11-2": { name: A, flow: main } }' },
    ['E132 lines.+7 343 200-11-2'],
  ],
  [
    'numbers as a phone book gives them, with marks that nobody sees',
    {
      people: `{ ${anna}, ${person('boris', 'rings: "\u202a+7\u00a0912\u00a0123\u201145\u201167\u202c"')} }`,
      lines: '{ "\u202a+7 343 200-11-22\u202c": { name: A, flow: main }, "tel:+73432001133": { name: B, flow: main } }',
      dialling: '{ allow: ["\u200e+7\u00a0343"] }',
      vip: '["８ (９１６) １２３-４５-６７"]',
    },
    [],
  ],
  [
    'a line in two spellings, one with a mark',
    { lines: '{ "+73432001122": { name: A, flow: main }, "\u200e8 343 200-11-22": { name: B, flow: main } }' },
    ['E160 lines.\u200e8 343 200-11-22'],
  ],
  [
    'numbers that could be two subscribers, or more than one',
    {
      company: '{ name: A, timezone: Europe/Berlin, country: DE }',
      lines: '{ "+49 30 901820": { name: A, flow: main } }',
      vip: '["491701234567", "030 901821, 030 901822", "030 901820 доб. 2"]',
    },
    ['E132 vip[0]', 'E132 vip[1]', 'E132 vip[2]'],
  ],
  [
    'a number that is too short for its country',
    { people: `{ ${anna}, ${person('boris', 'rings: "+7 343 112"')} }` },
    ['E132 people.boris.rings[0]'],
  ],
  [
    'a caller id and a number never called',
    {
      trunks: '{ city: { endpoint: PJSIP/p, caller_id: ["+7 1"] } }',
      missed_calls: '{ mail: { to: [group] }, callback: { never: ["12345"] } }',
    },
    ['E132 missed_calls.callback.never[0]', 'E132 trunks.city.caller_id[0]'],
  ],
  [
    'a reserve of all lines',
    { trunks: '{ city: { endpoint: PJSIP/p, lines: 2, reserve_inbound: 2 } }' },
    ['E175 trunks.city.reserve_inbound'],
  ],
  [
    'a prefix that is denied as a whole',
    { dialling: '{ allow: ["+7", "+7 900 1"], deny: ["+7 900"] }' },
    ['W206 dialling.allow[1]'],
  ],
  ['a prefix without plus', { dialling: '{ allow: ["7"] }' }, ['E133 dialling.allow[0]']],
  [
    'recipients',
    { missed_calls: '{ mail: { to: [group, ana, boris, "x@", lead@example.ru] } }' },
    ['E134 missed_calls.mail.to[3]', 'E135 missed_calls.mail.to[1]', 'E176 missed_calls.mail.to[2]'],
  ],
  [
    'recipients of a line',
    { lines: '{ "+7 343 200-11-22": { name: A, flow: main, mail: [boris] } }' },
    ['E176 lines.+73432001122.mail[0]'],
  ],
  [
    'an offer with the operator’s key',
    {
      flows:
        '{ main: [{ ring: { to: sales, offer_callback: { key: 0 } } }, { ring: { to: sales, offer_callback: { key: 1, place: false } } }, { hangup: busy }] }',
    },
    ['E164 flows.main[0].ring.offer_callback.key'],
  ],
  [
    'an offer that comes when nobody is rung any more',
    {
      flows:
        '{ main: [{ ring: { to: sales, for: 30s, offer_callback: {} } }, { ring: { to: sales, offer_callback: { every: 59s } } }, { hangup: busy }] }',
    },
    ['W211 flows.main[0].ring.offer_callback.every'],
  ],
  [
    'an offer by a key that has no name',
    { flows: '{ main: [{ ring: { to: operators, offer_callback: { key: "#" } } }, { hangup: busy }] }' },
    ['E185 flows.main[0].ring.offer_callback.key'],
  ],
  [
    'codes that Asterisk could not tell apart',
    { recordings: '{ pause: "*9", resume: "*91" }' },
    ['E184 recordings.resume'],
  ],
  ['the same by a default', { recordings: '{ pause: "*92" }' }, ['E184 recordings.resume']],
  [
    'codes that are digits of a talk',
    { recordings: '{ pause: "9", resume: "*" }' },
    ['E183 recordings.pause', 'E183 recordings.resume'],
  ],
  [
    'a skill that nobody of the group has',
    {
      groups: '{ operators: { members: [anna] }, sales: { members: [anna, { person: boris, skills: [german] }] } }',
      flows:
        '{ main: [{ ring: { to: sales, skill: germann } }, { ring: { to: sales, skill: german } }, { hangup: busy }] }',
    },
    ['E115 flows.main[0].ring.skill'],
  ],
  [
    'groups that overflow in a circle, one of them by a route',
    {
      groups:
        '{ operators: { members: [anna], overflow: { to: sales, after: 5s } }, sales: { members: [anna, boris], on_timeout: { ring: operators } } }',
    },
    ['E180 groups.operators', 'E180 groups.sales'],
  ],
  [
    'an overflow to nobody',
    { groups: '{ operators: { members: [anna], overflow: { to: ads, after: 5s } } }' },
    ['E105 groups.operators.overflow.to'],
  ],
  [
    'a member twice',
    { groups: '{ operators: { members: [anna, boris, { person: anna, priority: 2 }] } }' },
    ['E182 groups.operators.members[2]'],
  ],
  [
    'a team on mobiles and one line for both sides of a talk',
    { people: MOBILES, trunks: '{ gsm: { endpoint: PJSIP/gsm, lines: 1 } }' },
    ['E177 trunks.gsm.lines'],
  ],
  [
    'a team on mobiles, and no room for a call-back beside the reserve',
    {
      people: MOBILES,
      trunks: '{ gsm: { endpoint: PJSIP/gsm, lines: 2, reserve_inbound: 1 } }',
      missed_calls: '{ mail: { to: [group] }, callback: {} }',
    },
    ['E178 trunks.gsm.reserve_inbound', 'W209 groups.sales.ring'],
  ],
  [
    'more mobiles at once than lines beside the caller’s and the reserve',
    { people: MOBILES, trunks: '{ gsm: { endpoint: PJSIP/gsm, lines: 4, reserve_inbound: 3 } }' },
    ['W209 groups.sales.ring'],
  ],
  [
    'as many as there are',
    { people: MOBILES, trunks: '{ gsm: { endpoint: PJSIP/gsm, lines: 3, reserve_inbound: 1 } }' },
    [],
  ],
  [
    'callers who come another way, and one desk phone in the group',
    {
      people: `{ ${person('anna', 'rings: "+7 912 123-45-67", email: a@example.ru')}, ${person('boris', 'rings: PJSIP/102')} }`,
      trunks: '{ gsm: { endpoint: PJSIP/gsm, lines: 1 }, city: { endpoint: PJSIP/city } }',
    },
    [],
  ],
  [
    'a group that nobody can write to',
    {
      groups: '{ operators: { members: [anna] }, sales: { members: [boris] } }',
      flows: '{ main: [{ ring: sales }, { hangup: busy }] }',
    },
    ['W207 groups.sales'],
  ],
  [
    'the same with a mailbox of its own',
    {
      groups: '{ operators: { members: [anna] }, sales: { members: [boris], email: s@example.ru } }',
      flows: '{ main: [{ ring: sales }, { hangup: busy }] }',
    },
    [],
  ],
] as [string, Record<string, string>, string[]][])('%s', (_, changed, expected) => {
  expect(problemsWith(changed)).toEqual(expected)
})

const RECORDED =
  '{ operators: { members: [anna], record: true }, sales: { members: [anna, boris], overflow: { to: operators, after: 9s } } }'
const TOLD = '{ announce_recording: p/told }'

it.each([
  ['told before', `{ main: [${TOLD}, { ring: operators }, { hangup: busy }] }`, []],
  ['not told', '{ main: [{ ring: operators }, { hangup: busy }] }', ['E181 flows.main[0].ring']],
  ['told after', `{ main: [{ ring: operators }, ${TOLD}, { hangup: busy }] }`, ['E181 flows.main[0].ring']],
  ['reached by overflow', '{ main: [{ ring: sales }, { hangup: busy }] }', ['E181 flows.main[0].ring']],
  [
    'told in one branch only',
    `{ main: [{ when: { open: office }, do: [${TOLD}] }, { ring: operators }, { hangup: busy }] }`,
    ['E181 flows.main[1].ring'],
  ],
  [
    'told in both branches',
    `{ main: [{ when: { open: office }, do: [${TOLD}], else: [${TOLD}] }, { ring: operators }, { hangup: busy }] }`,
    [],
  ],
  [
    'entered with and without the announcement',
    `{ main: [{ menu: { play: p/menu, keys: { 1: [${TOLD}, { go_to: team }], 2: { go_to: team } } } }, { hangup: busy }], team: [{ ring: operators }, { hangup: busy }] }`,
    ['E181 flows.team[0].ring'],
  ],
])('a recording, %s', (_, flows, expected) => {
  expect(problemsWith({ groups: RECORDED, flows })).toEqual(expected)
})

it.each([
  ['week: { mon-fri: "09:00-18:00", sat: 24h, sun: closed }', []],
  ['week: { mon-fri: "22:00-06:00" }', []],
  ['week: { montag: "09:00-18:00" }', ['E150 hours.office.week.montag']],
  ['week: { mon-fri: "09:00-18:00", wed: "10:00-12:00" }', ['E151 hours.office.week.wed']],
  ['week: { mon: 9-18 }', ['E153 hours.office.week.mon']],
  ['week: { mon: "00:00-00:00" }', ['E154 hours.office.week.mon']],
  ['week: { mon: "09:00-14:00, 13:00-18:00" }', ['E155 hours.office.week.mon']],
  ['week: { mon: workday }', ['E156 hours.office.week.mon']],
  ['week: { tue: "09:00-18:00" }, dates: { 2026-11-01: workday }', ['E157 hours.office.dates.2026-11-01']],
  [
    'week: { mon: "09:00-18:00" }, dates: { 2026-02-30: closed, 1.1.2027: closed }',
    ['E152 hours.office.dates.1.1.2027', 'E152 hours.office.dates.2026-02-30'],
  ],
  ['week: {}, holidays: none.ics', ['E158 hours.office.holidays[0]']],
  ['week: {}, holidays: [broken.ics]', ['E158 hours.office.holidays[0]']],
])('hours { %s }', (text, expected) => {
  const files = { 'perezvon.yaml': withSections({ hours: `{ office: { ${text} } }` }), 'broken.ics': 'BEGIN:VEVENT\n' }
  expect(problemsOf(loadFiles(files))).toEqual(expected)
})

it('finds recorded sounds, offers to make those with a text, and refuses the rest', () => {
  const flows =
    '{ main: [{ play: [p/recorded, p/by-language, p/text, p/no-english, p/nowhere, p/recorded] }, { voicemail: { to: anna } }] }'
  const result = loadFiles({
    'perezvon.yaml': withSections({
      flows,
      music: '{ empty: { files: music/ }, full: { files: p, slogans: p/text } }',
    }),
    'p/recorded.wav': 'x',
    'p/en/by-language.g722': 'x',
    'prompts/index.yaml': 'p/text: { en: Hello }\np/no-english: { ru: Привет }\n',
  })
  const problems = result.ok ? result.warnings : result.problems
  expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
    'W203 flows.main[0].play[2]',
    'E170 flows.main[0].play[3]',
    'E170 flows.main[0].play[4]',
    'W204 music.empty.files',
  ])
})

it('says when prompts/index.yaml is not understood', () => {
  const result = loadFiles({ 'perezvon.yaml': withSections({}), 'prompts/index.yaml': 'prompts/greeting: Hello\n' })
  expect(problemsOf(result)).toEqual(['W208'])
})

it.each([
  ['en', '“491701234567” is not a phone number: it can be +49 491 701234567 or +49 170 1234567; write it with +'],
  ['ru', '«491701234567» — не номер телефона: это может быть и +49 491 701234567, и +49 170 1234567; напишите'],
] as const)('a number that could be two subscribers is told of with both, in %s', (language, words) => {
  const company = '{ name: A, timezone: Europe/Berlin, country: DE }'
  const result = loadFiles({
    'perezvon.yaml': withSections({
      company,
      lines: '{ "+49 30 901820": { name: A, flow: main } }',
      vip: '["491701234567"]',
    }),
  })
  const problems = result.ok ? [] : result.problems
  expect(problems.map((problem) => sentence(problem, language))).toEqual([expect.stringContaining(words)])
})
