import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ImportCollision, NoPhoneColumn } from '../../src/campaigns/import-contacts.ts'
import { refusedCsv } from '../../src/campaigns/results-csv.ts'
import { startCampaign } from '../../src/store/campaigns.ts'
import { addDoNotCall } from '../../src/store/do-not-call.ts'
import { CampaignWorld, NOON } from '../support/campaign-world.ts'
import { interceptSql } from '../support/intercept-sql.ts'

// real files and real waits on a shared machine
vi.setConfig({ testTimeout: 30_000 })

let world: CampaignWorld
beforeEach(async () => {
  world = await CampaignWorld.open()
})
afterEach(() => world.close())

const contacts = () => world.prisma.contact.findMany({ orderBy: { row: 'asc' } })

test('five notations of one number are one contact', async () => {
  const report = await world.import(
    ['Телефон', '8 (916) 123-45-67', '+79161234567', '9161234567', '7-916-123-45-67', "'89161234567"].join('\n'),
  )
  expect(report).toMatchObject({ good: 1, campaign: { id: 'delivery#1', status: 'draft' } })
  expect(report.refused.map(({ row, fault, firstRow }) => [row, fault, firstRow])).toEqual(
    [3, 4, 5, 6].map((row) => [row, 'duplicate', 2]),
  )
  expect(await contacts()).toMatchObject([{ number: '+79161234567', status: 'queued', row: 2 }])
})

test('a list of windows-1251 with everything that can be wrong', async () => {
  await addDoNotCall(world.prisma, ['+79161230009'], { source: 'import', detail: null, at: NOON })
  const text = [
    'ФИО;Телефон;Дата;Часовой пояс',
    'Анна;89161230001;01.12.2026;МСК+2',
    'Борис;7,91612E+10;02.12.2026;',
    'Вера;89161230002, 89161230003;;',
    'Глеб;8 343 200-11-22;;',
    'Дина;8 809 123-45-67;;',
    'Егор;;;',
    'Жанна;89161230009;;',
    'Зоя;8 916 123-00-01;;',
    '"=cmd|calc";112;;',
  ].join('\r\n')
  const letters = new Map(
    Array.from({ length: 256 }, (_, byte) => [new TextDecoder('windows-1251').decode(Uint8Array.of(byte)), byte]),
  )
  const report = await world.import(Uint8Array.from(text, (char) => letters.get(char)!))
  expect(report).toMatchObject({
    encoding: 'windows-1251',
    delimiter: ';',
    found: { phone: 'Телефон', name: 'ФИО', timezone: 'Часовой пояс' },
    good: 1,
  })
  expect(report.refused.map(({ row, fault }) => [row, fault])).toEqual([
    [3, 'excel-damage'],
    [4, 'two-numbers'],
    [5, 'own-number'],
    [6, 'premium'],
    [7, 'no-number'],
    [8, 'do-not-call'],
    [9, 'duplicate'],
    [10, 'not-a-number'],
  ])
  const [anna] = await contacts()
  expect(anna).toMatchObject({ number: '+79161230001', timezone: 'МСК+2' })
  expect(JSON.parse(anna!.values)).toMatchObject({ ФИО: 'Анна', name: 'Анна', Дата: '01.12.2026' })

  const refused = refusedCsv(report.columns, report.refused, 'ru').split('\r\n')
  expect(refused[0]).toBe('\uFEFFФИО;Телефон;Дата;Часовой пояс;row;reason')
  expect(refused[7]).toBe('Зоя;8 916 123-00-01;;;9;тот же номер, что в строке 2')
  expect(refused[8]).toMatch(/^'=cmd\|calc;112;;;10;/)
})

test('the campaign says which columns to take', async () => {
  await world.close()
  world = await CampaignWorld.open({ 'campaigns.delivery.columns': { phone: 'Рабочий', name: 'Кто' } })
  await world.import('Телефон;Рабочий;Кто\n89161230001;89161230002;Анна')
  const [contact] = await contacts()
  expect(contact?.number).toBe('+79161230002')
  expect(JSON.parse(contact!.values)).toMatchObject({ name: 'Анна' })
})

test('a list without numbers is refused before anything is written', async () => {
  await expect(world.import('a;b\nx;y')).rejects.toThrow(NoPhoneColumn)
  expect(await world.prisma.campaign.count()).toBe(0)
})

test('the same list again adds nobody; a further list adds its own and its columns', async () => {
  const list = 'Телефон;Дата\n89161230001;1\n89161230002;2'
  await world.import(list)
  expect(await world.import(list)).toMatchObject({
    good: 0,
    refused: [{ fault: 'already-in-campaign' }, { fault: 'already-in-campaign' }],
  })
  expect(await world.import('Phone;Сумма\n89161230002;7\n89161230003;8')).toMatchObject({ good: 1 })
  expect((await world.campaign()).columns).toEqual(['Телефон', 'Дата', 'Phone', 'Сумма'])
  expect(await contacts()).toHaveLength(3)
})

test('a list for a finished campaign begins a new round', async () => {
  await world.import('Телефон\n89161230001')
  await world.prisma.$executeRaw`UPDATE "Campaign" SET "status" = 'done'`
  expect(await world.import('Телефон\n89161230001')).toMatchObject({
    good: 1,
    campaign: { id: 'delivery#2', round: 2 },
  })
  expect(await contacts()).toHaveLength(2)
})

test('killed half-way: nobody is called, and the next import, of this list or another, begins anew', async () => {
  const rows = Array.from({ length: 1_200 }, (_, n) => `8916123${String(n).padStart(4, '0')}`)
  const list = ['Телефон', ...rows].join('\n')
  const { prisma } = world
  let chunks = 0
  world.prisma = interceptSql(prisma, (sql) => {
    if (sql.includes('INSERT INTO "Contact"') && ++chunks === 2) throw new Error('killed')
  })
  await expect(world.import(list)).rejects.toThrow('killed')
  world.prisma = prisma
  const loading = () => prisma.contact.count({ where: { status: 'loading' } })
  expect(await loading()).toBe(500)
  const { id } = await world.campaign()
  expect(await startCampaign(prisma, id, world.now, 'test')).toBe(false)
  await world.dialer().pass()
  expect(world.telephony.dialled).toEqual([])

  expect(await world.import(list)).toMatchObject({ good: 1_200, refused: [] })
  expect(await loading()).toBe(0)

  await prisma.$executeRaw`UPDATE "Contact" SET "status" = 'loading' WHERE "row" < 100`
  expect(await world.import('Телефон\n89161239999')).toMatchObject({ good: 1 })
  expect(await loading()).toBe(0)
  expect(await prisma.contact.count({ where: { row: { lt: 100 } } })).toBe(1)
})

test('killed half-way, and meanwhile one of the list must not be called: the same list is taken without him', async () => {
  const { prisma } = world
  const list = 'Телефон\n89161230001\n89161230002'
  world.prisma = interceptSql(prisma, (sql) => {
    if (sql.includes(`SET "status" = 'queued', "dueAt"`)) throw new Error('killed')
  })
  await expect(world.import(list)).rejects.toThrow('killed')
  world.prisma = prisma
  await addDoNotCall(prisma, ['+79161230002'], { source: 'by-hand', detail: null, at: world.now })
  expect(await world.import(list)).toMatchObject({ good: 1, refused: [{ row: 3, fault: 'do-not-call' }] })
  expect(await contacts()).toMatchObject([{ number: '+79161230001', status: 'queued' }])
})

test('two imports at once: the one that lost rows to the other queues nothing', async () => {
  const { prisma } = world
  world.prisma = interceptSql(prisma, async (sql) => {
    if (sql.includes(`SET "status" = 'queued', "dueAt"`))
      await prisma.$executeRaw`DELETE FROM "Contact" WHERE "row" = 2`
  })
  await expect(world.import('Телефон\n89161230001\n89161230002')).rejects.toThrow(ImportCollision)
  expect(await prisma.contact.count({ where: { status: 'queued' } })).toBe(0)
})
