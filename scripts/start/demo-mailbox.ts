/** While no mail server is set: a real SMTP server on this machine, with a page to read what it was given. */
import type { Language } from '../../src/runtime/i18n.ts'
import { startMailServer } from '../rig/mail-server.ts'
import { startMailboxPage } from '../rig/mailbox-page.ts'
import type { Started } from './started.ts'

export interface DemoMailbox {
  /** Of the page. */
  url: string
  /** Settings of the daemon. */
  env: { PEREZVON_SMTP_URL: string; PEREZVON_MAIL_FROM: string }
}

export async function startDemoMailbox(language: Language, port: number, started: Started): Promise<DemoMailbox> {
  const server = started.keep(await startMailServer(), (one) => one.close())
  const page = started.keep(await startMailboxPage({ mails: server.mails, language, port }), (one) => one.close())
  return {
    url: page.url,
    env: {
      PEREZVON_SMTP_URL: `smtp://127.0.0.1:${server.port}?tls=none`,
      PEREZVON_MAIL_FROM: language === 'ru' ? 'perezvon@example.ru' : 'perezvon@example.com',
    },
  }
}
