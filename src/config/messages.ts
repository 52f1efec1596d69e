/** The words for what can be wrong with a configuration, in both languages. */
import { refusalSelect } from '../model/phone-refusal.ts'
import { defineMessages } from '../runtime/i18n.ts'
import type { ProblemId } from './problem.ts'

const en: Record<ProblemId, string> = {
  'file-unreadable': '{file} cannot be read: {why}',
  'file-too-big': '{file} is larger than 1 MiB',
  'file-not-utf8': '{file} is not UTF-8: save it in that encoding',
  'file-empty': '{file} holds no keys',
  'include-outside': '{file} lies outside the configuration folder',
  'include-nothing': 'no file matches “{pattern}”',
  'include-nested': '{file} is included itself: write all includes into the main file',
  'defined-twice': '“{name}” is defined a second time',
  'too-many-files': 'more than {most} files are included',
  'yaml-syntax': `{code, select,
    BAD_INDENT {the indentation does not fit the lines above}
    TAB_AS_INDENT {a tab in the indentation: YAML allows spaces only}
    MISSING_CHAR {something is missing here: a quote, a bracket, a comma or the space after a colon}
    MULTILINE_IMPLICIT_KEY {a key must stand on one line; is a closing quote or bracket missing?}
    BLOCK_AS_IMPLICIT_KEY {a key with a value inside another value: check the indentation, put texts with a colon in quotes}
    UNEXPECTED_TOKEN {this cannot stand here: check brackets and indentation}
    BAD_SCALAR_START {a text that begins like this must stand in quotes}
    BAD_DQ_ESCAPE {unknown escape in a double-quoted text: use single quotes or double the backslash}
    BAD_ALIAS {nothing above is named by an anchor of this name}
    other {not valid YAML ({message})}}`,
  'yaml-documents': 'one file holds one document: remove the line “---”',
  'yaml-tag': 'YAML tags (!…) are not used here',
  'yaml-alias': 'the alias “{alias}” leads to nothing, in a circle, or to no map',
  'yaml-key': 'this cannot be a key',
  'duplicate-key': '“{key}” stands here a second time',
  'too-deep': 'nested more than {deepest} levels deep',
  'too-many-values': 'more than {most} values, aliases counted as often as they are used',
  'unknown-key': 'unknown key “{key}”',
  'missing-key': '“{key}” is missing',
  'unknown-person': 'there is no person “{name}”',
  'unknown-target': 'there is no group or person “{name}”',
  'unknown-group': 'there is no group “{name}”',
  'unknown-hours': 'there are no hours “{name}”',
  'unknown-music': 'there is no music “{name}”',
  'unknown-trunk': 'there is no trunk “{name}”',
  'unknown-flow': 'there is no flow “{name}”',
  'unknown-channel': 'there is no channel “{name}” under channels',
  'unknown-line': '{name} is not one of our lines',
  'unknown-skill': 'nobody in the group “{group}” has the skill “{name}”',
  'wrong-type': `{expected, select,
    string {a text is expected}
    array {a list is expected: [a, b]}
    boolean {true or false is expected}
    record {keys with values are expected}
    object {keys with values are expected}
    other {another kind of value is expected}}, {found, select,
    list {not a list}
    map {not keys with values}
    nothing {nothing is written}
    boolean {not true or false (a text of this kind needs quotes)}
    other {not a text}}`,
  'bad-choice': '“{text}” is not one of the choices',
  'bad-duration': '“{text}” is not a time span: write 20s, 5m, 1h30m',
  'too-short': '“{text}” is too short: at least one second',
  'bad-number': '“{text}” is not a whole number from {min, number, ::group-off} to {max, number, ::group-off}',
  'bad-name': '“{text}” is not a name: letters, digits, - and _, 64 at most',
  'bad-phone-key': '“{text}” is not a telephone key: 0 to 9, * or #',
  'bad-sound': '“{text}” is not a sound: a path below the configuration folder, prompts/greeting',
  'sound-with-suffix': 'a sound is named without its suffix: “{text}”',
  'bad-path': '“{text}” is not a path below the configuration folder',
  'bad-rings': '“{text}” is neither a phone (PJSIP/101) nor a number (+44 20 …)',
  'bad-endpoint': '“{text}” is not an endpoint of Asterisk: PJSIP/name',
  'bad-phone': `“{text}” is not a phone number: ${refusalSelect('en', 'write it with + and the country code')}`,
  'bad-prefix': '“{text}” is not the beginning of an international number: +7, +7 343',
  'bad-mail-address': '“{text}” is not a mail address',
  'bad-recipient': '“{text}” is neither a mail address nor a person nor the word group',
  'bad-timezone': 'there is no time zone “{text}”: write Europe/London, Asia/Yekaterinburg',
  'bad-country': 'there is no country “{text}”: two capital letters, GB, RU',
  'bad-opt-out': 'true or a sound is expected',
  'empty-list': 'the list is empty',
  'empty-text': 'the text is empty',
  'too-long': 'the text is too long',
  'control-characters': 'the text holds line breaks or control characters',
  'not-a-step': 'a step is expected: a key with a value',
  'unknown-step': 'there is no step “{key}”',
  'two-steps': 'only one of these can stand here: {kinds}. Begin each with a dash of its own',
  'bad-moment': '“{text}” is not a date and time: write "2026-11-26 18:00"',
  'bad-url': '“{text}” is not http(s)://server/…; the server’s name must be fixed and hold no password',
  'bad-week-time': '“{text}” is not a time of the week: mon 09:00',
  'bad-value': 'this value is not understood: {why}',
  'bad-days': '“{text}” are no weekdays: mon-fri, sat, “sat,sun”',
  'day-twice': 'the hours of {day} are given twice',
  'bad-date': '“{text}” is not a day of the calendar: 2026-12-31',
  'bad-clock': '“{text}” is no time of the day: 08:30',
  'bad-hours': '“{text}” are no hours: 09:00-18:00, “09:00-13:00, 14:00-18:00”, 24h, closed',
  'equal-times': 'begin and end are equal: write 24h for the whole day, closed for none of it',
  'hours-overlap': 'the hours overlap',
  'workday-in-week': 'workday can only stand for a date',
  'workday-without-monday': 'workday means the hours of a Monday, and the week has none',
  'calendar-unreadable': 'the calendar {file} cannot be read: {why}',
  'line-twice': '{number} is written twice',
  'reserved-name': '“{name}” has a meaning of its own in lists of recipients and cannot be a name',
  'person-and-group': '“{name}” is both a person and a group: ring would not know whom',
  'no-operator': "nobody is the operator: make a group operators, or write operator: '{' ring: … '}'",
  'operator-key-taken': 'key {key} reaches the operator ({operator}) from anywhere and cannot do something else here',
  'menu-without-keys': 'a menu without keys: nothing could be chosen',
  'unreachable-step': 'this step is never reached: {before} before it ends every call that came so far',
  'dead-end':
    "dead end: who is not answered here is left with nothing. Add “- unanswered: '{' voicemail: '{' to: … '}' '}'” to the end of “{flow}”, or a hangup if that is meant",
  'unanswered-not-last': '“unanswered” must be the last step of a flow',
  'go-to-loop': 'a caller who presses nothing goes in a circle: {circle}',
  'missing-prompt': 'no sound file {sound}.wav, and prompts/index.yaml has no text to speak',
  'only-in-script': '“{step}” belongs into the script of a campaign',
  'not-in-script': '“{step}” cannot stand in the script of a campaign',
  'opt-out-key-taken': 'key {key} means “never call again” in this campaign and cannot do something else',
  'reserve-too-big': 'reserve_inbound ({reserve}) leaves none of the {lines} lines for our own calls',
  'recipient-without-mail': '{name} has no email',
  'mobile-without-line':
    'nobody of “{group}” can be reached: a caller and the mobile that he is put through to take two lines, and there is {lines}',
  'callback-without-lines': 'a call-back by mobile takes two lines: of {lines}, reserve_inbound keeps {reserve}',
  'overflow-loop': 'a caller is passed in a circle: {circle}',
  'recording-unannounced':
    'talks of this group are recorded, and a caller can come here without having been told: put announce_recording before it',
  'member-twice': '{name} is in the group twice',
  'bad-talk-code': '“{text}” is not a code for a talk: * or #, then one to four of 0-9, * and #',
  'bad-digit': '“{text}” is not a digit: the caller is told which one to press',
  'url-without-number': "the caller’s number is missing in the address: write '{number}' where it belongs",
  'talk-codes-clash': '{pause} and {resume} cannot be told apart: one of them begins with the other',
  'shared-phone': '{phone} rings for {first} and for {second}',
  'flow-not-entered': 'nobody enters the flow “{flow}”: no line and no go_to leads to it',
  'prompt-not-made': 'the sound {sound} is not made yet: run perezvon prompts make',
  'music-missing': 'no sound files in {folder}: callers would wait in silence',
  'no-mp3-encoder':
    'neither ffmpeg nor lame is installed here: voice messages are mailed as WAV, four times as large as MP3',
  'campaign-lines-over':
    'the trunk has {free, plural, one {# line} other {# lines}} for our own calls: no more will be used',
  'allow-denied': '{allow} can never be called: {deny} is denied',
  'group-without-mail': 'nobody in the group “{group}” has an email: its missed calls are mailed to nobody',
  'prompt-texts-broken': 'prompts/index.yaml is not understood: {why}',
  'mobiles-over-lines': 'of {mobiles} mobiles only {free} can ring at once: the lines carry no more',
  'phone-book-missing': '{file} is not there: no names of callers come from it',
  'offer-never-heard': 'nobody hears this offer: he is rung for {seconds} s at most. Shorten every, or lengthen for',
  'announcement-unplayed': 'no flow plays “{sound}”: nobody can hear this announcement',
}

const ru: Record<ProblemId, string> = {
  'file-unreadable': 'не удаётся прочитать {file}: {why}',
  'file-too-big': 'файл {file} больше 1 МиБ',
  'file-not-utf8': 'файл {file} не в UTF-8: сохраните его в этой кодировке',
  'file-empty': 'в файле {file} нет ни одного ключа',
  'include-outside': 'файл {file} лежит вне папки конфигурации',
  'include-nothing': 'нет файлов по образцу «{pattern}»',
  'include-nested': 'файл {file} сам подключён через include: перечислите все файлы в главном',
  'defined-twice': '«{name}» определено второй раз',
  'too-many-files': 'подключено больше {most} файлов',
  'yaml-syntax': `{code, select,
    BAD_INDENT {отступ не совпадает со строками выше}
    TAB_AS_INDENT {табуляция в отступе: в YAML допустимы только пробелы}
    MISSING_CHAR {здесь чего-то не хватает: кавычки, скобки, запятой или пробела после двоеточия}
    MULTILINE_IMPLICIT_KEY {ключ должен помещаться в одной строке; не забыта ли закрывающая кавычка или скобка?}
    BLOCK_AS_IMPLICIT_KEY {ключ со значением внутри другого значения: проверьте отступ, текст с двоеточием возьмите в кавычки}
    UNEXPECTED_TOKEN {здесь этого быть не может: проверьте скобки и отступы}
    BAD_SCALAR_START {текст, который так начинается, нужно взять в кавычки}
    BAD_DQ_ESCAPE {неизвестная последовательность с обратной чертой: возьмите одинарные кавычки или удвойте черту}
    BAD_ALIAS {выше нет якоря с таким именем}
    other {это не YAML ({message})}}`,
  'yaml-documents': 'в файле должен быть один документ: уберите строку «---»',
  'yaml-tag': 'теги YAML (!…) здесь не применяются',
  'yaml-alias': 'ссылка «{alias}» ведёт в никуда, по кругу или не к набору ключей',
  'yaml-key': 'это не может быть ключом',
  'duplicate-key': '«{key}» стоит здесь второй раз',
  'too-deep': 'вложенность больше {deepest} уровней',
  'too-many-values': 'больше {most} значений (ссылки считаются столько раз, сколько использованы)',
  'unknown-key': 'неизвестный ключ «{key}»',
  'missing-key': 'не хватает ключа «{key}»',
  'unknown-person': 'нет сотрудника «{name}»',
  'unknown-target': 'нет группы или сотрудника «{name}»',
  'unknown-group': 'нет группы «{name}»',
  'unknown-hours': 'нет часов работы «{name}»',
  'unknown-music': 'нет музыки «{name}»',
  'unknown-trunk': 'нет транка «{name}»',
  'unknown-flow': 'нет сценария «{name}»',
  'unknown-channel': 'в channels нет канала «{name}»',
  'unknown-line': '{name} не входит в наши линии (lines)',
  'unknown-skill': 'в группе «{group}» никто не владеет навыком «{name}»',
  'wrong-type': `{expected, select,
    string {здесь нужен текст}
    array {здесь нужен список: [a, b]}
    boolean {здесь нужно true или false}
    record {здесь нужны ключи со значениями}
    object {здесь нужны ключи со значениями}
    other {здесь нужно значение другого вида}}, {found, select,
    list {а не список}
    map {а не ключи со значениями}
    nothing {а не написано ничего}
    boolean {а не true или false (такой текст нужно взять в кавычки)}
    other {а не текст}}`,
  'bad-choice': '«{text}» — нет такого варианта',
  'bad-duration': '«{text}» — не промежуток времени: пишите 20s, 5m, 1h30m',
  'too-short': '«{text}» — слишком мало: нужна хотя бы одна секунда',
  'bad-number': '«{text}» — не целое число от {min, number, ::group-off} до {max, number, ::group-off}',
  'bad-name': '«{text}» — не имя: буквы, цифры, - и _, не больше 64 знаков',
  'bad-phone-key': '«{text}» — не кнопка телефона: от 0 до 9, * или #',
  'bad-sound': '«{text}» — не звук: нужен путь внутри папки конфигурации, prompts/greeting',
  'sound-with-suffix': 'звук пишется без расширения: «{text}»',
  'bad-path': '«{text}» — не путь внутри папки конфигурации',
  'bad-rings': '«{text}» — ни телефон АТС (PJSIP/101), ни номер (+7 912 …)',
  'bad-endpoint': '«{text}» — не абонент Asterisk: PJSIP/имя',
  'bad-phone': `«{text}» — не номер телефона: ${refusalSelect('ru', 'напишите его с + и кодом страны')}`,
  'bad-prefix': '«{text}» — не начало международного номера: +7, +7 343',
  'bad-mail-address': '«{text}» — не адрес почты',
  'bad-recipient': '«{text}» — ни адрес почты, ни сотрудник, ни слово group',
  'bad-timezone': 'нет часового пояса «{text}»: пишите Europe/Moscow, Asia/Yekaterinburg',
  'bad-country': 'нет страны «{text}»: две заглавные латинские буквы, RU, KZ',
  'bad-opt-out': 'здесь нужно true или звук',
  'empty-list': 'список пуст',
  'empty-text': 'текст пуст',
  'too-long': 'текст слишком длинный',
  'control-characters': 'в тексте есть переводы строки или управляющие знаки',
  'not-a-step': 'здесь нужен шаг: ключ со значением',
  'unknown-step': 'нет шага «{key}»',
  'two-steps': 'здесь может стоять только что-то одно из: {kinds}. Начните каждый шаг со своей чёрточки',
  'bad-moment': '«{text}» — не дата со временем: пишите "2026-11-26 18:00"',
  'bad-url': '«{text}» — не http(s)://сервер/…; имя сервера должно быть постоянным и без пароля',
  'bad-week-time': '«{text}» — не время недели: пишите mon 09:00',
  'bad-value': 'значение непонятно: {why}',
  'bad-days': '«{text}» — не дни недели: mon-fri, sat, «sat,sun»',
  'day-twice': 'часы на {day} указаны дважды',
  'bad-date': '«{text}» — нет такого дня: пишите 2026-12-31',
  'bad-clock': '«{text}» — не время суток: 08:30',
  'bad-hours': '«{text}» — не часы работы: 09:00-18:00, «09:00-13:00, 14:00-18:00», 24h, closed',
  'equal-times': 'начало и конец совпадают: круглые сутки пишутся 24h, выходной — closed',
  'hours-overlap': 'часы работы пересекаются',
  'workday-in-week': 'workday пишут только для даты',
  'workday-without-monday': 'workday означает часы понедельника, а в неделе его нет',
  'calendar-unreadable': 'не удаётся прочитать календарь {file}: {why}',
  'line-twice': 'номер {number} записан дважды',
  'reserved-name': 'слово «{name}» занято в списках получателей и не может быть именем',
  'person-and-group': '«{name}» — и сотрудник, и группа: непонятно, кому звонить',
  'no-operator': "нет оператора: заведите группу operators или напишите operator: '{' ring: … '}'",
  'operator-key-taken': 'кнопка {key} отовсюду ведёт к оператору ({operator}) и не может значить здесь другое',
  'menu-without-keys': 'меню без кнопок: выбрать нечего',
  'unreachable-step': 'до этого шага дело не дойдёт: «{before}» перед ним завершает любой звонок',
  'dead-end':
    "тупик: если здесь не ответят, звонящий останется ни с чем. Добавьте в конец «{flow}» шаг «- unanswered: '{' voicemail: '{' to: … '}' '}'» или hangup, если так и задумано",
  'unanswered-not-last': '«unanswered» может быть только последним шагом сценария',
  'go-to-loop': 'кто ничего не нажимает, ходит по кругу: {circle}',
  'missing-prompt': 'нет звукового файла {sound}.wav, и в prompts/index.yaml нет текста, чтобы его озвучить',
  'only-in-script': 'шаг «{step}» бывает только в script обзвона',
  'not-in-script': 'шага «{step}» в script обзвона быть не может',
  'opt-out-key-taken': 'кнопка {key} в этом обзвоне значит «больше не звонить» и не может значить другое',
  'reserve-too-big': 'reserve_inbound ({reserve}) не оставляет для наших звонков ни одной из {lines} линий',
  'recipient-without-mail': 'у сотрудника {name} нет email',
  'mobile-without-line':
    'никого из «{group}» не вызвать: звонящий и мобильный, с которым его соединяют, занимают две линии, а линий {lines}',
  'callback-without-lines': 'перезвон с мобильного занимает две линии, а из {lines} reserve_inbound держит {reserve}',
  'overflow-loop': 'звонящего передают по кругу: {circle}',
  'recording-unannounced':
    'разговоры этой группы записываются, а звонящий может попасть сюда без предупреждения: поставьте раньше announce_recording',
  'member-twice': '{name} записан в группе дважды',
  'bad-talk-code': '«{text}» — не код для разговора: * или #, затем от одного до четырёх знаков 0-9, * и #',
  'bad-digit': '«{text}» — не цифра: звонящему говорят, какую нажать',
  'url-without-number': "в адресе нет номера звонящего: напишите '{number}' там, где он нужен",
  'talk-codes-clash': '{pause} и {resume} не различить: один код начинается с другого',
  'shared-phone': '{phone} звонит и у {first}, и у {second}',
  'flow-not-entered': 'в сценарий «{flow}» никто не попадёт: на него не ведут ни линия, ни go_to',
  'prompt-not-made': 'звук {sound} ещё не озвучен: выполните perezvon prompts make',
  'music-missing': 'в {folder} нет звуковых файлов: ожидающие услышат тишину',
  'no-mp3-encoder':
    'на этой машине нет ни ffmpeg, ни lame: голосовые сообщения уйдут в письмах как WAV, вчетверо больше MP3',
  'campaign-lines-over':
    'у транка для наших звонков {free, plural, one {# линия} few {# линии} many {# линий} other {# линии}}: больше занято не будет',
  'allow-denied': 'на {allow} позвонить не получится: {deny} запрещён',
  'group-without-mail': 'ни у кого в группе «{group}» нет email: о её пропущенных никому не напишут',
  'prompt-texts-broken': 'prompts/index.yaml не разобран: {why}',
  'mobiles-over-lines': 'из {mobiles} мобильных одновременно зазвонят только {free}: больше линии не выдержат',
  'phone-book-missing': 'файла {file} нет: имён звонящих из него не будет',
  'offer-never-heard':
    'этого предложения никто не услышит: звонят не дольше {seconds} с. Уменьшите every или увеличьте for',
  'announcement-unplayed': '«{sound}» не проигрывается ни в одном сценарии: это объявление никто не услышит',
}

/** What a problem says; the values are those of its `values`. */
export const problemText = defineMessages<ProblemId>({ en, ru })

export const printerText = defineMessages({
  en: {
    'did-you-mean': 'did you mean “{word}”?',
    'known':
      '({kind, select, people {people} targets {groups and people} groups {groups} hours {hours} music {music} trunks {trunks} flows {flows} lines {lines} keys {keys} steps {steps} other {possible}}: {names})',
    'first-place': 'first here: {place}',
    'count':
      '{errors, plural, =0 {no errors} one {# error} other {# errors}}, {warnings, plural, =0 {no warnings} one {# warning} other {# warnings}}.',
    'still-running': 'The former configuration v{version} of {time} stays in force.',
    'good':
      'The configuration is good: {lines, plural, one {# line} other {# lines}}, {flows, plural, one {# flow} other {# flows}}, {people, plural, one {# person} other {# people}}.',
  },
  ru: {
    'did-you-mean': 'может быть, «{word}»?',
    'known':
      '({kind, select, people {сотрудники} targets {группы и сотрудники} groups {группы} hours {часы} music {музыка} trunks {транки} flows {сценарии} lines {линии} keys {ключи} steps {шаги} other {можно}}: {names})',
    'first-place': 'впервые здесь: {place}',
    'count':
      '{errors, plural, =0 {нет ошибок} one {# ошибка} few {# ошибки} many {# ошибок} other {# ошибки}}, {warnings, plural, =0 {нет предупреждений} one {# предупреждение} few {# предупреждения} many {# предупреждений} other {# предупреждения}}.',
    'still-running': 'Работает прежняя конфигурация v{version} от {time}.',
    'good':
      'Конфигурация в порядке: {lines, plural, one {# линия} few {# линии} many {# линий} other {# линии}}, {flows, plural, one {# сценарий} few {# сценария} many {# сценариев} other {# сценария}}, {people, plural, one {# сотрудник} few {# сотрудника} many {# сотрудников} other {# сотрудника}}.',
  },
})
