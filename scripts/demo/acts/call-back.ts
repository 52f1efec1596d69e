/** Act 3: Anna is free, so the system rings her and then the caller who was lost. */
import { sleep } from '../../../src/runtime/abort.ts'
import { answers } from '../../rig/far-people.ts'
import type { ReceivedMail } from '../../rig/mail-server.ts'
import { housePrompt, nextCall, type Show, teller, who } from '../show.ts'

const RING_MS = 40_000
const MAIL_MS = 15_000

export async function callBack(show: Show, missed: ReceivedMail | null): Promise<void> {
  const { stage, company, says, signal } = show
  const { far, mail } = stage
  const { event, promise } = teller(show)
  const client = who(show, 'lost')
  const { number } = company.people.lost
  far.on('101', answers({ afterMs: 1_500 }))
  far.on(number, answers({ afterMs: 2_000 }))
  const operator = nextCall(far, '101', RING_MS)
  const called = nextCall(far, number, RING_MS + 30_000)

  await promise('callback-anna-rings', () => operator)
  await promise('callback-announced', async () => (await operator).hears(housePrompt(show, 'call-back-to')), client)
  await promise('callback-client-rings', async () => (await called).callerNumber === company.number, client)
  await promise('callback-both-hear', async () => {
    const [phone, leg] = await Promise.all([operator, called])
    await leg.answered()
    event('callback-answers', client)
    await sleep(300, signal)
    await phone.say(says.callingBack)
    await leg.hears(says.callingBack)
    await leg.say(says.glad)
    await phone.hears(says.glad)
    await leg.hangup()
    await phone.ended(5_000)
  })
  await promise('callback-closed', async () => {
    const closing = await mail.mail((one) => one !== missed && one.parsed.inReplyTo !== undefined, MAIL_MS)
    event('callback-mail', { subject: closing.parsed.subject ?? '' })
    show.narrator.quote((closing.parsed.text ?? '').split('\n\n').slice(0, 2).join('\n'))
    const thread = [closing.parsed.references ?? []].flat()
    return missed?.parsed.messageId !== undefined && thread.includes(missed.parsed.messageId)
  })
  await promise('callback-once', () => far.rung(number).length === 1, client)
}
