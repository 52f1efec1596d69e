import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { caseLinks, linkSecret, readCaseKey } from '../../src/notices/case-links.ts'
import { takeCase } from '../../src/store/cases.ts'
import { CasePagesHouse, DAY, NOW, SECRET } from '../support/case-pages-house.ts'

vi.setConfig({ testTimeout: 30_000 })

let house: CasePagesHouse
beforeAll(async () => void (house = await CasePagesHouse.open()))
afterAll(() => house.close())
beforeEach(() => house.lose('Иван <img src=x onerror=alert(1)>'))

const tokenFor: CasePagesHouse['tokenFor'] = (...of) => house.tokenFor(...of)
const ask = (path: string, init: RequestInit = {}) => fetch(`${house.url}/case/${path}`, init)
const press = (path: string, body = '', headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } })
const theCase = () => house.prisma.case.findUniqueOrThrow({ where: { id: house.caseId } })

describe('I take it', () => {
  it('GET shows who called and asks; it changes nothing, however often a scanner comes', async () => {
    for (let i = 0; i < 3; i++) {
      const reply = await ask(`take/${tokenFor()}`)
      expect(reply.status).toBe(200)
      const html = await reply.text()
      expect(html).toContain('<html lang="ru">')
      expect(html).toContain('Иван &lt;img src=x onerror=alert(1)&gt; +7 912 345-67-89')
      expect(html).toContain('Главный &lt;b&gt;')
      expect(html).toContain('14:05')
      expect(html).toContain('href="tel:+79123456789"')
      expect(html.match(/<form method="post">/g)).toHaveLength(1)
      expect(html).toContain('<button type="submit">Беру</button>')
      expect(html).not.toMatch(/<img|<script|style=|\son\w+="/)
    }
    expect(await theCase()).toMatchObject({ takenBy: null, closedAt: null })
  })

  it('its button takes the case for the person whose mailbox it is; a second one is told', async () => {
    const reply = await press(`take/${tokenFor()}`)
    expect(reply.status).toBe(200)
    expect(await reply.text()).toContain('Звонок за вами')
    expect(await theCase()).toMatchObject({ takenBy: 'anna', takenAt: new Date(NOW) })
    const late = await press(`take/${tokenFor('john@example.ru')}`)
    expect(late.status).toBe(409)
    const html = await late.text()
    expect(html).toContain('Somebody was quicker')
    expect(html).toContain('taken by Анна')
    expect(await theCase()).toMatchObject({ takenBy: 'anna' })
    expect(await (await ask(`take/${tokenFor()}`)).text()).not.toContain('<form')
  })

  it('a thousand fingers at once: one takes it', async () => {
    const fingers = Array.from({ length: 20 }, (_, i) => press(`take/${tokenFor(`p${i}@example.ru`)}`))
    const replies = await Promise.all(fingers)
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
  })
})

describe('done', () => {
  it('closes with a note, cleaned; the second time it is closed already', async () => {
    await takeCase(house.prisma, house.caseId, 'john', NOW)
    expect(await (await ask(`done/${tokenFor()}`)).text()).toContain('взял(а) John')
    const note = encodeURIComponent('договорились \u202e\r\nна завтра')
    expect((await press(`done/${tokenFor()}`, `note=${note}`)).status).toBe(200)
    expect(await theCase()).toMatchObject({
      closedHow: 'by-hand',
      closedBy: 'anna',
      note: 'договорились на завтра',
      openKey: null,
    })
    expect((await press(`done/${tokenFor('john@example.ru')}`)).status).toBe(409)
    const after = await (await ask(`done/${tokenFor()}`)).text()
    expect(after).toContain('закрыт')
    expect(after).not.toMatch(/<form|tel:/)
    // and who had been told of it will be told of its end, once
    expect(await house.prisma.closing.count({ where: { caseId: house.caseId } })).toBe(1)
  })

  it.each(['note=a&note=b', 'note[x]=1', '', `note=${'x'.repeat(5_000)}`])('takes %j without harm', async (body) => {
    expect((await press(`done/${tokenFor()}`, body)).status).toBe(200)
    expect(((await theCase()).note ?? '').length).toBeLessThanOrEqual(500)
  })
})

describe('without a valid link', () => {
  const forged = () => {
    const [body, mac] = tokenFor().split('.') as [string, string]
    const other = Buffer.from(JSON.stringify([house.caseId, 'evil@example.ru', NOW / 1000 + 1e6])).toString('base64url')
    return [`${other}.${mac}`, `${body}.`, body, `${body}.${mac.slice(0, -2)}AA`, `${body}.${mac}.x`, 'x', '..%2f..', 'a'.repeat(3_000)] // prettier-ignore
  }
  it('nothing is told and nothing done, whatever was forged', async () => {
    for (const token of forged())
      for (const reply of [await ask(`take/${token}`), await press(`take/${token}`), await press(`done/${token}`)]) {
        expect([token, reply.status]).toEqual([token, 404])
        expect(await reply.text()).not.toMatch(/Иван|79123456789|912 345|Главный/)
      }
    expect(await theCase()).toMatchObject({ takenBy: null, closedAt: null })
  })

  it('one that is too old says so, and no more', async () => {
    const reply = await ask(`take/${tokenFor('anna@example.ru', NOW - 1_000)}`)
    expect(reply.status).toBe(410)
    expect(await reply.text()).not.toMatch(/Иван|912 345/)
    expect((await press(`done/${tokenFor('anna@example.ru', NOW - 1_000)}`)).status).toBe(410)
  })

  it('a form of another site is not heard', async () => {
    expect((await press(`take/${tokenFor()}`, '', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect(await theCase()).toMatchObject({ takenBy: null })
  })

  it.each(['put', 'delete', 'patch'])('%s is no way in', async (method) => {
    expect((await ask(`take/${tokenFor()}`, { method: method.toUpperCase() })).status).toBe(404)
  })
})

it('every answer bears the headers, errors included', async () => {
  for (const reply of [
    await ask(`take/${tokenFor()}`),
    await ask('take/x'),
    await press('done/x'),
    await ask('style.css'),
  ]) {
    const csp = reply.headers.get('content-security-policy')
    expect(csp).toBe(
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff')
    expect(reply.headers.get('referrer-policy')).toBe('no-referrer')
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(reply.headers.get('x-powered-by')).toBeNull()
  }
})

describe('links', () => {
  const row = { id: 'n', kind: 'missed', callId: 'c', caseId: 'case-9', recipient: 'anna@example.ru', language: 'ru', payload: '{}', threadKey: null, tries: 1, createdAt: NOW } // prettier-ignore

  it('are the same for the same row, and open what they were signed for, for seven days', () => {
    const links = caseLinks('https://pbx.example.ru/perezvon/', SECRET)
    const { take } = links(row)!
    expect(links(row)!.take).toBe(take)
    expect(take).toMatch(/^https:\/\/pbx\.example\.ru\/perezvon\/case\/take\/[\w.-]+$/)
    const token = take.split('/').at(-1)!
    expect(readCaseKey(token, SECRET, NOW + 7 * DAY - 1_000)).toMatchObject({
      caseId: 'case-9',
      recipient: row.recipient,
    })
    expect(readCaseKey(token, SECRET, NOW + 7 * DAY)).toBe('expired')
    expect(readCaseKey(token, `${SECRET}x`, NOW)).toBe('invalid')
  })

  it.each([
    ['without a public address', null, {}],
    ['without a case', 'https://a.b', { caseId: null }],
    ['where nothing is left to do', 'https://a.b', { kind: 'closed' }],
    ['for programs', 'https://a.b', { recipient: 'webhook:crm' }],
  ])('none %s', (_name, url, change) => {
    expect(caseLinks(url, SECRET)({ ...row, ...change })).toBeNull()
  })
})

test('the secret is made once, for its owner alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'perezvon-secret-'))
  const made = linkSecret(folder, null)
  expect(made.length).toBeGreaterThanOrEqual(43)
  expect(linkSecret(folder, null)).toBe(made)
  expect(statSync(join(folder, 'link-secret')).mode & 0o777).toBe(0o600)
  expect(linkSecret(folder, SECRET)).toBe(SECRET)
  rmSync(folder, { recursive: true })
})
