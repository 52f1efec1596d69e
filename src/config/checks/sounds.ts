import { basename, dirname, join } from 'node:path'
import type { Language } from '../../runtime/i18n.ts'
import { namesIn } from '../files-below.ts'
import type { Path } from '../problem.ts'
import { isWhisperWord } from '../sections/people.ts'
import { allSteps } from '../walk-steps.ts'
import type { CheckInput } from './report.ts'

/** What Asterisk plays when a sound is named without suffix (`core show file formats`). */
const suffixes = ['wav', 'wav16', 'WAV', 'wav49', 'gsm', 'g722', 'ulaw', 'ul', 'mu', 'pcm', 'alaw', 'al', 'sln', 'slin', 'raw', 'sln16', 'ogg', 'opus'] // prettier-ignore

/** Every prompt that is named has a sound, or a text from which one can be made; every music has something to play. */
export function checkSounds({ config, folder, promptTexts, elsewhere, report }: CheckInput): void {
  const { language } = config.company
  const seen = new Set<string>()
  const listed = new Map<string, Set<string>>()
  const exists = (path: string) => {
    const at = dirname(path)
    const names = listed.get(at) ?? new Set(namesIn(at))
    listed.set(at, names)
    return suffixes.some((suffix) => names.has(`${basename(path)}.${suffix}`))
  }
  const need = (sound: string | undefined, path: Path) => {
    if (sound === undefined || seen.has(sound)) return
    seen.add(sound)
    const recorded = [sound, inLanguage(sound, language)].some((name) => exists(join(folder, name)))
    if (recorded || (elsewhere.made && exists(join(elsewhere.made, language, sound)))) return
    const text = Object.hasOwn(promptTexts, sound) ? promptTexts[sound]?.[language] : undefined
    const canBeMade = text || elsewhere.own?.includes(sound)
    report(canBeMade ? 'prompt-not-made' : 'missing-prompt', path, { values: { sound } })
  }
  const [message] = [...allSteps(config)].filter(({ step }) => step.kind === 'voicemail')
  if (message && elsewhere.mp3 === false) report('no-mp3-encoder', [...message.path, 'voicemail'], {}, 'key')
  for (const { step, path } of allSteps(config)) {
    if (step.kind === 'play') {
      const list = step.skip === undefined ? ['play'] : ['play', 'sound']
      step.play.forEach((sound, i) => need(sound, [...path, ...list, i]))
    }
    if (step.kind === 'say')
      step.say.forEach((spoken, i) => typeof spoken === 'string' && need(spoken, [...path, 'say', i]))
    if (step.kind === 'menu') {
      step.menu.play.forEach((sound, i) => need(sound, [...path, 'menu', 'play', i]))
      need(step.menu.wrong_prompt, [...path, 'menu', 'wrong_prompt'])
    }
    if (step.kind === 'announce_recording') need(step.announce_recording, [...path, 'announce_recording'])
    if (step.kind === 'voicemail') need(step.voicemail.play, [...path, 'voicemail', 'play'])
    if (step.kind === 'offer_callback') need(step.offer_callback.play, [...path, 'offer_callback', 'play'])
    if (step.kind === 'ring') need(step.ring.offer_callback?.play, [...path, 'ring', 'offer_callback', 'play'])
    if (step.kind === 'opt_out' && step.opt_out !== true) need(step.opt_out, [...path, 'opt_out'])
  }
  for (const [name, { opt_out }] of Object.entries(config.campaigns))
    need(opt_out.confirm, ['campaigns', name, 'opt_out', 'confirm'])
  for (const [name, { whisper }] of Object.entries(config.groups))
    if (!isWhisperWord(whisper)) need(whisper, ['groups', name, 'whisper'])
  for (const [name, { files, slogans }] of Object.entries(config.music)) {
    slogans?.forEach((sound, i) => need(sound, ['music', name, 'slogans', i]))
    const hasMusic = namesIn(join(folder, files)).some((file) => suffixes.some((suffix) => file.endsWith(`.${suffix}`)))
    if (!hasMusic) report('music-missing', ['music', name, 'files'], { values: { folder: files } })
  }
}

/** Asterisk's own convention: `prompts/greeting` -> `prompts/ru/greeting`. */
function inLanguage(sound: string, language: Language): string {
  const slash = sound.lastIndexOf('/')
  return `${sound.slice(0, slash + 1)}${language}/${sound.slice(slash + 1)}`
}
