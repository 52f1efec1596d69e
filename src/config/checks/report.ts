import type { Path, ProblemDetails, ProblemId } from '../problem.ts'
import type { Config } from '../schema.ts'
import type { PromptTexts } from '../prompt-texts.ts'

/** Says that something is wrong at a path; `on` chooses what to underline. `otherPath`: where the first of two stands. */
export type Report = (
  id: ProblemId,
  path: Path,
  details?: Omit<ProblemDetails, 'path' | 'other'> & { otherPath?: Path },
  on?: 'key' | 'value',
) => void

/** What a check may look at. A check is one subject: it looks, and reports. */
export interface CheckInput {
  config: Config
  /** The configuration folder, absolute. */
  folder: string
  promptTexts: PromptTexts
  elsewhere: SoundsElsewhere
  /** The names that stand in the file, also of entries that are broken themselves and are missing in `config`. */
  names: Record<NamedSection, readonly string[]>
  /** Flows and scripts that lost something to an error of their own: what the whole of them means cannot be judged. */
  incomplete: ReadonlySet<string>
  report: Report
}
/** Sounds that the configuration folder does not hold, and what this machine makes of sounds. */
export interface SoundsElsewhere {
  /** The folder of sounds made from texts, `<made>/ru/prompts/greeting.wav`. */
  made?: string
  /** Prompts whose text the product brings along. */
  own?: readonly string[]
  /** Is there a program that makes mp3? Unknown if missing. */
  mp3?: boolean
}
export type NamedSection = 'people' | 'groups' | 'hours' | 'music' | 'trunks' | 'lines' | 'flows' | 'campaigns'
export type Check = (input: CheckInput) => void
