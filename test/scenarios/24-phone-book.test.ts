/** Story 24: the trunk sends a number and no name; the company's phone book says who it is, wherever the caller is shown. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ringsForEver } from '../../scripts/rig/far-people.ts'
import { companyConfig, companyPrompts, QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, mailAbout, newCaller } from '../support/missed-mail.ts'
import { perezvon } from '../support/perezvon-command.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const TABLE = 'Наименование;Телефон\r\n'
const HOSTILE = `"Анна" <sip:900@evil>, {{ x }} \${y}`

let world: World
let daemon: Daemon
let crm: Server
/** What the CRM says, by number; a number that it does not know gets no answer at all. */
const clients = new Map<string, string>()
const asked: string[] = []

beforeAll(async () => {
  crm = createServer((request, response) => {
    const number = new URL(request.url ?? '', 'http://crm').searchParams.get('phone') ?? ''
    asked.push(number)
    const name = clients.get(number)
    if (name !== undefined) response.end(JSON.stringify({ data: [{ name }] }))
  })
  await new Promise<void>((done) => crm.listen(0, '127.0.0.1', done))
  const { port } = crm.address() as AddressInfo
  world = await startWorld()
  const flow = `    - ring: operators
    - unanswered: { hangup: normal }`
  daemon = await startDaemon(world, {
    config: companyConfig({
      flow,
      callback: '{ tries: 1, every: [1s], success: 1s, ring_client: 3s }',
      more: `phone_book:
  - csv: contacts.csv
  - http: { url: "http://127.0.0.1:${port}/?phone={number}", path: data.0.name, private: true, timeout: 1s }`,
    }),
    prompts: await companyPrompts(),
    env: QUIET,
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
  crm?.closeAllConnections()
  crm?.close()
})

const hasRead = (names: number, times = 1) =>
  daemon.until(async () => {
    const lines = (await daemon.log()).split('\n').filter((line) => /the phone book (was read|has changed)/.test(line))
    return lines.filter((line) => new RegExp(`names\\W+${names}\\b`).test(line)).length >= times
  }, `a phone book of ${names}`)

async function rowsOfBook(rows: string): Promise<void> {
  await writeFile(join(dirname(daemon.configFile), 'contacts.csv'), TABLE + rows)
}

it('a client of the table: on the phone, in the mail, in the list, on the phone again when the client is called back', async () => {
  const { far } = world
  const number = newCaller()
  await rowsOfBook(`Иван Петров;${number.replace('+7', '8')}\r\n`)
  await hasRead(1)
  far.on('101', ringsForEver)
  const ringing = far.nextCallTo('101')
  const caller = await far.call(OUR_NUMBER, { number })
  const phone = await ringing
  expect([phone.callerNumber, phone.callerName]).toEqual([number, 'Иван Петров'])
  await caller.hangup()
  const call = await endedCall(daemon, number)
  expect(call.callerName).toBe('Иван Петров')
  const mail = await mailAbout(world, call.id)
  expect(mail.parsed.subject).toContain('Иван Петров')
  expect(mail.parsed.text).toContain('Иван Петров +7 912')
  const again = far.rung('101').findLast(({ callerName }) => callerName.startsWith('Обратный звонок'))
  const back = again ?? (await far.nextCallTo('101'))
  expect(back.callerName).toBe('Обратный звонок: Иван Петров')
  const list = await perezvon(daemon, '--lang', 'ru', 'missed', 'ls')
  expect(list.out).toMatch(/\+7 912 \d{3}-\d\d-\d\d Иван Петров {2}1 звонок/)
  expect((await perezvon(daemon, 'callback', 'ls')).out).toContain('Иван Петров')
  await back.hangup(21)
})

it('a client of the CRM: the name that comes while the phone rings is in the mail; a CRM that is silent holds up nothing', async () => {
  const { far } = world
  const [known, unknown] = [newCaller(), newCaller()]
  clients.set(known, 'Мария «Ромашка»')
  far.on('101', ringsForEver)
  for (const number of [known, unknown]) {
    const ringing = far.nextCallTo('101')
    const began = performance.now()
    const caller = await far.call(OUR_NUMBER, { number })
    await ringing
    expect(performance.now() - began).toBeLessThan(3_000)
    await caller.hangup()
  }
  const said = async (number: string) => (await mailAbout(world, (await endedCall(daemon, number)).id)).parsed.subject
  expect(await said(known)).toContain('Мария «Ромашка»')
  expect(await said(unknown)).toMatch(/\+7 912/)
  expect(asked.filter((number) => number === known)).toHaveLength(1)
  const status = await perezvon(daemon, 'status')
  expect(status.out).toMatch(/phone book http 127\.0\.0\.1:\d+: the server does not answer/)
})

it('a name that would be something else is only a name', async () => {
  const { far } = world
  const number = newCaller()
  await rowsOfBook(`"${HOSTILE.replaceAll('"', '""')}";${number}\r\nДругой;8 912 000-00-01\r\n`)
  await hasRead(2)
  far.on('101', ringsForEver)
  const ringing = far.nextCallTo('101')
  const caller = await far.call(OUR_NUMBER, { number })
  const phone = await ringing
  expect([phone.callerNumber, phone.callerName]).toEqual([number, 'Анна sip:900@evil, {{ x }} ${y}'])
  await caller.hangup()
  const call = await endedCall(daemon, number)
  expect(call).toMatchObject({ caller: number, callerName: HOSTILE, verdict: 'missed' })
  const { parsed } = await mailAbout(world, call.id)
  expect(parsed.text).toContain(HOSTILE)
  expect(parsed.html).toContain('&lt;sip:900@evil&gt;')
})
