/** The words of `scripts/up`. */

export const en = {
  'usage': `./scripts/up [options]

Starts an Asterisk, Perezvon and, while no mail server is set, a demo mailbox. Ctrl-C ends all of it.

  --demo             simulated people show what it does, on throw-away data; your configuration is not touched
  --demo --once      the same without waiting at the end; exit code 0 if every promise was kept
  --no-demo          do not begin with the demo when nothing was configured yet
  --lang ru|en       language of what is said here and of the sample configuration
  --listen ADDRESS   where phones reach Asterisk (127.0.0.1: this machine only; 0.0.0.0: all of its networks)
  --asterisk PATH    an Asterisk 22 that is installed here: its program, or a folder filled by scripts/get-asterisk
  --ari URL          an Asterisk that runs already, http://127.0.0.1:8088; nothing but Perezvon is started
  --ari-user NAME    its ARI user (perezvon); the password comes from PEREZVON_ARI_PASSWORD or …_FILE
  --config FOLDER    the configuration (config)
  --data FOLDER      database, voicemail, what was generated (.perezvon)
  --env FILE         settings, a PEREZVON_…=… on each line (.perezvon/env)`,
  'usage-error': '{text}\nTry ./scripts/up --help',
  'first-time': 'Nothing is configured here yet, so first a demonstration. Your own system starts after it.',
  'first-time-skip': 'Enter skips it.',
  'demo-skipped': 'The demonstration was skipped.',
  'demo-failed': 'Not every promise of the demonstration was kept: see ✗ above.',
  'sample-written': 'Wrote a sample configuration to {folder}. It is yours now: edit it, keep it in git.',
  'speaking': 'Speaking the prompts that have no recording (once, some seconds)…',
  'spoken': 'Spoke {count, plural, one {# prompt} other {# prompts}}.',
  'speech-failed': 'The prompt {prompt} could not be spoken: {why}',
  'asterisk-missing': 'Here is no Asterisk that could be started: {why}',
  'asterisk-other-version':
    'This Asterisk is {version}. Perezvon is tested with 22.10.1; older ones of 22 have known holes.',
  'asterisk-starting': 'Starting Asterisk {version}…',
  'asterisk-failed': 'Asterisk did not start:\n{why}',
  'asterisk-again': 'Asterisk ended by itself. Starting it again in {seconds} s; its log: {log}',
  'asterisk-given-up': 'Asterisk ended by itself too often. Its log: {log}',
  'port-taken': 'Port {usual} is taken, using {port} for {what}.',
  'already': 'This data folder is in use already: {why}',
  'daemon-failed': 'Perezvon did not start (exit code {code}):\n{why}',
  'daemon-not-ready': 'Perezvon runs, but cannot do all of its job yet: {why}',
  'daemon-again': 'Perezvon ended by itself (exit code {code}). Starting it again in {seconds} s; its log: {log}',
  'daemon-given-up': 'Perezvon ended by itself (exit code {code}) and is not started again. Its log: {log}',
  'trunks-unused':
    'config/asterisk/trunks.conf is not used while mails end in the demo mailbox: set PEREZVON_SMTP_URL and PEREZVON_MAIL_FROM.',
  'running': 'Perezvon {version} is running for {company}.',
  'name-config': 'Config',
  'name-data': 'Data',
  'name-health': 'Health',
  'name-mail': 'Mail',
  'row-asterisk': '{version}, SIP on {sip} (UDP)',
  'row-config':
    '{file}: {lines, plural, one {# number} other {# numbers}}, {flows, plural, one {# flow} other {# flows}}, {people, plural, one {# person} other {# people}}. A saved change takes effect at once',
  'row-mail': 'by the mail server of PEREZVON_SMTP_URL',
  'row-mailbox': '{url}  DEMO: no mail server is set, so mails end here and nothing is dialled to the outside',
  'softphone': 'Call it with a softphone (Linphone, MicroSIP, Zoiper and the like; SIP over UDP), server {sip}:',
  'row-user': 'user {extension}',
  'row-password': 'password {password}   {person}',
  'dial': '  and dial {digits}   {number}, “{name}”',
  'from-network': 'For a phone in your network, start with --listen {address}: then that is its server.',
  'next': 'Next:',
  'next-status': 'is all well?',
  'next-check': 'after an edit: every error with its line',
  'next-missed': 'who called and was not spoken with yet',
  'next-prompts': 'what callers hear; record your own with “prompts add”',
  'next-campaign': 'calls by list',
  'next-demo': 'a minute and a half of what it does',
  'ctrl-c': 'Ctrl-C ends everything. Below: what happens.',
  'new-phones': 'The configuration has changed, and Asterisk knows it:',
  'site-updated': 'Asterisk has taken over: {files}',
  'site-failed': 'Asterisk could not be told of the new configuration: {why}',
  'ending': 'Ending: calls that are in progress may end first (10 s at most; Ctrl-C again does not wait)…',
  'ended': 'Everything has ended.',
  'elsewhere-mail':
    'An Asterisk of your own takes real calls, so mails need a real mail server: set PEREZVON_SMTP_URL and PEREZVON_MAIL_FROM (docs/mail.md).',
  'elsewhere-intro': 'Your Asterisk at {url} needs the following once. Files to copy lie in {folder}.',
  'elsewhere-copy': '1. Copy the files (as root, on its machine):',
  'elsewhere-paste': '{n}. {file}:',
  'elsewhere-sounds':
    '{n}. Asterisk plays files: its user, mostly `asterisk`, must be able to read these, and to enter the folders above them (package acl; as root):',
  'elsewhere-reload': '{n}. Take it over (calls in progress go on):',
  'elsewhere-more': 'Where your trunks and phones hand calls over, and FreePBX: docs/asterisk.md.',
}
export type UpMessage = keyof typeof en

export const ru: Record<UpMessage, string> = {
  'usage': `./scripts/up [параметры]

Запускает Asterisk, Perezvon и, пока не указан почтовый сервер, почтовый ящик для пробы. Ctrl-C завершает всё.

  --demo             воображаемые люди показывают, что система умеет; данные одноразовые, ваши настройки не затронуты
  --demo --once      то же, но без ожидания в конце; код выхода 0, если все обещания выполнены
  --no-demo          не начинать с показа, когда ещё ничего не настроено
  --lang ru|en       язык сообщений и примера настроек
  --listen АДРЕС     где телефоны находят Asterisk (127.0.0.1: только эта машина; 0.0.0.0: все её сети)
  --asterisk ПУТЬ    установленный здесь Asterisk 22: программа или папка, которую заполнил scripts/get-asterisk
  --ari URL          уже работающий Asterisk, http://127.0.0.1:8088; запускается только Perezvon
  --ari-user ИМЯ     его пользователь ARI (perezvon); пароль берётся из PEREZVON_ARI_PASSWORD или …_FILE
  --config ПАПКА     настройки (config)
  --data ПАПКА       база, голосовая почта, созданные пароли (.perezvon)
  --env ФАЙЛ         установки, PEREZVON_…=… в каждой строке (.perezvon/env)`,
  'usage-error': '{text}\nПодсказка: ./scripts/up --help',
  'first-time': 'Здесь ещё ничего не настроено, поэтому сначала показ. После него запустится ваша собственная система.',
  'first-time-skip': 'Enter пропускает показ.',
  'demo-skipped': 'Показ пропущен.',
  'demo-failed': 'Во время показа выполнено не всё обещанное: см. ✗ выше.',
  'sample-written': 'Пример настроек записан в {folder}. Теперь он ваш: правьте, храните в git.',
  'speaking': 'Озвучиваем фразы, для которых нет записи (один раз, несколько секунд)…',
  'spoken': '{count, plural, one {Озвучена # фраза} few {Озвучено # фразы} other {Озвучено # фраз}}.',
  'speech-failed': 'Фразу {prompt} озвучить не удалось: {why}',
  'asterisk-missing': 'Здесь нет Asterisk, который можно запустить: {why}',
  'asterisk-other-version':
    'Версия этого Asterisk: {version}. Perezvon проверен с 22.10.1; в более старых 22 есть известные уязвимости.',
  'asterisk-starting': 'Запускаем Asterisk {version}…',
  'asterisk-failed': 'Asterisk не запустился:\n{why}',
  'asterisk-again': 'Asterisk завершился сам. Запустим снова через {seconds} с; журнал: {log}',
  'asterisk-given-up': 'Asterisk слишком часто завершается сам. Журнал: {log}',
  'port-taken': 'Порт {usual} занят, для {what} взят {port}.',
  'already': 'Эта папка данных уже используется: {why}',
  'daemon-failed': 'Perezvon не запустился (код выхода {code}):\n{why}',
  'daemon-not-ready': 'Perezvon работает, но пока может не всё: {why}',
  'daemon-again': 'Perezvon завершился сам (код выхода {code}). Запустим снова через {seconds} с; журнал: {log}',
  'daemon-given-up': 'Perezvon завершился сам (код выхода {code}), больше его не запускаем. Журнал: {log}',
  'trunks-unused':
    'Файл config/asterisk/trunks.conf не используется, пока письма остаются в пробном ящике: задайте PEREZVON_SMTP_URL и PEREZVON_MAIL_FROM.',
  'running': 'Perezvon {version} работает для компании «{company}».',
  'name-config': 'Настройки',
  'name-data': 'Данные',
  'name-health': 'Состояние',
  'name-mail': 'Почта',
  'row-asterisk': '{version}, SIP на {sip} (UDP)',
  'row-config':
    '{file}: {lines, plural, one {# номер} few {# номера} other {# номеров}}, {flows, plural, one {# сценарий} few {# сценария} other {# сценариев}}, {people, plural, one {# сотрудник} few {# сотрудника} other {# сотрудников}}. Сохранённая правка действует сразу',
  'row-mail': 'через почтовый сервер из PEREZVON_SMTP_URL',
  'row-mailbox': '{url}  DEMO: почтовый сервер не указан, поэтому письма остаются здесь, а наружу никто не звонит',
  'softphone':
    'Позвонить можно с программного телефона (Linphone, MicroSIP, Zoiper и другие; SIP по UDP), сервер {sip}:',
  'row-user': 'логин {extension}',
  'row-password': 'пароль {password}   {person}',
  'dial': '  и наберите {digits}   {number}, «{name}»',
  'from-network': 'Для телефона в вашей сети запустите с --listen {address}: это и будет его сервер.',
  'next': 'Дальше:',
  'next-status': 'всё ли в порядке',
  'next-check': 'после правки: все ошибки с номерами строк',
  'next-missed': 'кто звонил и ещё ни с кем не поговорил',
  'next-prompts': 'что слышат звонящие; своя запись: «prompts add»',
  'next-campaign': 'обзвон по списку',
  'next-demo': 'полторы минуты о том, что умеет система',
  'ctrl-c': 'Ctrl-C завершает всё. Ниже: что происходит.',
  'new-phones': 'Настройки изменились, Asterisk об этом знает:',
  'site-updated': 'Asterisk принял новое: {files}',
  'site-failed': 'Не удалось передать Asterisk новые настройки: {why}',
  'ending': 'Завершаем: начатые звонки могут закончиться (не дольше 10 с; повторный Ctrl-C не ждёт)…',
  'ended': 'Всё завершено.',
  'elsewhere-mail':
    'Ваш собственный Asterisk принимает настоящие звонки, поэтому письмам нужен настоящий сервер: задайте PEREZVON_SMTP_URL и PEREZVON_MAIL_FROM (docs/mail.md).',
  'elsewhere-intro':
    'Вашему Asterisk по адресу {url} один раз понадобится следующее. Файлы для копирования лежат в {folder}.',
  'elsewhere-copy': '1. Скопируйте файлы (от root, на его машине):',
  'elsewhere-paste': '{n}. {file}:',
  'elsewhere-sounds':
    '{n}. Asterisk играет файлы: его пользователь (обычно `asterisk`) должен читать эти папки и входить в папки над ними (пакет acl; от root):',
  'elsewhere-reload': '{n}. Примените (начатые звонки не прервутся):',
  'elsewhere-more': 'Где транки и телефоны передают звонки и что делать с FreePBX: docs/asterisk.md.',
}
