/** What `perezvon mail …` says. */
import { defineMessages } from '../runtime/i18n.ts'

export const commandMessage = defineMessages({
  en: {
    'bad-kind':
      'There is no mail «{kind}»; there are missed, closed, callback-failed, escalation, digest, alarm, weekly',
    'bad-channel': 'There is no channel «{name}»; there are mail, telegram, sms, webhook',
    'mail-only': 'The weekly mail goes by mail only',
    'channel-sent': 'A sample was accepted for {address}',
    'bad-address': '«{address}» is not a mail address',
    'reached': '{host}:{port} can be reached and lets us in',
    'not-reached': '{host}:{port}: {why}',
    'test-sent': 'A sample was accepted for {address}: {response}',
    'test-refused': 'The sample was refused for {address}: {why}',
    'empty': 'The outbox is empty',
    'counts':
      '{pending, plural, =0 {nothing waits} one {# mail waits} other {# mails wait}}; {dead, plural, =0 {none is dead} one {# is dead} other {# are dead}}',
    'pending': 'waits until {time}',
    'sending': 'on its way',
    'sent': 'sent {time}',
    'dead': 'dead',
    'unconfirmed': 'may have arrived',
    'digested': 'told in the digest {digest}',
    'cancelled': 'not needed any more',
    'tries': '{tries, plural, one {# try} other {# tries}}',
    'retried': '{count, plural, =0 {No dead mail was found} one {# mail goes again} other {# mails go again}}',
  },
  ru: {
    'bad-kind': 'Письма «{kind}» нет; есть missed, closed, callback-failed, escalation, digest, alarm, weekly',
    'bad-channel': 'Канала «{name}» нет; есть mail, telegram, sms, webhook',
    'mail-only': 'Недельный отчёт бывает только письмом',
    'channel-sent': 'Проба для {address} принята',
    'bad-address': '«{address}» — не почтовый адрес',
    'reached': '{host}:{port} доступен и принимает нас',
    'not-reached': '{host}:{port}: {why}',
    'test-sent': 'Пробное письмо для {address} принято: {response}',
    'test-refused': 'Пробное письмо для {address} не принято: {why}',
    'empty': 'Исходящих писем нет',
    'counts':
      '{pending, plural, =0 {ничего не ждёт отправки} one {ждёт отправки # письмо} few {ждут отправки # письма} other {ждут отправки # писем}}; {dead, plural, =0 {недоставленных нет} one {не доставлено # письмо} few {не доставлено # письма} other {не доставлено # писем}}',
    'pending': 'ждёт до {time}',
    'sending': 'отправляется',
    'sent': 'отправлено {time}',
    'dead': 'не доставлено',
    'unconfirmed': 'могло прийти',
    'digested': 'собрано в письмо {digest}',
    'cancelled': 'больше не нужно',
    'tries': '{tries, plural, one {# попытка} few {# попытки} other {# попыток}}',
    'retried':
      '{count, plural, =0 {Недоставленных писем не нашлось} one {Снова отправляется # письмо} few {Снова отправляются # письма} other {Снова отправляются # писем}}',
  },
})
