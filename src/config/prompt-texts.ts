/** `prompts/index.yaml`: what each prompt says. The prompts are spoken from it, and a text stands in for a sound that is not made yet. */
import { z } from 'zod'
import { readBelow } from './files-below.ts'
import { plain } from './tree.ts'
import { parseYaml } from './yaml-tree.ts'

export const promptIndex = 'prompts/index.yaml'

/** Sound -> language -> text: `{ 'prompts/greeting': { ru: 'Здравствуйте!' } }`. */
export type PromptTexts = Record<string, { ru?: string | undefined; en?: string | undefined }>

const schema = z.record(z.string(), z.strictObject({ ru: z.string().optional(), en: z.string().optional() }))

/** The texts, and what is wrong with the file if anything is. A missing file is no text and no fault. */
export function readPromptTexts(folder: string): { texts: PromptTexts; why?: string } {
  const read = readBelow(folder, promptIndex)
  if ('refused' in read) return read.why === 'ENOENT' ? { texts: {} } : { texts: {}, why: read.why }
  const { tree, complaints } = parseYaml(promptIndex, read.text)
  if (complaints[0]) return { texts: {}, why: complaints[0].id }
  const parsed = schema.safeParse(tree ? (plain(tree) ?? {}) : {})
  if (parsed.success) return { texts: parsed.data }
  const issue = parsed.error.issues[0]!
  return { texts: {}, why: `${issue.path.map(String).join(': ')}: ${issue.message}` }
}
