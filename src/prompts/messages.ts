/** What the prompts room says to people: problems with values and recordings, and the words of `perezvon prompts`. */
import { defineMessages, type Language } from '../runtime/i18n.ts'
import type { Refusal } from './convert.ts'
import type { MusicFault } from './music-on-hold.ts'
import type { FormatFault } from './sound-files.ts'
import type { SpeakFailure } from './speech.ts'
import type { SpokenFault, SpokenProblem } from './spoken.ts'

type Id =
  | `spoken-${SpokenFault}`
  | `format-${FormatFault}`
  | `refused-${Refusal}`
  | `music-${MusicFault}`
  | 'recorded'
  | 'made'
  | 'missing'
  | 'all-there'
  | 'missing-count'
  | 'how-to-make'
  | 'how-to-record'
  | 'make-summary'
  | 'make-failed'
  | 'added'
  | 'cut'
  | 'exists'
  | 'bad-name'
  | 'text-fault'
  | `speech-${SpeakFailure | 'no-text'}`
  | 'said'
  | 'not-said'

const en: Record<Id, string> = {
  'spoken-no-column': 'the list has no column “{value}”',
  'spoken-empty': '“{value}” is empty',
  'spoken-not-a-number': '“{value}” is not a number that can be read for certain',
  'spoken-not-whole': '“{value}” has a fraction; only money may have one',
  'spoken-not-digits': '“{value}” is not a row of digits',
  'spoken-not-a-date': '“{value}” is not a date like 24.11.2026 or 2026-11-24',
  'spoken-not-a-time': '“{value}” is not a time like 14:05',
  'spoken-no-prompt': 'there is no sound for “{value}”: record it, or run “perezvon prompts make”',
  'spoken-no-word': 'the word “{value}” has no sound: run “perezvon prompts make”',
  'spoken-no-speech': 'the text could not be spoken: {value}',
  'format-needs-conversion': '{path}: Asterisk does not play .{found}; run “perezvon prompts add {path} NAME”',
  'format-wrong-rate':
    '{path}: {found}, but .wav must have 8000 Hz and .wav16 16000 Hz; “perezvon prompts add” converts it',
  'format-not-mono': '{path}: {found} channels, but a telephone has one; “perezvon prompts add” converts it',
  'format-not-16-bit': '{path}: not 16 bit PCM ({found}); “perezvon prompts add” converts it',
  'format-broken': '{path}: cannot be read ({found})',
  'refused-not-found': '{file} is not there',
  'refused-not-a-file': '{file} is not a plain file (links are not followed)',
  'refused-too-large': '{file} is larger than 20 MB',
  'refused-unknown-kind': '{file} is neither wav, mp3, m4a, ogg, opus, flac nor webm',
  'refused-needs-ffmpeg': '{file}: to read anything but wav, install ffmpeg',
  'refused-no-program': 'install ffmpeg, or at least sox',
  'refused-no-sound': 'there is no sound in {file}',
  'refused-broken': '{file} could not be read: {why}',
  'music-no-pieces': 'music “{name}”: nothing to play in {found}',
  'music-no-slogan': 'music “{name}”: there is no sound for the slogan “{found}”',
  'music-unplayable': 'music “{name}”: Asterisk cannot play {found}',
  'music-unsafe-name': 'music “{name}”: rename {found}, its name would break musiconhold.conf',
  'recorded': 'recorded',
  'made': 'spoken by a program',
  'missing': 'MISSING',
  'all-there': 'Every prompt of the configuration has a sound.',
  'missing-count': '{count, plural, one {# prompt has} other {# prompts have}} no sound.',
  'how-to-make': 'there is a text: “perezvon prompts make”',
  'how-to-record': 'no text: record it, or write one into prompts/index.yaml',
  'make-summary': 'Spoken: {made}. Up to date: {kept}. Recorded by people: {recorded}. Failed: {failed}.',
  'make-failed': '{prompt}: {why}',
  'added': '{name}: {seconds} s, speech at {speech} dB, peak {peak} dB.',
  'cut': 'It was longer than ten minutes and was cut there.',
  'exists': '{name} is there already; --replace replaces it.',
  'bad-name': '“{name}” cannot be the name of a prompt: letters, digits, - and _ in folders, like prompts/greeting.',
  'text-fault': 'prompts/index.yaml: {why}',
  'speech-no-speech-program': 'install espeak-ng and sox, or name another program in PEREZVON_TTS ({why})',
  'speech-nothing-to-say': 'no letter or digit in the text',
  'speech-too-long': 'the text is too long ({why})',
  'speech-failed': 'the speech program failed: {why}',
  'speech-no-text': 'no such text in prompts/index.yaml',
  'said': 'Spoken: {file}',
  'not-said': 'Not spoken: {why}',
}

const ru: Record<Id, string> = {
  'spoken-no-column': 'в списке нет столбца «{value}»',
  'spoken-empty': '«{value}»: пустое значение',
  'spoken-not-a-number': '«{value}» нельзя уверенно прочитать как число',
  'spoken-not-whole': '«{value}» — дробное число; дробными могут быть только деньги',
  'spoken-not-digits': '«{value}» — не последовательность цифр',
  'spoken-not-a-date': '«{value}» — не дата вида 24.11.2026 или 2026-11-24',
  'spoken-not-a-time': '«{value}» — не время вида 14:05',
  'spoken-no-prompt': 'нет звука для «{value}»: запишите его или выполните «perezvon prompts make»',
  'spoken-no-word': 'нет звука для слова «{value}»: выполните «perezvon prompts make»',
  'spoken-no-speech': 'текст не удалось озвучить: {value}',
  'format-needs-conversion': '{path}: Asterisk не играет .{found}; выполните «perezvon prompts add {path} ИМЯ»',
  'format-wrong-rate':
    '{path}: {found}, а у .wav должно быть 8000 Гц, у .wav16 — 16000 Гц; «perezvon prompts add» преобразует',
  'format-not-mono': '{path}: каналов {found}, а у телефона один; «perezvon prompts add» преобразует',
  'format-not-16-bit': '{path}: не 16-битный PCM ({found}); «perezvon prompts add» преобразует',
  'format-broken': '{path}: файл не читается ({found})',
  'refused-not-found': 'файла {file} нет',
  'refused-not-a-file': '{file} — не обычный файл (по ссылкам не переходим)',
  'refused-too-large': '{file} больше 20 МБ',
  'refused-unknown-kind': '{file} — не wav, mp3, m4a, ogg, opus, flac и не webm',
  'refused-needs-ffmpeg': '{file}: чтобы читать что-либо кроме wav, установите ffmpeg',
  'refused-no-program': 'установите ffmpeg или хотя бы sox',
  'refused-no-sound': 'в файле {file} нет звука',
  'refused-broken': 'файл {file} не удалось прочитать: {why}',
  'music-no-pieces': 'музыка «{name}»: в {found} нечего играть',
  'music-no-slogan': 'музыка «{name}»: нет звука для слогана «{found}»',
  'music-unplayable': 'музыка «{name}»: Asterisk не может сыграть {found}',
  'music-unsafe-name': 'музыка «{name}»: переименуйте {found}, такое имя испортит musiconhold.conf',
  'recorded': 'записано',
  'made': 'озвучено программой',
  'missing': 'НЕТ',
  'all-there': 'Для каждой фразы конфигурации есть звук.',
  'missing-count':
    '{count, plural, one {Нет звука для # фразы.} few {Нет звука для # фраз.} many {Нет звука для # фраз.} other {Нет звука для # фразы.}}',
  'how-to-make': 'текст есть: «perezvon prompts make»',
  'how-to-record': 'текста нет: запишите или впишите его в prompts/index.yaml',
  'make-summary': 'Озвучено: {made}. Не изменилось: {kept}. Записано людьми: {recorded}. Не удалось: {failed}.',
  'make-failed': '{prompt}: {why}',
  'added': '{name}: {seconds} с, громкость речи {speech} дБ, пик {peak} дБ.',
  'cut': 'Запись длиннее десяти минут, остаток отброшен.',
  'exists': '{name} уже есть; --replace заменит.',
  'bad-name': '«{name}» не может быть именем фразы: буквы, цифры, - и _, можно в папках, например prompts/greeting.',
  'text-fault': 'prompts/index.yaml: {why}',
  'speech-no-speech-program': 'установите espeak-ng и sox или укажите другую программу в PEREZVON_TTS ({why})',
  'speech-nothing-to-say': 'в тексте нет ни букв, ни цифр',
  'speech-too-long': 'слишком длинный текст ({why})',
  'speech-failed': 'программа синтеза речи не справилась: {why}',
  'speech-no-text': 'в prompts/index.yaml нет такого текста',
  'said': 'Озвучено: {file}',
  'not-said': 'Не озвучено: {why}',
}

export const promptMessage = defineMessages({ en, ru })

/** One line for the preview of a campaign: what cannot be spoken of a contact's values. */
export function describeSpokenProblem(problem: SpokenProblem, language: Language): string {
  return promptMessage(language, `spoken-${problem.id}`, { value: problem.value })
}
