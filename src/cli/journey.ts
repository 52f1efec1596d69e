/** The path of a call in words, a line for each step that a person wants to know of. */
import type { StepRow } from '../model/call-outcome.ts'
import { formatPhone } from '../model/phone-number.ts'
import { defineMessages, type Language } from '../runtime/i18n.ts'

const say = defineMessages({
  en: {
    'arrived': 'rang {did}',
    'played': 'heard {sounds}',
    'sound-failed': 'should have heard {sounds}, but the sound was missing',
    'menu': 'heard the menu',
    'key': 'pressed {key}{label}',
    'silence': 'pressed nothing',
    'wrong-key': 'pressed {key}, which the menu does not have',
    'closed': 'was told that we are closed ({hours})',
    'ring': 'waited for {name}',
    'rung': '{name}: {result}, {seconds} s',
    'lookup': 'was told something that he had asked for',
    'talk-recorded': 'was put through with a recording',
    'talk': 'talked with {name} for {seconds} s',
    'transfer': 'was transferred by {name} to {to}',
    'transfer.back': 'came back: the colleague whom {name} had called did not answer',
    'transferred': 'was passed on with the phone, and stayed on the line for {seconds} s more',
    'fax': 'was a fax machine',
    'linked': 'rang again before this call was decided: see call {to}',
    'voicemail': 'reached the answerphone',
    'recorded': 'left a message of {seconds} s',
    'offer': 'was offered a call-back',
    'callback-asked': 'asked to be called on {number}',
    'fallback': 'was put through without Perezvon ({why})',
    'circle': 'was refused: the same call came {times} times in a circle',
    'hung-up.caller': 'hung up',
    'hung-up.us': 'we hung up',
    'hung-up.unknown': 'the call ended',
    'recovered': 'Perezvon was started anew and took the call over',
  },
  ru: {
    'arrived': 'набрал {did}',
    'played': 'прослушал {sounds}',
    'sound-failed': 'должен был услышать {sounds}, но звука не было',
    'menu': 'услышал меню',
    'key': 'нажал {key}{label}',
    'silence': 'ничего не нажал',
    'wrong-key': 'нажал {key}, такого пункта нет',
    'closed': 'услышал, что мы закрыты ({hours})',
    'ring': 'ждал ответа: {name}',
    'rung': '{name}: {result}, {seconds} с',
    'lookup': 'слушал справку',
    'talk-recorded': 'соединён, разговор записывается',
    'talk': 'поговорил: {name}, {seconds} с',
    'transfer': '{name}: звонок переведён на {to}',
    'transfer.back': 'вернулся: коллега, которому звонил сотрудник ({name}), не ответил',
    'transferred': 'его перевели с телефона, и он оставался на линии ещё {seconds} с',
    'fax': 'звонил факс',
    'linked': 'сразу перезвонил: смотрите звонок {to}',
    'voicemail': 'попал на автоответчик',
    'recorded': 'оставил сообщение, {seconds} с',
    'offer': 'услышал предложение перезвонить',
    'callback-asked': 'попросил перезвонить на {number}',
    'fallback': 'соединялся без Perezvon ({why})',
    'circle': 'отклонён: один и тот же вызов пришёл по кругу, раз: {times}',
    'hung-up.caller': 'положил трубку',
    'hung-up.us': 'мы завершили звонок',
    'hung-up.unknown': 'звонок завершился',
    'recovered': 'Perezvon запустился заново и подхватил звонок',
  },
})

/** Null: a step that tells a reader nothing. */
export function stepInWords(step: StepRow, language: Language): string | null {
  switch (step.kind) {
    case 'arrived':
      return say(language, 'arrived', { did: step.did })
    case 'played':
    case 'sound-failed':
      return say(language, step.kind, { sounds: step.sounds.join(', ') })
    case 'key':
      return say(language, 'key', { key: step.key, label: step.label ? ` (${step.label})` : '' })
    case 'wrong-key':
      return say(language, 'wrong-key', { key: step.key })
    case 'menu':
    case 'silence':
    case 'voicemail':
    case 'lookup':
    case 'offer':
    case 'talk-recorded':
    case 'fax':
    case 'recovered':
      return say(language, step.kind)
    case 'closed':
      return say(language, 'closed', { hours: step.hours })
    case 'ring':
      return say(language, 'ring', { name: step.name })
    case 'rung':
      return say(language, 'rung', { name: step.name, result: step.result, seconds: seconds(step.ms) })
    case 'talk':
      return say(language, 'talk', { name: step.name, seconds: seconds(step.ms) })
    case 'transfer':
      return say(language, step.to ? 'transfer' : 'transfer.back', { name: step.name, to: formatPhone(step.to) })
    case 'transferred':
      return say(language, 'transferred', { seconds: seconds(step.ms) })
    case 'linked':
      return say(language, 'linked', { to: step.to })
    case 'recorded':
      return say(language, 'recorded', { seconds: seconds(step.ms) })
    case 'callback-asked':
      return say(language, 'callback-asked', { number: formatPhone(step.number) })
    case 'fallback':
      if (step.why === 'loop') return say(language, 'circle', { times: step.times ?? 0 })
      return say(language, 'fallback', { why: step.why })
    case 'hung-up':
      return say(language, `hung-up.${step.by}`)
    default:
      return null
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1000)
}
