/** Words for where there is no markup but a program that makes links of what looks like one: a caller's name must not become a link. Pure. */
import type { MailView } from './templates/view.ts'

/** Messengers and phones turn `evil.com`, `http://…`, `@name` and `/command` into something to tap; a gap makes it text. */
export function withoutLinks(text: string): string {
  return text.replace(/(?<=[\p{L}\p{N}])\.(?=\p{L})|:(?=\/)|\/(?=\/)|(?<![\p{L}\p{N}])[@/#](?=[\p{L}\p{N}])/gu, '$& ')
}

export function unlinked(view: MailView): MailView {
  const fields = view.fields.map((field) => ({ ...field, values: field.values.map(withoutLinks) }))
  return { ...view, fields, brief: withoutLinks(view.brief), preheader: withoutLinks(view.preheader) }
}
