/**
 * Fills a template. Templates are logic-less liquid: an admin may write one, and it can neither run code nor read files.
 *
 * In HTML every value is escaped, whatever the template says; in text, control characters are dropped from the result.
 */
import { Liquid } from 'liquidjs'
import type { Language } from '../../runtime/i18n.ts'
import type { MailView } from './view.ts'

/** `chat` for messengers, `sms` for text messages. */
export type TemplateFormat = 'txt' | 'html' | 'chat' | 'sms'

const limits = {
  ownPropertyOnly: true,
  // a misspelt name is an error, and the built-in template is used: a mail without the number would be worse
  strictVariables: true,
  strictFilters: true,
  lenientIf: true,
  parseLimit: 200_000,
  memoryLimit: 2_000_000,
  // `include` and `render` find nothing: no template reaches the disk
  templates: {},
}

const text = new Liquid({ ...limits })
const html = new Liquid({ ...limits, outputEscape: 'escape' })
// liquid's own `raw` would take a value out of the escaping
html.registerFilter('raw', (value: unknown) => value)

/** Throws what liquid throws when the template is wrong, or when it takes longer than `limitMs`: calls wait for the same thread. */
export async function renderTemplate(
  source: string,
  format: TemplateFormat,
  view: MailView,
  language: Language,
  limitMs = Infinity,
): Promise<string> {
  const { plain, ...words } = view
  const engine = format === 'html' ? html : text
  const scope = { ...plain, ...words, language }
  const rendered: unknown = await engine.parseAndRender(source, scope, { renderLimit: limitMs })
  return String(rendered)
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
}
