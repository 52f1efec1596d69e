/** Act 2: a caller hangs up in the menu. Nobody in the house has noticed him, but a mail has. */
import type { ReceivedMail } from '../../rig/mail-server.ts'
import { prompt, type Show, teller, who } from '../show.ts'

const MAIL_MS = 15_000

/** Resolves with the mail about him; null when there was none. */
export async function lost(show: Show): Promise<ReceivedMail | null> {
  const { stage, company, narrator } = show
  const { event, promise } = teller(show)
  const caller = who(show, 'lost')
  event('lost-dials', caller)
  const leg = await stage.far.call(company.number, company.people.lost)
  await promise('lost-menu', () => leg.hears(prompt(show, 'menu'), { upTo: 1.5 }))
  event('lost-hangs-up', caller)
  await leg.hangup()
  const left = Date.now()

  let mail: ReceivedMail | null = null
  await promise(
    'lost-mail',
    async () => {
      mail = await stage.mail.mail((one) => one.parsed.subject?.includes(caller.number) ?? false, MAIL_MS)
    },
    caller,
  )
  if (!mail) return null
  const { at, to, parsed }: ReceivedMail = mail
  event('lost-mail-came', { seconds: Math.max(1, Math.round((at.getTime() - left) / 1000)), to: to.join(', ') })
  narrator.quote(`${parsed.subject ?? ''}\n\n${parsed.text ?? ''}`)
  event('lost-mail-page', { url: `${stage.mailbox.url}${stage.mail.mails.indexOf(mail) + 1}` })
  await promise('lost-says-why', () => /(в меню|in the menu)/i.test(parsed.text ?? ''))
  return mail
}
