/**
 * An admin's own templates: `<config folder>/templates/missed-call.ru.html` and so on, read for every mail, so that an edit needs no
 * restart. A broken one is told in the log and the built-in is used: the mail must go.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Language } from '../../runtime/i18n.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { NoticeKind } from '../payload.ts'
import { chatLayout, htmlLayout, smsLayout, textLayout } from './layout.ts'
import { renderTemplate, type TemplateFormat } from './render.ts'
import type { MailView } from './view.ts'

const FILE_NAMES: Record<NoticeKind, string> = {
  'missed': 'missed-call',
  'closed': 'closed',
  'callback-failed': 'callback-failed',
  'escalation': 'escalation',
  'digest': 'digest',
  'alarm': 'alarm',
}
const BUILT_IN: Record<TemplateFormat, string> = {
  txt: textLayout,
  html: htmlLayout,
  chat: chatLayout,
  sms: smsLayout,
}

/** A mail's template fills in under a millisecond. */
const OWN_LIMIT_MS = 100

export class Templates {
  #folder: string | null
  #log: Logger
  /** What was complained about, file by file: once is enough. */
  #told = new Map<string, string>()

  /** `folder`: where the admin's templates may lie; null: only the built-in ones. */
  constructor(folder: string | null, log: Logger) {
    this.#folder = folder
    this.#log = log
  }

  async render(kind: NoticeKind, format: TemplateFormat, view: MailView, language: Language): Promise<string> {
    const file = this.#folder && join(this.#folder, `${FILE_NAMES[kind]}.${language}.${format}`)
    if (file) {
      try {
        const own = await readFile(file, 'utf8')
        const rendered = await renderTemplate(fromVoicemailConf(own), format, view, language, OWN_LIMIT_MS)
        this.#told.delete(file)
        return rendered
      } catch (error) {
        if (!isMissing(error)) this.#tell(file, error)
      }
    }
    return renderTemplate(BUILT_IN[format], format, view, language)
  }

  #tell(file: string, error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error)
    if (this.#told.get(file) === problem) return
    this.#told.set(file, problem)
    this.#log.error('a mail template is broken, the built-in one is used', { file, problem })
  }
}

/** An `emailbody` of voicemail.conf: `${VM_CIDNUM}` becomes a liquid value, and its written `\n` and `\t` become real ones. */
export function fromVoicemailConf(source: string): string {
  if (!/\$\{VM_[A-Z]+\}/.test(source)) return source
  return source
    .replace(/\$\{(VM_[A-Z]+)\}/g, '{{ $1 }}')
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t')
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
