/**
 * The demo's mailbox: a page on loopback that shows what the demo's mail server has received.
 *
 * Server-rendered, without scripts or anything from outside. A mail's HTML is shown in a sandboxed frame under a policy that loads
 * nothing, because a caller chose part of its text.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ParsedMail } from 'mailparser'
import { defineMessages, type Language } from '../../src/runtime/i18n.ts'

/** What the page needs of a received mail; `MailServer.mails` of mail-server.ts fits. */
export interface ShownMail {
  at: Date
  /** Envelope. */
  to: readonly string[]
  parsed: Pick<ParsedMail, 'subject' | 'from' | 'html' | 'text' | 'headerLines' | 'attachments'>
}

export interface MailboxPage {
  url: string
  close(): Promise<void>
}

const t = defineMessages({
  en: {
    title: 'Demo mailbox',
    note: 'Mails that Perezvon sent to a real SMTP server on this machine.',
    empty: 'No mail yet. The page looks again every few seconds.',
    count: '{count, plural, one {# mail} other {# mails}}',
    to: 'To',
    from: 'From',
    text: 'Text',
    headers: 'Headers',
    back: 'All mails',
    missing: 'There is no such mail.',
    other: 'По-русски',
    attachment: 'Attachment: {name}, {size} kB',
  },
  ru: {
    title: 'Почтовый ящик демо',
    note: 'Письма, которые Perezvon отправил на настоящий SMTP-сервер этой машины.',
    empty: 'Писем пока нет. Страница проверяет каждые несколько секунд.',
    count: '{count, plural, one {# письмо} few {# письма} other {# писем}}',
    to: 'Кому',
    from: 'От',
    text: 'Текст',
    headers: 'Заголовки',
    back: 'Все письма',
    missing: 'Такого письма нет.',
    other: 'In English',
    attachment: 'Вложение: {name}, {size} КБ',
  },
})

/** `mails`: oldest first, read anew for every request. `language`: until the visitor chooses the other one. Any free port if missing. */
export async function startMailboxPage(options: {
  mails: readonly ShownMail[]
  language: Language
  port?: number
}): Promise<MailboxPage> {
  const server = createServer((request, response) => answer(request, response, options))
  await listen(server, options.port ?? 0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { mails, language: preset }: { mails: readonly ShownMail[]; language: Language },
): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const asked = url.searchParams.get('lang')
  const language = asked === 'ru' || asked === 'en' ? asked : preset
  const route = /^\/(?:(\d{1,6})(?:\/(html|attachment\/(\d{1,3})))?)?$/.exec(url.pathname)
  // a page of another site that found its way here by name must not read the mails
  const host = request.headers.host?.replace(/:\d+$/, '')
  if (request.method !== 'GET' || !route || (host !== '127.0.0.1' && host !== 'localhost')) {
    return send(response, 404, page(language, t(language, 'title'), `<p>${t(language, 'missing')}</p>`, '/'))
  }
  const [, number, part, attachment] = route
  if (number === undefined) return send(response, 200, listPage(mails, language))
  const mail = mails[Number(number) - 1]
  if (!mail) return send(response, 404, page(language, t(language, 'title'), back(language, 'missing'), '/'))
  if (part === undefined) return send(response, 200, mailPage(mail, number, language))
  if (part === 'html') return sendHtmlPart(response, mail)
  sendAttachment(response, mail, Number(attachment), language)
}

const BASE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'"

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    ...common,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `${BASE_POLICY}; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'`,
  })
  response.end(body)
}

const common = { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store' }

/** `sandbox` here as well: the address may be opened without the frame. */
function sendHtmlPart(response: ServerResponse, mail: ShownMail): void {
  response.writeHead(200, {
    ...common,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `${BASE_POLICY}; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox`,
  })
  response.end(mail.parsed.html || '')
}

function sendAttachment(response: ServerResponse, mail: ShownMail, index: number, language: Language): void {
  const attachment = mail.parsed.attachments[index]
  if (!attachment) return send(response, 404, page(language, t(language, 'title'), back(language, 'missing'), '/'))
  const name = attachment.filename ?? `attachment-${index + 1}`
  response.writeHead(200, {
    ...common,
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"; filename*=UTF-8''${encodeName(name)}`,
    'Content-Security-Policy': `${BASE_POLICY}; sandbox`,
  })
  response.end(attachment.content)
}

/** RFC 8187: what encodeURIComponent leaves and a header parameter may not hold. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

function listPage(mails: readonly ShownMail[], language: Language): string {
  const rows = mails.map(({ parsed, to, at }, index) => {
    const files = parsed.attachments.map(({ filename }) => filename ?? '').filter(Boolean)
    const details = [to.join(', '), clock(at, language), ...files].join(' · ')
    return `<li><a href="/${index + 1}?lang=${language}"><b>${escape(parsed.subject ?? '—')}</b>
<span>${preheader(parsed.html || '')}</span><small>${escape(details)}</small></a></li>`
  })
  const list =
    mails.length > 0 ? `<ol>${rows.toReversed().join('')}</ol>` : `<p class="empty">${t(language, 'empty')}</p>`
  const count = mails.length > 0 ? ` <small>${t(language, 'count', { count: mails.length })}</small>` : ''
  const body = `<h1>${t(language, 'title')}${count}</h1><p class="note">${t(language, 'note')}</p>${list}`
  return page(language, t(language, 'title'), body, '/', '<meta http-equiv="refresh" content="3">')
}

/** What a mailbox shows beside the subject: the hidden line at the head of the HTML, escaped as it stands there. */
function preheader(html: string): string {
  return /<div style="display:none[^>]*>([^<]*)</.exec(html)?.[1] ?? ''
}

function mailPage(mail: ShownMail, number: string, language: Language): string {
  const { parsed, to, at } = mail
  const attachments = parsed.attachments.map(({ filename, size }, index) => {
    const label = t(language, 'attachment', { name: filename ?? String(index + 1), size: Math.ceil(size / 1024) })
    return `<p class="attachment"><a href="/${number}/attachment/${index}" download>${escape(label)}</a></p>`
  })
  const headers = parsed.headerLines.map(({ line }) => escape(line)).join('\n')
  const frame = `<iframe sandbox src="/${number}/html" title="HTML"></iframe>`
  const body = `<p><a href="/?lang=${language}">← ${t(language, 'back')}</a></p>
<h1>${escape(parsed.subject ?? '—')}</h1>
<p class="note">${t(language, 'from')}: ${escape(parsed.from?.text ?? '')}<br>${t(language, 'to')}: ${escape(to.join(', '))}<br>${clock(at, language)}</p>
${attachments.join('')}${parsed.html ? frame : ''}
<details${parsed.html ? '' : ' open'}><summary>${t(language, 'text')}</summary><pre>${escape(parsed.text ?? '')}</pre></details>
<details><summary>${t(language, 'headers')}</summary><pre>${headers}</pre></details>`
  return page(language, parsed.subject ?? '—', body, `/${number}`)
}

function back(language: Language, id: 'missing'): string {
  return `<p>${t(language, id)}</p><p><a href="/?lang=${language}">← ${t(language, 'back')}</a></p>`
}

function clock(at: Date, language: Language): string {
  return at.toLocaleTimeString(language, { hour12: false })
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function page(language: Language, title: string, body: string, path: string, head = ''): string {
  const other = language === 'ru' ? 'en' : 'ru'
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${head}
<title>${escape(title)}</title><style>${STYLE}</style></head>
<body><header><b>DEMO</b><a href="${path}?lang=${other}" lang="${other}">${t(language, 'other')}</a></header><main>${body}</main></body></html>`
}

const STYLE = `
:root { color-scheme: light dark; --page: #f2f4f6; --card: #fff; --ink: #1f2328; --weak: #59636e; --line: #dfe3e8; --link: #0b5cad }
@media (prefers-color-scheme: dark) {
  :root { --page: #16181c; --card: #212429; --ink: #f1f3f5; --weak: #a5adb8; --line: #3a3f47; --link: #7cb8ff }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.45 system-ui, sans-serif }
header { display: flex; justify-content: space-between; padding: 6px 16px; background: #ffd33d; color: #1f2328 }
header a { color: inherit }
main { max-width: 720px; margin: 0 auto; padding: 12px }
h1 { font-size: 1.25rem; line-height: 1.3; margin: 8px 0; overflow-wrap: anywhere }
h1 small, .note, li small { color: var(--weak); font-weight: 400; font-size: .85rem }
a { color: var(--link) }
ol { list-style: none; margin: 12px 0; padding: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden }
li + li { border-top: 1px solid var(--line) }
li a { display: block; padding: 12px 16px; background: var(--card); color: inherit; text-decoration: none; overflow-wrap: anywhere }
li a:hover, li a:focus-visible { outline: 2px solid var(--link); outline-offset: -2px }
li span { display: block; color: var(--weak); font-size: .9rem; margin: 2px 0 }
.empty { padding: 32px 16px; text-align: center; color: var(--weak) }
iframe { width: 100%; height: 680px; border: 1px solid var(--line); border-radius: 8px; background: var(--card) }
details { margin-top: 12px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 16px }
summary { cursor: pointer }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem }
`
