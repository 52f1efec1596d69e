/** What Perezvon itself says. A text of the same name in prompts/index.yaml, or a recording, replaces it. */
import type { Language } from '../runtime/i18n.ts'

type Text = Record<Language, string>

/** By name, without the folder `prompts/perezvon/`. */
const texts = {
  'accept-call': {
    ru: 'Звонок с рабочей линии. Чтобы ответить, нажмите один.',
    en: 'A call from the company line. To answer, press one.',
  },
  'call-back-to': { ru: 'Перезваниваем клиенту. Его номер:', en: 'Calling a customer back. The number is:' },
  'offer-call-back': {
    ru: 'Чтобы не ждать, нажмите один: мы перезвоним вам, и ваша очередь сохранится.',
    en: 'If you would rather not wait, press one: we will call you back, and you keep your place.',
  },
  'your-place': { ru: 'Ваше место в очереди:', en: 'Your place in the line is' },
  'you-are-next': { ru: 'Вы следующий в очереди.', en: 'You are next in the line.' },
  'waiting-offer': {
    ru: 'Чтобы не ждать, а мы вам перезвонили и ваша очередь сохранилась, нажмите',
    en: 'To be called back instead, and keep your place, press',
  },
  'call-back-number': { ru: 'Перезвоним на номер', en: 'We will call' },
  'call-back-confirm': {
    ru: 'Верно — один, другой номер — два.',
    en: 'If that is right press one, for another number two.',
  },
  'call-back-enter': {
    ru: 'Наберите номер с кодом и нажмите решётку.',
    en: 'Dial the number with its area code, then the hash key.',
  },
  'call-back-bad-number': { ru: 'На этот номер мы позвонить не можем.', en: 'We cannot call that number.' },
  'call-back-promised': { ru: 'Хорошо, мы перезвоним. До свидания!', en: 'Very well, we will call you. Goodbye!' },
  'call-back-when': { ru: 'Он звонил в', en: 'He called at' },
  'call-back-line': { ru: 'На линию', en: 'On the line' },
  'call-back-asked': { ru: 'Он просил перезвонить.', en: 'He asked to be called back.' },
  'call-back-keys': {
    ru: 'Соединяем. Два — позже, три — не соединять, четыре — вопрос решён.',
    en: 'Connecting. Two: later. Three: do not connect. Four: it is settled.',
  },
  'call-back-why': {
    ru: 'Почему? Один — пусть ответит коллега, два — звонить не нужно, три — сейчас не могу.',
    en: 'Why? One: a colleague should answer. Two: no call is needed. Three: I cannot now.',
  },
  'call-back-machine': { ru: 'Там автоответчик. Попробуем позже.', en: 'It was a machine. We will try later.' },
  'call-back-sorry': {
    ru: 'Извините, сотрудник только что отошёл. Мы перезвоним вам ещё раз.',
    en: 'We are sorry, our colleague has just left. We will call you once more.',
  },
  'call-back-unknown': { ru: 'Перезваниваем клиенту.', en: 'Calling a customer back.' },
  'call-back-from-us': {
    ru: 'Здравствуйте! Вы звонили нам, а мы не успели ответить. Соединяем с сотрудником.',
    en: 'Hello! You called us and we did not answer in time. We are connecting you now.',
  },
  'call-back-ended': { ru: 'Клиент не ответил.', en: 'The customer did not answer.' },
  'call-back-busy': { ru: 'У клиента занято.', en: 'The customer’s line is busy.' },
  'call-back-rejected': { ru: 'Клиент отклонил звонок.', en: 'The customer declined the call.' },
  'call-back-unreachable': {
    ru: 'Телефон клиента выключен или вне сети.',
    en: 'The customer’s phone is switched off or out of reach.',
  },
  'call-back-unallocated': { ru: 'Такого номера нет.', en: 'That number does not exist.' },
  'call-back-forwarded': {
    ru: 'У клиента переадресация, соединить не удалось.',
    en: 'The customer’s phone is forwarded, and the call could not be connected.',
  },
  'call-back-no-line': { ru: 'Нет свободной линии.', en: 'There is no free line.' },
  'wrong-key': { ru: 'Такого пункта нет.', en: 'There is no such choice.' },
  'leave-message': {
    ru: 'Пожалуйста, оставьте сообщение после сигнала.',
    en: 'Please leave a message after the tone.',
  },
  'opted-out': { ru: 'Хорошо. Больше мы вам звонить не будем.', en: 'Very well. We will not call you again.' },
  'operator-in': { ru: 'Вы на смене.', en: 'You are signed in.' },
  'operator-out': { ru: 'Смена закончена.', en: 'You are signed out.' },
  'operator-paused': { ru: 'Перерыв.', en: 'You are paused.' },
  'operator-dnd': { ru: 'Не беспокоить.', en: 'Do not disturb.' },
  'meeting-on': { ru: 'Вы на встрече.', en: 'You are in a meeting.' },
  'meeting-off': { ru: 'Встреча закончена.', en: 'Your meeting is over.' },
  'sorry': {
    ru: 'Извините, сейчас никто не может ответить. Мы обязательно вам перезвоним.',
    en: 'Sorry, nobody can answer right now. We will call you back.',
  },
} satisfies Record<string, Text>

export type HousePrompt = `prompts/perezvon/${keyof typeof texts}`

export const housePrompts: Readonly<Record<string, Text>> = Object.fromEntries(
  Object.entries(texts).map(([name, text]) => [`prompts/perezvon/${name}`, text]),
)
