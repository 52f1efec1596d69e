import { defineMessages } from '../runtime/i18n.ts'

const en = {
  'missing': 'is not set',
  'both': 'is set together with {text}: keep one of them',
  'file-unreadable': 'the file {text} cannot be read',
  'not-a-choice': '“{text}” is not one of the choices, see docs/configuration.md',
  'not-one-line': 'holds line breaks or control characters',
  'not-a-url': '“{text}” is not an address of the right kind',
  'credentials-in-url': 'user and password do not belong into the address: PEREZVON_ARI_USER, PEREZVON_ARI_PASSWORD',
  'not-a-number': '“{text}” is not a number in the allowed range',
  'not-a-name': '“{text}” is not a name: letters, digits, - and _',
  'not-a-mail-address': '“{text}” is not a mail address',
  'not-a-key': 'is no private key (PEM)',
  'too-short': 'is shorter than 32 characters',
  'not-an-address': '“{text}” is not host:port',
  'unknown': 'no such setting',
  'did-you-mean': '; did you mean {word}?',
}
export type SettingProblemId = Exclude<keyof typeof en, 'did-you-mean'>

const ru: Record<keyof typeof en, string> = {
  'missing': 'не задано',
  'both': 'задано вместе с {text}: оставьте что-то одно',
  'file-unreadable': 'не удаётся прочитать файл {text}',
  'not-a-choice': '«{text}» — нет такого варианта, см. docs/configuration.md',
  'not-one-line': 'содержит переводы строки или управляющие знаки',
  'not-a-url': '«{text}» — не адрес нужного вида',
  'credentials-in-url': 'имени и паролю не место в адресе: PEREZVON_ARI_USER, PEREZVON_ARI_PASSWORD',
  'not-a-number': '«{text}» — не число в допустимых пределах',
  'not-a-name': '«{text}» — не имя: латинские буквы, цифры, - и _',
  'not-a-mail-address': '«{text}» — не адрес почты',
  'not-a-key': 'не похоже на закрытый ключ (PEM)',
  'too-short': 'короче 32 знаков',
  'not-an-address': '«{text}» — не host:port',
  'unknown': 'нет такой настройки',
  'did-you-mean': '; может быть, {word}?',
}

export const settingText = defineMessages<keyof typeof en>({ en, ru })
