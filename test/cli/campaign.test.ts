import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { addCampaignCommands } from '../../src/cli/campaign.ts'
import { addDncCommands } from '../../src/cli/dnc.ts'
import { CommandFailed } from '../../src/cli/environment.ts'
import type { Language } from '../../src/runtime/i18n.ts'
import { CampaignWorld } from '../support/campaign-world.ts'

// real files and real waits on a shared machine
vi.setConfig({ testTimeout: 30_000 })

let world: CampaignWorld
let folder: string
beforeEach(async () => {
  world = await CampaignWorld.open()
  folder = await mkdtemp(join(tmpdir(), 'perezvon-cli-'))
})
afterEach(async () => {
  await world.close()
  await rm(folder, { recursive: true })
})

/** What a command line prints, says aside, and how it ends. */
async function perezvon(line: string, run: { language?: Language; terminal?: boolean; interrupt?: boolean } = {}) {
  const { language = 'en', terminal = false, interrupt = false } = run
  const out: string[] = []
  const aside: string[] = []
  let code = 0
  const context = {
    open: async () => world.prisma,
    config: () => world.config,
    language,
    terminal,
    user: 'olga',
    print: (text: string) => void out.push(`${text}\n`),
    printError: (text: string) => void aside.push(text),
    write: (text: string) => void out.push(text),
    exit: (wanted: number) => void (code = wanted),
    interrupted: () => (interrupt ? AbortSignal.abort() : new AbortController().signal),
  }
  const program = new Command().exitOverride()
  addCampaignCommands(program, context)
  addDncCommands(program, context)
  try {
    await program.parseAsync(line.split(' '), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    aside.push(error.message)
    code = error.exitCode
  }
  return { out: out.join(''), aside: aside.join('\n'), code }
}

async function list(text: string): Promise<string> {
  const file = join(folder, 'list.csv')
  await writeFile(file, text)
  return file
}
const two = 'Телефон;ФИО\n89161230001;Анна\n89161230002;Борис\n'

test('from a list to results, with the daemon at work on the same database', async () => {
  const file = await list(two)
  expect(await perezvon(`campaign import ${file} --campaign delivery`)).toMatchObject({ code: 0 })
  expect(await perezvon('campaign start delivery')).toMatchObject({
    code: 1,
    aside: expect.stringContaining('no test call') as string,
  })

  world.telephony.on('PJSIP/101', (phone) => phone.answer())
  world.now = Date.now()
  const dialer = world.dialer()
  const called = perezvon('campaign test delivery --to 101 --row 3')
  await expect.poll(() => dialer.pass().then(() => world.telephony.dialled.length), { timeout: 20_000 }).toBe(1)
  expect(await called).toMatchObject({ code: 0, out: expect.stringContaining('completed') as string })

  expect(await perezvon('campaign start delivery', { language: 'ru' })).toMatchObject({
    code: 0,
    out: 'кампания «Напоминание о доставке» запущена: 2 контакта\n',
  })
  expect(await perezvon('campaign start delivery')).toMatchObject({ code: 1 })
  for (const n of [1, 2]) world.telephony.on(`+7916123000${n}`, (phone) => phone.answer())
  await world.runToTheEnd(dialer)

  const csv = join(folder, 'results.csv')
  expect(await perezvon(`campaign results delivery -o ${csv}`)).toMatchObject({ code: 0 })
  const lines = (await readFile(csv, 'utf8')).trimEnd().split('\r\n')
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatch(/^\uFEFFТелефон;ФИО;status;attempts;.*;answer_1;hangup_cause;opted_out$/)
  expect(lines[1]).toMatch(/^\+7 916 123-00-01;Анна;completed;1;/)
  const json = (await perezvon('campaign results delivery --json')).out.trim().split('\n')
  expect(JSON.parse(json[1]!)).toMatchObject({ number: '+79161230002', status: 'completed' })
  expect((await perezvon('campaign ls')).out).toMatch(/^delivery +2\/2 +done/)
})

test('refused rows go to a file and into the exit code', async () => {
  const file = await list(`${two}8 916 123-00-01;Вера\n112;Глеб\n7,91612E+10;Дина\n`)
  const { code, out } = await perezvon(`campaign import ${file} --campaign delivery`, { language: 'ru' })
  expect(code).toBe(6)
  expect(out).toContain('5 строк: принято 2, отклонено 3')
  expect(out).toContain('1 × номер в списке повторяется')
  const refused = await readFile(join(folder, 'list.refused.csv'), 'utf8')
  expect(refused.split('\r\n')[3]).toMatch(/^7,91612E\+10;Дина;6;Excel испортил номер/)
  const { out: json, aside } = await perezvon(`campaign import ${file} --campaign delivery --json`)
  expect(JSON.parse(json)).toMatchObject({ good: 0, campaign: 'delivery#1' })
  expect(aside).toContain('5 rows: 0 taken, 5 refused')
})

test.each<[string, number, string]>([
  ['campaign import FILE --campaign nobody', 5, 'there are: delivery'],
  ['campaign import FILE.missing --campaign delivery', 1, 'cannot read'],
  ['campaign start delivery', 5, 'no list'],
  ['campaign watch nobody', 5, 'no campaign'],
  ['campaign test delivery --to abc', 2, 'not a phone number'],
  ['campaign import FILE --campaign delivery --two-numbers both', 2, 'two-numbers'],
  ['dnc add 112', 2, 'not a phone number'],
])('%s: exit code %d', async (line, code, says) => {
  const result = await perezvon(line.replace('FILE', await list(two)))
  expect(result).toMatchObject({ code, aside: expect.stringContaining(says) as string })
})

test.each([
  ['PK\u0003\u0004', 'workbook'],
  ['', 'empty'],
  ['a;b\nc;d', 'no column'],
  ['Телефон\n"89161230001', 'quotation mark'],
])('a list %j is refused in words', async (text, says) => {
  const file = await list(text)
  expect(await perezvon(`campaign import ${file} --campaign delivery`)).toMatchObject({
    code: 1,
    aside: expect.stringContaining(says) as string,
  })
})

test('pause, resume and stop say what is not possible', async () => {
  await world.start(['89161230001'])
  expect(await perezvon('campaign resume delivery')).toMatchObject({ code: 1 })
  expect(await perezvon('campaign pause delivery')).toMatchObject({ code: 0 })
  expect((await perezvon('campaign ls')).out).toContain('paused (by hand)')
  expect(await perezvon('campaign pause delivery')).toMatchObject({
    code: 1,
    aside: expect.stringContaining('by hand') as string,
  })
  expect(await perezvon('campaign resume delivery')).toMatchObject({ code: 0 })
  expect(await perezvon('campaign stop delivery')).toMatchObject({ code: 0 })
  expect(await perezvon('campaign stop delivery')).toMatchObject({ code: 1 })
})

test('a start without a test keeps the name of who answers for it', async () => {
  await perezvon(`campaign import ${await list(two)} --campaign delivery`)
  expect((await perezvon('campaign start delivery --waive-test')).out).toContain('on the word of olga')
  expect(await world.campaign()).toMatchObject({ status: 'running', waivedBy: 'olga' })
})

test('watch: a line for each change without a terminal, a table that redraws itself with one', async () => {
  await world.start(['89161230001'])
  const { id } = await world.campaign()
  const live = perezvon('campaign watch delivery', { interrupt: true })
  expect(await live).toEqual({ out: 'running: waiting 1\n', aside: '', code: 130 })

  await world.prisma.$executeRaw`UPDATE "Campaign" SET "status" = 'done' WHERE "id" = ${id}`
  expect(await perezvon('campaign watch delivery')).toMatchObject({ out: 'done: waiting 1\n', code: 0 })
  expect(JSON.parse((await perezvon('campaign watch delivery --json')).out)).toMatchObject({ counts: { queued: 1 } })
  const { out } = await perezvon('campaign watch delivery', { terminal: true, language: 'ru' })
  expect(out).toContain('Напоминание о доставке: закончена')
  expect(out).toContain('0/1')
})

test('do not call: add, import, list, remove', async () => {
  await world.start(['89161230001', '89161230002'])
  expect((await perezvon('dnc add 89161230001 +79161230001 --note asked')).out).toBe(
    '1 number added, 0 were on the list already\n1 waiting contact will not be called\n',
  )
  expect(await world.statuses()).toMatchObject({ '+79161230001': 'skipped-dnc' })
  const file = await list('Телефон\n89161230001\n89161230003\n112\n')
  expect(await perezvon(`dnc import ${file}`)).toMatchObject({
    code: 6,
    out: expect.stringMatching(
      /^row 4: not a phone number: 112: .*\n1 number added, 1 were on the list already\n$/,
    ) as string,
  })
  expect((await perezvon('dnc ls')).out).toMatch(
    /\+7 916 123-00-01 .* by-hand  asked\n\+7 916 123-00-03 .* import  list\.csv/,
  )
  expect(await perezvon('dnc rm 8(916)1230001')).toMatchObject({ code: 0 })
  expect(await perezvon('dnc rm 8(916)1230001')).toMatchObject({ code: 5 })
})

/** A German firm: there `491701234567` could be two subscribers. */
async function germanWorld() {
  await world.close()
  world = await CampaignWorld.open({
    company: { name: 'Blumen', language: 'en', timezone: 'Europe/Berlin', country: 'DE' },
    dialling: { allow: ['+49'] },
  })
}
const listed = async () => (await perezvon('dnc ls --json')).out.match(/\+\d+/g) ?? []

test('do not call: a number that could be a stranger’s is refused and both are named; declared, it is the right one', async () => {
  await germanWorld()
  const two = 'it can be +49 491 701234567 or +49 170 1234567; write it with + and the country code'
  expect(await perezvon('dnc add 491701234567')).toMatchObject({
    code: 2,
    aside: `not a phone number: 491701234567: ${two}`,
  })
  const file = await list('phone\n491701234567\n+491709999999\n')
  expect(await perezvon(`dnc import ${file}`)).toMatchObject({
    code: 6,
    out: `row 2: not a phone number: 491701234567: ${two}\n1 number added, 0 were on the list already\n`,
  })
  expect(await listed()).toEqual(['+491709999999'])
  expect(await perezvon(`dnc import ${file} --numbers e164`)).toMatchObject({ code: 0 })
  expect(await perezvon('dnc add 01601234567 --numbers national')).toMatchObject({ code: 0 })
  expect(await perezvon('dnc rm 491709999999 --numbers e164')).toMatchObject({ code: 0 })
  expect((await listed()).toSorted()).toEqual(['+491601234567', '+491701234567'])
})

test('a list of numbers that begin with their country code, as it is said of it', async () => {
  await germanWorld()
  const file = await list('Name;Phone\nAnna;491701234567\nBoris;4921112345\nVera;01711234567\n')
  expect(await perezvon(`campaign import ${file} --campaign delivery`, { language: 'ru' })).toMatchObject({
    code: 6,
    out: expect.stringContaining('номер, который можно прочесть двояко: напишите его с +') as string,
  })
  const refused = await readFile(join(folder, 'list.refused.csv'), 'utf8')
  expect(refused).toMatch(/Anna,491701234567,2,"it can be \+49 491 701234567 or \+49 170 1234567: write it with \+/)
  expect(await world.statuses()).toEqual({ '+491711234567': 'queued' })
  expect(await perezvon(`campaign import ${file} --campaign delivery --numbers e164`)).toMatchObject({ code: 6 })
  expect(await world.statuses()).toEqual({
    '+491701234567': 'queued',
    '+4921112345': 'queued',
    '+491711234567': 'queued',
  })
  const { out } = await perezvon('campaign results delivery')
  expect(out).toContain('Anna,+49 170 1234567,queued')
})
