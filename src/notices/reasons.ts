/** Why a call was missed, as a sentence for the person who reads the mail. Complete by type: a new code without a sentence does not compile. */
import { defineMessages, type Language } from '../runtime/i18n.ts'
import type { IgnoreReason, ReasonCode, ReasonDetail } from '../model/call-outcome.ts'
import { formatPhone } from '../model/phone-number.ts'
import { readableSpan } from './wording.ts'

/** `reasonSentence('ru', 'all_busy')` */
export const reasonSentence = defineMessages<ReasonCode>({
  en: {
    hangup_greeting: 'Hung up during the greeting',
    hangup_menu: 'Hung up in the menu, before reaching anybody',
    no_input: 'Pressed nothing in the menu',
    invalid_input: 'Pressed keys that the menu does not have',
    lookup_hangup: 'Hung up while waiting for information',
    callback_requested: 'Asked to be called back',
    queue_abandon: 'Did not wait for an answer and hung up',
    queue_timeout: 'Waited, but nobody took the call in time',
    all_busy: 'Everybody was on another call',
    none_online: 'Nobody was there: no phone was connected',
    ring_no_answer: 'The phones rang, but nobody answered',
    operator_rejected: 'The call was declined on the phone that rang',
    mobile_not_accepted: 'A mobile picked up, but the call was not accepted on it',
    phone_forwarded: 'The phone that should ring forwards its calls elsewhere, which is not followed',
    transfer_unanswered: 'Was transferred by an operator, and nobody took the call',
    after_hours: 'Called outside working hours',
    voicemail_left: 'Left a voice message',
    voicemail_empty: 'Reached the answerphone, but said nothing',
    congestion: 'The call could not be connected: no free phone line',
    looping:
      'Calls of this caller came in a circle, dozens within seconds, and were refused: look where the number is forwarded to',
    trunk_lost: 'The connection to the caller was lost',
    restored: 'Called while Perezvon was not running, and was not answered',
    other: 'Nobody spoke with the caller',
  },
  ru: {
    hangup_greeting: 'Положил трубку во время приветствия',
    hangup_menu: 'Положил трубку в меню, ни до кого не дозвонившись',
    no_input: 'Ничего не нажал в меню',
    invalid_input: 'Нажимал клавиши, которых в меню нет',
    lookup_hangup: 'Положил трубку, пока ждал справку',
    callback_requested: 'По просьбе: просил перезвонить',
    queue_abandon: 'Не дождался ответа и положил трубку',
    queue_timeout: 'Ждал, но за отведённое время никто не ответил',
    all_busy: 'Все разговаривали по другим звонкам',
    none_online: 'Никого не было на месте: ни один телефон не подключён',
    ring_no_answer: 'Телефоны звонили, но никто не взял трубку',
    operator_rejected: 'Звонок отклонили на телефоне сотрудника',
    mobile_not_accepted: 'Мобильный ответил, но звонок на нём не приняли',
    phone_forwarded: 'На телефоне сотрудника включена переадресация, по ней мы не звоним',
    transfer_unanswered: 'Звонок перевели, но трубку никто не взял',
    after_hours: 'Позвонил в нерабочее время',
    voicemail_left: 'Оставил голосовое сообщение',
    voicemail_empty: 'Дошёл до автоответчика, но ничего не сказал',
    congestion: 'Звонок не удалось соединить: не было свободной линии',
    looping:
      'Звонки этого абонента шли по кругу, десятками за секунды, и не принимались: проверьте, куда переадресован номер',
    trunk_lost: 'Связь со звонившим прервалась',
    restored: 'Звонил, пока Perezvon не работал, и не получил ответа',
    other: 'Со звонившим никто не поговорил',
  },
})

/** The same with what is known of it: which menu and keys, how long, at which place, whose phones. `detail` null: the plain sentence. */
export function reasonText(language: Language, reason: ReasonCode, detail: ReasonDetail | null | undefined): string {
  if (!detail) return reasonSentence(language, reason)
  const { keys, people, position, transfer, waitMs } = detail
  const say = (id: DetailedReason) =>
    detailed(language, id, {
      keys: keys.join(', '),
      people: people.join(', '),
      position: position ?? 0,
      by: transfer?.by ?? '',
      to: transfer ? formatPhone(transfer.to) : '',
      wait: readableSpan(waitMs, language),
    })
  switch (reason) {
    case 'hangup_menu':
    case 'invalid_input':
      return keys.length > 0 ? say(reason) : reasonSentence(language, reason)
    case 'queue_abandon':
      return say(position === null ? 'queue_abandon' : 'queue_abandon_place')
    case 'queue_timeout':
      return say(reason)
    case 'transfer_unanswered':
      if (!transfer?.by) return reasonSentence(language, reason)
      return say(transfer.to ? 'transfer_unanswered_to' : reason)
    case 'ring_no_answer':
    case 'operator_rejected':
    case 'mobile_not_accepted':
    case 'phone_forwarded':
    case 'all_busy':
    case 'none_online':
      return people.length > 0 ? say(reason) : reasonSentence(language, reason)
    default:
      return reasonSentence(language, reason)
  }
}

type DetailedReason =
  | 'hangup_menu'
  | 'invalid_input'
  | 'queue_abandon'
  | 'queue_abandon_place'
  | 'queue_timeout'
  | 'ring_no_answer'
  | 'operator_rejected'
  | 'mobile_not_accepted'
  | 'phone_forwarded'
  | 'transfer_unanswered'
  | 'transfer_unanswered_to'
  | 'all_busy'
  | 'none_online'

const detailed = defineMessages<DetailedReason>({
  en: {
    hangup_menu: 'Hung up in the menu after pressing {keys}, before reaching anybody',
    invalid_input: 'Pressed keys that the menu does not have: {keys}',
    queue_abandon: 'Waited {wait}, did not get an answer and hung up',
    queue_abandon_place: 'Waited {wait}, was number {position} in the line, and hung up',
    queue_timeout: 'Waited {wait}, but nobody became free in time',
    ring_no_answer: 'The phones rang ({people}), but nobody answered',
    operator_rejected: 'The call was declined on the phone that rang ({people})',
    mobile_not_accepted: 'A mobile picked up ({people}), but the call was not accepted on it',
    phone_forwarded: 'The phone that should ring ({people}) forwards its calls elsewhere, which is not followed',
    transfer_unanswered: '{by} transferred the call; nobody took it, and the caller left after {wait}',
    transfer_unanswered_to: '{by} transferred the call to {to}; nobody took it, and the caller left after {wait}',
    all_busy: 'Everybody was on another call ({people})',
    none_online: 'Nobody was there: no phone was connected ({people})',
  },
  ru: {
    hangup_menu: 'Положил трубку в меню, ни до кого не дозвонившись. Нажимал: {keys}',
    invalid_input: 'Нажимал клавиши, которых в меню нет: {keys}',
    queue_abandon: 'Ждал {wait}, ответа не дождался и положил трубку',
    queue_abandon_place: 'Ждал {wait}, был в очереди {position}-м и положил трубку',
    queue_timeout: 'Ждал {wait}, но за это время никто не освободился',
    ring_no_answer: 'Телефоны звонили ({people}), но никто не взял трубку',
    operator_rejected: 'Звонок отклонили на телефоне сотрудника ({people})',
    mobile_not_accepted: 'Мобильный ответил ({people}), но звонок на нём не приняли',
    phone_forwarded: 'На телефоне сотрудника ({people}) включена переадресация, по ней мы не звоним',
    transfer_unanswered: '{by}: звонок переведён, но трубку никто не взял, и через {wait} звонивший отключился',
    transfer_unanswered_to:
      '{by}: звонок переведён на {to}, но трубку никто не взял, и через {wait} звонивший отключился',
    all_busy: 'Все разговаривали по другим звонкам ({people})',
    none_online: 'Никого не было на месте: ни один телефон не подключён ({people})',
  },
})

/** Why nobody was told of a call, for who reads the records. */
export const ignoredSentence = defineMessages<IgnoreReason>({
  en: {
    linked: 'The caller rang again at once; that call tells for both',
    fax: 'A fax machine called',
    own_number: 'One of our own numbers called: forwarding in a circle',
    own_call: 'We had called this person ourselves',
    blocked: 'This number is not reported',
    internal: 'A call from a phone of the house',
    announcement: 'Heard the announcement to its end and hung up',
    short: 'Hung up at once',
  },
  ru: {
    linked: 'Звонивший сразу перезвонил; о нём сказано в следующем звонке',
    fax: 'Звонил факс',
    own_number: 'Звонил наш собственный номер: переадресация по кругу',
    own_call: 'Этому человеку звонили мы сами',
    blocked: 'О звонках с этого номера не сообщаем',
    internal: 'Внутренний звонок с нашего телефона',
    announcement: 'Дослушал объявление и положил трубку',
    short: 'Сразу положил трубку',
  },
})
