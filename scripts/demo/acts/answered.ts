/** Act 1: a caller reaches a person. */
import { join } from 'node:path'
import { answers } from '../../rig/far-people.ts'
import { MUSIC } from '../stage.ts'
import { nextCall, prompt, type Show, teller, who } from '../show.ts'

/** How long Anna lets it ring: long enough for the caller to hear the music. */
const RINGS_MS = 3_000

export async function answered(show: Show): Promise<void> {
  const { stage, company, says } = show
  const { event, promise } = teller(show)
  const caller = who(show, 'answered')
  stage.far.on('101', answers({ afterMs: RINGS_MS, says: says.answer }))
  const ringing = nextCall(stage.far, '101')

  event('answered-dials', caller)
  const leg = await stage.far.call(company.number, company.people.answered)
  await promise('answered-greeting', () => leg.hears(prompt(show, 'greeting')))
  event('answered-presses', caller)
  await leg.press('1')
  await promise('answered-music', () => leg.hears(join(stage.configFolder, 'music', MUSIC), { upTo: 1.5 }))
  await promise('answered-shown', async () => (await ringing).callerNumber === company.people.answered.number, caller)
  await promise('answered-both-hear', async () => {
    const phone = await ringing
    await leg.hears(says.answer)
    await leg.say(says.question)
    await phone.hears(says.question)
  })
  event('answered-hangs-up', caller)
  await leg.hangup()
  await promise('answered-free', async () => (await ringing).ended(3_000))
}
