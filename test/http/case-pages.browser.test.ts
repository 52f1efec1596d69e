/** The pages behind the buttons of a mail as a browser without scripts uses them: it opens, presses, presses twice, goes back and reloads. */
import { Browser, type IFetchInterceptor } from 'happy-dom'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { CasePagesHouse, NOW } from '../support/case-pages-house.ts'

vi.setConfig({ testTimeout: 60_000 })

/** What a stranger may call himself. */
const NAME = '<img src=x onerror=alert(1)>"\'</title><script>alert(2)</script>'

let house: CasePagesHouse
let browser: Browser
beforeAll(async () => void (house = await CasePagesHouse.open()))
afterAll(() => house.close())
beforeEach(async () => {
  await house.lose(NAME)
  const settings = { enableJavaScriptEvaluation: false, disableCSSFileLoading: true, fetch: { interceptor } }
  browser = new Browser({ settings })
})
afterEach(() => browser.close())

/** A form without `enctype` goes urlencoded from every browser, and as multipart from happy-dom. */
const interceptor: IFetchInterceptor = {
  async beforeAsyncRequest({ request, window }) {
    if (request.method !== 'POST') return undefined
    const fields = [...(await request.formData())].map(([name, value]): [string, string] => [name, String(value)])
    const headers = { 'sec-fetch-site': 'same-origin' }
    const reply = await fetch(request.url, { method: 'POST', body: new URLSearchParams(fields), headers })
    return new window.Response(await reply.text(), { status: reply.status, headers: { 'content-type': 'text/html' } })
  },
}

const tokenFor: CasePagesHouse['tokenFor'] = (...of) => house.tokenFor(...of)
const address = (deed: string, token: string) => `${house.url}/case/${deed}/${token}`
const theCase = () => house.prisma.case.findUniqueOrThrow({ where: { id: house.caseId } })

async function open(deed: 'take' | 'done', token: string) {
  const page = browser.newPage()
  await page.goto(address(deed, token))
  await page.waitUntilComplete()
  const document = () => page.mainFrame.document
  return {
    text: () => document().body.textContent.replace(/\s+/g, ' ').trim(),
    title: () => document().title,
    count: (what: string) => document().querySelectorAll(what).length,
    write: (note: string) => {
      document().querySelector('textarea')!.value = note
    },
    /** As often as he presses before the page has changed. */
    press: async (times = 1) => {
      const button = document().querySelector('button')!
      for (let i = 0; i < times; i++) button.click()
      await page.waitUntilComplete()
    },
    reload: async () => {
      await page.goto(address(deed, token))
      await page.waitUntilComplete()
    },
  }
}

const words = {
  'anna@example.ru': { who: 'anna', take: 'Звонок за вами', mine: 'за вами', done: 'Закрыто', closed: 'закрыт' },
  'john@example.ru': { who: 'john', take: 'It is yours', mine: 'taken by you', done: 'Closed', closed: 'closed' },
} as const

describe.each(Object.entries(words))('%s', (recipient, said) => {
  it('opens the page, presses the button once, and sees that it is his', async () => {
    const page = await open('take', tokenFor(recipient))
    expect(await theCase()).toMatchObject({ takenBy: null })
    await page.press()
    expect(page.text()).toContain(said.take)
    expect(await theCase()).toMatchObject({ takenBy: said.who, closedAt: null })
    await page.reload()
    expect(page.text()).toContain(said.mine)
    expect(page.count('form')).toBe(0)
  })

  it('presses twice: it is his, and the page says so', async () => {
    const page = await open('take', tokenFor(recipient))
    await page.press(2)
    expect(page.text()).toContain(said.take)
    expect(await theCase()).toMatchObject({ takenBy: said.who })
  })

  it('writes a note and closes it, pressing twice; once is noted', async () => {
    const page = await open('done', tokenFor(recipient))
    page.write('договорились <b>на завтра</b>')
    await page.press(2)
    expect(page.text().toLowerCase()).toContain(said.closed)
    expect(await theCase()).toMatchObject({
      closedHow: 'by-hand',
      closedBy: said.who,
      note: 'договорились <b>на завтра</b>',
    })
    await page.reload()
    expect(page.text()).toContain(said.closed)
    expect(page.count('form, a[href^=tel]')).toBe(0)
  })

  it('a name that wants to be markup is a text', async () => {
    for (const deed of ['take', 'done'] as const) {
      const page = await open(deed, tokenFor(recipient))
      expect(page.title()).toContain('<script>alert(2)</script>')
      expect(page.text()).toContain('<img src=x onerror=alert(1)>')
      expect(page.count('img, script, [onerror], [onclick], style')).toBe(0)
      expect(page.count('form')).toBe(1)
      expect(page.count('button')).toBe(1)
    }
  })

  it('an old or a forged link shows a sentence, and nothing to press', async () => {
    const [body, mac] = tokenFor(recipient).split('.') as [string, string]
    const forged = `${body}.${mac.slice(0, -3)}AAA`
    for (const token of [forged, tokenFor(recipient, NOW - 1_000)]) {
      const page = await open('take', token)
      expect(page.text()).toMatch(/\S/)
      expect(page.text()).not.toMatch(/912|alert/)
      expect(page.count('form, button, a')).toBe(0)
    }
    expect(await theCase()).toMatchObject({ takenBy: null, closedAt: null })
  })
})

it('two people press at the same moment: one has it, the other is told who', async () => {
  const [anna, john] = [
    await open('take', tokenFor('anna@example.ru')),
    await open('take', tokenFor('john@example.ru')),
  ]
  await Promise.all([anna.press(), john.press()])
  const { takenBy } = await theCase()
  const told = [anna.text().includes('Звонок за вами'), john.text().includes('It is yours')]
  expect(told.filter(Boolean)).toHaveLength(1)
  expect(takenBy).toBe(told[0] ? 'anna' : 'john')
})

it.each([
  ['HEAD', 'GoogleImageProxy'],
  ['GET', 'Mozilla/5.0 (compatible; Microsoft Office Outlook SafeLinks)'],
  ['GET', 'Barracuda Sentinel (EE)'],
  ['OPTIONS', 'curl/8'],
])('a scanner that follows links by %s as %s changes nothing', async (method, agent) => {
  for (const deed of ['take', 'done'])
    for (let i = 0; i < 3; i++)
      await fetch(address(deed, tokenFor('anna@example.ru')), {
        method,
        headers: { 'user-agent': agent, 'purpose': 'prefetch', 'sec-purpose': 'prefetch' },
      })
  expect(await theCase()).toMatchObject({ takenBy: null, closedAt: null, note: null })
})
