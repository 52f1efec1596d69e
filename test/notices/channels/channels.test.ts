/** Webhook, Telegram and SMS against a real HTTP server, through the outbox. */
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest'
import type { Config } from '../../../src/config/schema.ts'
import { channelDelivery, type ChatMoves } from '../../../src/notices/channel-delivery.ts'
import { TelegramPace } from '../../../src/notices/channels/telegram-pace.ts'
import { addressAllowed, ask } from '../../../src/outgoing/ask.ts'
import { smsRequest, smsText } from '../../../src/notices/channels/sms.ts'
import type { Delivery } from '../../../src/notices/delivery.ts'
import { Lanes } from '../../../src/notices/lanes.ts'
import type { Stopwatch } from '../../../src/notices/pace.ts'
import { OutboxWorker } from '../../../src/notices/outbox-worker.ts'
import { withoutLinks } from '../../../src/notices/plain-words.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import type { OutboxNotice } from '../../../src/store/outbox.ts'
import { configOf } from '../../support/config-of.ts'
import { plainComposer } from '../support/composer.ts'
import { mailSettings, startOutboxRig } from '../support/outbox-rig.ts'
import { CALLED_AT, closedCase, failedCallback, missedCall } from '../support/samples.ts'

vi.setConfig({ testTimeout: 30_000 })

interface Asked {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}
let asked: Asked[] = []
let answer: RequestListener = (_request, response) => response.end('{}')
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { method = '', url = '', headers } = request
    asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
    answer(request, response)
  })
})
let port = 0
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
afterEach(() => {
  asked = []
  answer = (_request, response) => response.end('{}')
})
const says =
  (status: number, headers: Record<string, string> = {}, body = '{}'): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body)

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, yes').toString('base64')}`
const TOKEN = '123456:ABC-token'
const env = { HOOK: SECRET, BOT: TOKEN, SMS_KEY: 'k&y', BAD: 'whsec_%%%not-base64%%%' }

function company(sms = 'body: "key={{ secret }}&to={{ to }}&text={{ text }}"'): Config {
  const base = `http://127.0.0.1:${port}`
  return configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru } }
groups: { operators: { members: [anna] } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: busy }] }
channels:
  webhook:
    crm: { url: "${base}/hook", secret: { env: HOOK }, private: true, timeout: 1s }
    careful: { url: "${base}/hook", secret: { env: HOOK } }
    poor: { url: "${base}/hook", secret: { env: NOT_SET }, private: true }
    unsigned: { url: "${base}/hook", secret: { env: BAD }, private: true }
  telegram:
    sales: { chat: "-100", token: { env: BOT }, base: "${base}", private: true }
  sms: { url: "${base}/send", ${sms}, secret: { env: SMS_KEY }, private: true }
missed_calls: { mail: { to: [group, "webhook:crm", "sms:8 912 345-67-89"] } }
`)
}

const links = { take: 'https://pbx.example.ru/case/take/t', done: 'https://pbx.example.ru/case/done/t' }
function deliverer(
  config: Config,
  time?: Stopwatch,
  chats?: ChatMoves,
): (row: Partial<OutboxNotice>) => Promise<Delivery> {
  const writer = plainComposer(mailSettings(1), '/nowhere', { links: () => links })
  const parts = {
    config: () => config,
    configFolder: '/nowhere',
    env,
    writer,
    clock: Date,
    ...(time && { time }),
    ...(chats && { chats }),
  }
  const send = channelDelivery(parts)
  return (row) => {
    const notice: OutboxNotice = {
      id: 'n1',
      kind: 'missed',
      callId: 'c1',
      caseId: 'case-1',
      recipient: 'webhook:crm',
      language: 'ru',
      payload: JSON.stringify(missedCall()),
      threadKey: null,
      tries: 1,
      createdAt: CALLED_AT,
      ...row,
    }
    return send(notice, new AbortController().signal)
  }
}
const deliver = (row: Partial<OutboxNotice>, config = company()) => deliverer(config)(row)
const nothingListens = async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const free = (other.address() as AddressInfo).port
  await new Promise((resolve) => other.close(resolve))
  return free
}

describe('webhook', () => {
  it.each([
    ['missed', missedCall(), 'call.missed'],
    ['closed', closedCase(), 'case.closed'],
    ['callback-failed', failedCallback(), 'callback.failed'],
  ])('%s is signed, and the library of the standard says it is ours', async (kind, payload, type) => {
    expect(await deliver({ kind, payload: JSON.stringify(payload) })).toEqual({ kind: 'sent' })
    const [{ body, headers, method }] = asked as [Asked]
    expect(method).toBe('POST')
    const message = new Webhook(SECRET).verify(body, headers as Record<string, string>) as Record<string, unknown>
    expect(message).toMatchObject({ type, data: { callId: payload.callId, caller: payload.caller, caseId: 'case-1' } })
    expect(headers['webhook-id']).toBe('n1')
    expect(() => new Webhook(SECRET).verify(body.replace('79123456789', '79123456780'), headers as Record<string, string>)).toThrow('No matching signature found') // prettier-ignore
  })

  it.each<[number, Record<string, string>, object]>([
    [204, {}, { kind: 'sent' }],
    [301, { location: 'http://127.0.0.1:1/other' }, { kind: 'retry', blame: 'us', lasting: true }],
    [400, {}, { kind: 'retry', blame: 'notice' }],
    [401, {}, { kind: 'retry', blame: 'us', lasting: true }],
    [403, {}, { kind: 'retry', blame: 'us', lasting: true }],
    [404, {}, { kind: 'retry', blame: 'us', lasting: true }],
    [405, {}, { kind: 'retry', blame: 'us', lasting: true }],
    [408, {}, { kind: 'retry', blame: 'unreachable' }],
    [410, {}, { kind: 'retry', blame: 'us', lasting: true }],
    [413, {}, { kind: 'retry', blame: 'notice' }],
    [422, {}, { kind: 'retry', blame: 'notice' }],
    [429, { 'retry-after': '120' }, { kind: 'retry', blame: 'unreachable', afterMs: 120_000 }],
    [500, {}, { kind: 'retry', blame: 'server' }],
    [502, {}, { kind: 'retry', blame: 'unreachable' }],
    [503, { 'retry-after': '99999' }, { kind: 'retry', blame: 'unreachable', afterMs: 3_600_000 }],
  ])('%i %j', async (status, headers, expected) => {
    answer = says(status, headers)
    expect(await deliver({})).toMatchObject(expected)
    expect(asked).toHaveLength(1)
  })

  it('one that never answers is given up; one that sends without end is heard to its beginning', async () => {
    answer = () => {}
    expect(await deliver({})).toMatchObject({ kind: 'retry', why: 'no answer within 1000 ms' })
    answer = (_request, response) => void response.writeHead(200).write(Buffer.alloc(200_000))
    expect(await deliver({})).toEqual({ kind: 'sent' })
  })

  it('a private address is refused before a word is sent, unless it is allowed', async () => {
    expect(await deliver({ recipient: 'webhook:careful' })).toMatchObject({
      kind: 'retry',
      why: expect.stringContaining('not allowed'),
    })
    expect(asked).toEqual([])
  })

  it('a secret that is not there is said by name; the notice waits', async () => {
    expect(await deliver({ recipient: 'webhook:poor' })).toMatchObject({
      kind: 'retry',
      blame: 'us',
      lasting: true,
      why: expect.stringContaining('NOT_SET'),
    })
  })

  it('a secret that cannot sign is said, and not what it is; the notice waits', async () => {
    const result = await deliver({ recipient: 'webhook:unsigned' })
    expect(result).toMatchObject({ kind: 'retry', blame: 'us', lasting: true })
    expect(JSON.stringify(result)).not.toContain(env.BAD)
    expect(asked).toEqual([])
  })

  it('a channel that the configuration does not name any more: dead, not silent', async () => {
    expect(await deliver({ recipient: 'webhook:gone' })).toMatchObject({ kind: 'dead' })
  })
})

describe('telegram', () => {
  it('plain text with buttons', async () => {
    expect(await deliver({ recipient: 'telegram:sales' })).toEqual({ kind: 'sent' })
    const [{ url, body }] = asked as [Asked]
    expect(url).toBe(`/bot${TOKEN}/sendMessage`)
    const message = JSON.parse(body) as { text: string }
    expect(message).toMatchObject({
      chat_id: '-100',
      link_preview_options: { is_disabled: true },
      reply_markup: {
        inline_keyboard: [
          [
            { text: 'Беру', url: links.take },
            { text: 'Готово', url: links.done },
          ],
        ],
      },
    })
    expect(message).not.toHaveProperty('parse_mode')
    await expect(message.text).toMatchFileSnapshot('../snapshots/missed.ru.chat')
  })

  it.each([
    [429, '{"parameters":{"retry_after":30}}', { kind: 'retry', blame: 'unreachable', afterMs: 30_000 }],
    [401, '{"description":"Unauthorized"}', { kind: 'retry', blame: 'us', lasting: true }],
    [404, '{"description":"Not Found"}', { kind: 'retry', blame: 'us', lasting: true }],
    [403, '{"description":"Forbidden: bot was blocked by the user"}', { kind: 'retry', blame: 'us', lasting: true }],
    [403, '{"description":"Forbidden: bot was kicked from the supergroup chat"}', { kind: 'retry', blame: 'us' }],
    [403, '{"description":"Forbidden: user is deactivated"}', { kind: 'retry', blame: 'us' }],
    [400, '{"description":"Bad Request: chat not found"}', { kind: 'retry', blame: 'us', lasting: true }],
    [400, '{"description":"Bad Request: not enough rights to send text messages to the chat"}', { blame: 'us' }],
    [400, '{"description":"Bad Request: group chat was deactivated"}', { kind: 'retry', blame: 'us' }],
    [400, '{"description":"Bad Request: message text is empty"}', { kind: 'dead', refused: true }],
    [400, '{"description":"Bad Request: message is too long"}', { kind: 'dead', refused: true }],
    [500, 'no json', { kind: 'retry', blame: 'server' }],
    [502, '<html>Bad Gateway</html>', { kind: 'retry', blame: 'unreachable' }],
  ])('%i %s', async (status, body, expected) => {
    answer = says(status, {}, body)
    const result = await deliver({ recipient: 'telegram:sales' })
    expect(result).toMatchObject(expected)
    expect(JSON.stringify(result)).not.toContain(TOKEN)
  })

  it('a button whose address Telegram does not take is left out, and the words go', async () => {
    answer = (request, response) => {
      const withButtons = asked.at(-1)!.body.includes('reply_markup')
      says(withButtons ? 400 : 200, {}, '{"description":"Bad Request: BUTTON_URL_INVALID"}')(request, response)
    }
    expect(await deliver({ recipient: 'telegram:sales' })).toEqual({ kind: 'sent' })
    expect(asked).toHaveLength(2)
  })

  describe('a group that became a supergroup', () => {
    const MOVED = '{"ok":false,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890123}}' // prettier-ignore
    const moves = () => {
      const known = new Map<string, string>()
      const order: string[] = []
      const chats: ChatMoves = {
        movedTo: async (channel, from) => known.get(`${channel} ${from}`) ?? null,
        moved: async (channel, from, to) => {
          order.push(`kept ${to}`)
          known.set(`${channel} ${from}`, to)
        },
      }
      answer = (request, response) => {
        const { chat_id: chat } = JSON.parse(asked.at(-1)!.body) as { chat_id: string }
        order.push(`asked ${chat}`)
        says(chat === '-100' ? 400 : 200, {}, MOVED)(request, response)
      }
      return { chats, order }
    }

    it('is followed; the new number is kept before it is used, and used from then on', async () => {
      const { chats, order } = moves()
      const send = deliverer(company(), undefined, chats)
      expect(await send({ recipient: 'telegram:sales' })).toEqual({ kind: 'sent' })
      expect(order).toEqual(['asked -100', 'kept -1001234567890123', 'asked -1001234567890123'])
      expect(await send({ recipient: 'telegram:sales' })).toEqual({ kind: 'sent' })
      expect(order.slice(3)).toEqual(['asked -1001234567890123'])
    })

    it('that has moved on and on is not followed for ever', async () => {
      const { chats } = moves()
      answer = says(400, {}, MOVED)
      expect(await deliverer(company(), undefined, chats)({ recipient: 'telegram:sales' })).toMatchObject({
        kind: 'retry',
        blame: 'us',
      })
      expect(asked).toHaveLength(2)
    })
  })

  it('one a second into a chat, twenty a minute into a group, thirty a second from one bot, whatever they are called', async () => {
    const time = { at: 0, now: () => time.at, sleep: async (ms: number) => void (time.at += ms) }
    const pace = new TelegramPace(time)
    const signal = new AbortController().signal
    const took = async (chats: string[]) => {
      const began = time.at
      for (const chat of chats) await pace.turn('bot', chat, signal)
      return Math.round(time.at - began)
    }
    expect(await took(['1', '1', '1'])).toBe(2_000)
    time.at += 60_000
    expect(await took(Array<string>(21).fill('-100'))).toBe(60_000)
    time.at += 60_000
    expect(await took(Array.from({ length: 31 }, (_, n) => String(n + 10)))).toBe(1_000)
  })

  it('two notices that are due together go one after another', async () => {
    const time = { at: 0, now: () => time.at, sleep: async (ms: number) => void (time.at += ms) }
    const send = deliverer(company(), time)
    expect(await send({ id: 'n1', recipient: 'telegram:sales' })).toEqual({ kind: 'sent' })
    expect(await send({ id: 'n2', recipient: 'telegram:sales' })).toEqual({ kind: 'sent' })
    expect(time.at).toBe(3_000)
  })
})

describe('sms', () => {
  it('fills the form, everything encoded', async () => {
    expect(await deliver({ recipient: 'sms:+79123456789' })).toEqual({ kind: 'sent' })
    const [{ url, body, headers }] = asked as [Asked]
    expect(url).toBe('/send')
    expect(headers['content-type']).toContain('x-www-form-urlencoded')
    const form = new URLSearchParams(body)
    expect([...form.keys()]).toEqual(['key', 'to', 'text'])
    expect(form.get('key')).toBe('k&y')
    expect(form.get('to')).toBe('+79123456789')
    await expect(form.get('text')).toMatchFileSnapshot('../snapshots/missed.ru.sms')
  })

  it('JSON where the header says so', async () => {
    const json = `headers: { Content-Type: application/json, authorization: "Bearer {{ secret }}" }, body: '{"to":"{{ to }}","text":"{{ text }}"}'`
    const payload = missedCall({ caller: { number: '+79123456789', shown: '', name: '","to":"+7900' } })
    await deliver({ recipient: 'sms:+79123456789', payload: JSON.stringify(payload) }, company(json))
    const [{ body, headers }] = asked as [Asked]
    expect(Object.keys(JSON.parse(body) as object)).toEqual(['to', 'text'])
    expect(JSON.parse(body)).toMatchObject({ to: '+79123456789', text: expect.stringContaining('","to":"+7900') })
    expect(headers['authorization']).toBe('Bearer k&y')
  })

  it.each([
    [200, { kind: 'sent' }],
    [400, { kind: 'dead' }],
    [401, { kind: 'retry', blame: 'us', lasting: true }],
    [402, { kind: 'retry', blame: 'us', lasting: true }],
    [403, { kind: 'retry', blame: 'us', lasting: true }],
    [404, { kind: 'retry', blame: 'us', lasting: true }],
    [422, { kind: 'dead', refused: true }],
    [429, { kind: 'retry', blame: 'unreachable' }],
    [500, { kind: 'retry', blame: 'server' }],
    [502, { kind: 'retry', blame: 'unreachable' }],
  ])('%i', async (status, expected) => {
    answer = says(status, {}, 'echo k&y')
    const result = await deliver({ recipient: 'sms:+79123456789' })
    expect(result).toMatchObject(expected)
    expect(JSON.stringify(result)).not.toContain('k&y')
  })

  it('a template of the admin that is wrong is said, and the notice waits', async () => {
    const wrong = company('body: "{{ nobody.knows }}"')
    expect(await deliver({ recipient: 'sms:+79123456789' }, wrong)).toMatchObject({ kind: 'retry', blame: 'us' })
    expect(asked).toEqual([])
  })

  it('nobody listens: the gateway is to blame; silence in the middle: slowly', async () => {
    const dead = await nothingListens()
    const away = configOf(`
version: 1
company: { name: F, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: A, rings: PJSIP/101, email: anna@example.ru } }
groups: { operators: { members: [anna] } }
lines: { "+7 343 200-11-22": { name: L, flow: main } }
flows: { main: [{ ring: operators }, { hangup: busy }] }
channels: { sms: { url: "http://127.0.0.1:${dead}/", private: true } }
missed_calls: { mail: { to: [group] } }`)
    expect(await deliver({ recipient: 'sms:+7900' }, away)).toMatchObject({ kind: 'retry', blame: 'unreachable' })
    answer = (request) => request.socket.destroy()
    expect(await deliver({ recipient: 'sms:+7900' })).toMatchObject({ kind: 'retry', blame: 'fate-unknown' })
  })

  it('is cut to its length by characters, not by bytes', () => {
    expect(smsText('Пропущенный звонок', 10)).toBe('Пропущенн…')
    expect(smsText('😀'.repeat(5), 3)).toBe('😀😀…')
  })
})

/** Names and numbers as strangers send them. */
const HOSTILE = [
  '1\r\nBcc: victim@example.ru',
  '"><img src=x onerror=alert(1)>',
  '{{ secret }}{% raw %}',
  '\u202Egnp.exe\u2066\u200b',
  '&to=+7900&x=',
  '\u0000\u001b[31mred\u0007',
  'http://evil.com/x @admin /start evil.com',
  '\ud800 lone',
  '*bold* [a](http://b.c) <b>',
  'x'.repeat(5_000),
]
it.each(HOSTILE)('a caller called %j stays words in every channel', async (name) => {
  const payload = JSON.stringify(missedCall({ caller: { number: '+79123456789', shown: name, name } }))
  for (const recipient of ['webhook:crm', 'telegram:sales', 'sms:+79123456789'])
    expect(await deliver({ recipient, payload })).toEqual({ kind: 'sent' })
  const [hook, chat, sms] = asked as [Asked, Asked, Asked]
  const { data } = JSON.parse(hook.body) as { data: { caller: { name: string } } }
  const { text } = JSON.parse(chat.body) as { text: string }
  const form = new URLSearchParams(sms.body)
  expect([...form.keys()]).toEqual(['key', 'to', 'text'])
  expect(form.getAll('to')).toEqual(['+79123456789'])
  for (const words of [data.caller.name, text.replaceAll('\n', ''), form.get('text')!]) {
    expect(words).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b\ud800-\udfff]/u)
    expect(words).not.toContain('k&y')
  }
  for (const words of [text, form.get('text')!])
    expect(words).not.toMatch(/evil\.com|http:\/\/|(^|\s)[@/](admin|start)/)
  expect(text.split('\n').length).toBeLessThan(14)
  expect(Object.keys(hook.headers).filter((header) => /bcc|victim/i.test(header))).toEqual([])
})

test('what would become a link gets a gap, and words stay as they are', () => {
  expect(withoutLinks('evil.com http://a.b @you /start #tag')).toBe('evil. com http: / / a. b @ you / start # tag')
  expect(withoutLinks('Иван П. Петров, 14:05, +7 912 345-67-89; ждал 1 мин.')).toBe(
    'Иван П. Петров, 14:05, +7 912 345-67-89; ждал 1 мин.',
  )
})

test.each([
  ['127.0.0.1', false, true],
  ['10.1.2.3', false, true],
  ['172.31.0.1', false, true],
  ['192.168.1.1', false, true],
  ['100.64.0.1', false, true],
  ['169.254.169.254', false, false],
  ['0.0.0.0', false, false],
  ['::1', false, true],
  ['::ffff:127.0.0.1', false, true],
  ['::ffff:169.254.169.254', false, false],
  ['fd00::1', false, true],
  ['fe80::1', false, false],
  ['224.0.0.1', false, false],
  ['93.184.216.34', true, true],
  ['2606:2800:220:1::1', true, true],
])('%s is allowed %s, with `private` %s', (address, plain, priv) => {
  expect([addressAllowed(address, false), addressAllowed(address, true)]).toEqual([plain, priv])
})

test.each(['http://2130706433/', 'http://0x7f.1/', 'http://[::ffff:7f00:1]/', 'http://localhost/', 'http://127.1:80/'])(
  '%s is this machine in disguise',
  async (url) => {
    const request = { method: 'POST', url, headers: {}, body: null, timeoutMs: 2_000, allowPrivate: false }
    expect(await ask(request, new AbortController().signal)).toMatchObject({
      kind: 'failed',
      sent: false,
      why: expect.stringContaining('not allowed'),
    })
  },
)

test('a template cannot leave its place in the URL', () => {
  const { sms } = company('method: GET').channels
  const channel = { ...sms!, url: 'https://sms.example.ru/{{ to }}?text={{ text | raw }}' }
  const { url } = smsRequest(channel, { to: '../../@evil', text: 'a&b=c#d', secret: '' })
  expect(url).toBe('https://sms.example.ru/..%2F..%2F%40evil?text=a%26b%3Dc%23d')
})

test('a slow channel holds up nobody: each has its lane', async () => {
  await using rig = await startOutboxRig(mailSettings(1))
  await rig.write('slow', { recipient: 'webhook:crm', lane: 'webhook:crm' })
  await rig.write('quick', { recipient: 'telegram:sales', lane: 'telegram:sales' })
  await rig.write('orphan', { recipient: 'webhook:gone', lane: 'webhook:gone' })
  const sent: string[] = []
  let letGo = () => {}
  const held = new Promise<void>((resolve) => (letGo = resolve))
  const lanes = new Lanes({
    wanted: () => ['webhook:crm', 'telegram:sales'],
    unfinished: () => rig.outbox.unfinishedLanes(),
    log: silentLogger,
    make: (lane) =>
      new OutboxWorker({
        outbox: rig.outbox,
        lane,
        clock: rig.clock,
        log: silentLogger,
        deliver: async ({ id }) => {
          if (id === 'slow') await held
          sent.push(id)
          return id === 'orphan' ? { kind: 'dead', why: 'no such channel', refused: false } : { kind: 'sent' }
        },
      }),
  })
  await lanes.start()
  await vi.waitFor(async () => {
    expect((await rig.row('quick')).status).toBe('sent')
    expect((await rig.row('orphan')).status).toBe('dead')
  })
  expect(sent).not.toContain('slow')
  letGo()
  await vi.waitFor(async () => expect((await rig.row('slow')).status).toBe('sent'))
  await lanes.stop()
})
