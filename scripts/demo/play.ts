/** The demo: sets the stage, plays the acts, judges. Everything is thrown away afterwards. */
import { abortable } from '../../src/runtime/abort.ts'
import type { Language } from '../../src/runtime/i18n.ts'
import { spoken } from '../rig/sounds.ts'
import { answered } from './acts/answered.ts'
import { callBack } from './acts/call-back.ts'
import { campaign } from './acts/campaign.ts'
import { lost } from './acts/lost.ts'
import { demoCompany } from './company.ts'
import { demoMessage } from './messages.ts'
import { Narrator } from './narrator.ts'
import type { Show } from './show.ts'
import { setStage } from './stage.ts'

export interface DemoOptions {
  language: Language
  colour: boolean
  write: (text: string) => void
  /** Aborts when the audience leaves. */
  signal: AbortSignal
  /** After the last act everything stays up until the audience leaves: the mails can be read. */
  stays: boolean
}

/** True: every promise was kept. Rejects with the signal's reason, or when the stage could not be set. */
export async function playDemo(options: DemoOptions): Promise<boolean> {
  const { language, signal } = options
  const narrator = new Narrator(options)
  const company = demoCompany(language, Date.now())
  narrator.title(demoMessage(language, 'title', { company: company.name }))
  narrator.plain(demoMessage(language, 'intro'))
  const began = Date.now()
  const [says, prompts] = await Promise.all([speakAll(company.says, language), speakAll(company.prompts, language)])
  const stage = await setStage(company, prompts, language, signal)
  try {
    narrator.event(
      demoMessage(language, 'stage', { mailbox: stage.mailbox.url, seconds: Math.round((Date.now() - began) / 1000) }),
    )
    await playActs({ stage, company, narrator, says, signal })
    const kept = conclude(narrator)
    if (options.stays) {
      narrator.plain(`\n${demoMessage(language, 'next')}`)
      narrator.plain(demoMessage(language, 'stays', { url: stage.mailbox.url }))
      await untilAborted(signal)
    }
    return kept
  } finally {
    narrator.end()
    await stage.stop()
  }
}

async function playActs(show: Show): Promise<void> {
  const { narrator, stage, company } = show
  const title = (id: 'act-answered' | 'act-lost' | 'act-callback' | 'act-campaign') =>
    narrator.act(demoMessage(narrator.language, id))
  const acts = async () => {
    title('act-answered')
    await answered(show)
    title('act-lost')
    const mail = await lost(show)
    title('act-callback')
    await callBack(show, mail)
    title('act-campaign')
    await campaign(show)
  }
  try {
    await abortable(acts(), show.signal) // they wait in many places, and leaving must not wait for them
  } catch (error) {
    show.signal.throwIfAborted()
    await narrator.promise(demoMessage(narrator.language, 'to-the-end'), () => Promise.reject(error))
  }
  const digits = (text: string | undefined) => (text ?? '').replace(/\D/g, '')
  await narrator.promise(demoMessage(narrator.language, 'no-mail-for-answered'), () =>
    stage.mail.mails.every(({ parsed }) => !digits(parsed.text).includes(digits(company.people.answered.number))),
  )
  for (const failure of stage.far.failures)
    await narrator.promise(demoMessage(narrator.language, 'far-end'), () => Promise.reject(failure))
}

function conclude(narrator: Narrator): boolean {
  const { kept, outcomes, language } = narrator
  narrator.plain('')
  narrator.title(demoMessage(language, 'outcome', { kept, all: outcomes.length }))
  for (const { text, why } of outcomes) narrator.plain(why === null ? `  ✓ ${text}` : `  ✗ ${text}: ${why}`)
  return kept === outcomes.length
}

/** WAV files by the same names. */
async function speakAll<K extends string>(texts: Record<K, string>, language: Language): Promise<Record<K, string>> {
  const entries = await Promise.all(
    Object.entries<string>(texts).map(async ([name, text]) => [name, await spoken(text, { language })]),
  )
  return Object.fromEntries(entries) as Record<K, string>
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
