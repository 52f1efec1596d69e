/** What every act needs, and the few things that they all do. */
import { join } from 'node:path'
import { formatPhone } from '../../src/model/phone-number.ts'
import type { MessageValues } from '../../src/runtime/i18n.ts'
import type { FarLeg } from '../rig/far-leg.ts'
import type { FarEnd } from '../rig/far-end.ts'
import type { Company, Line, Role } from './company.ts'
import { demoMessage, type DemoMessage } from './messages.ts'
import type { Narrator } from './narrator.ts'
import type { Stage } from './stage.ts'

export interface Show {
  stage: Stage
  company: Company
  narrator: Narrator
  /** WAV files of what people say. */
  says: Record<Line, string>
  signal: AbortSignal
}

export interface Teller {
  event: (id: DemoMessage, values?: MessageValues) => void
  promise: (id: DemoMessage, look: () => unknown, values?: MessageValues) => Promise<void>
}

/** Tells in the language of the show; `{anna}`, `{number}` and the like are filled in. */
export function teller({ narrator, company }: Show): Teller {
  const common = { company: company.name, anna: company.people.anna.name, ours: company.shownNumber }
  const text = (id: DemoMessage, values: MessageValues = {}) =>
    demoMessage(narrator.language, id, { ...common, ...values })
  return {
    event: (id, values) => narrator.event(text(id, values)),
    promise: (id, look, values) => narrator.promise(text(id, values), look),
  }
}

/** Name and number of somebody in the show, for texts. */
export function who({ company }: Show, role: Role): { name: string; number: string } {
  const { name, number } = company.people[role]
  return { name, number: formatPhone(number) }
}

/** A sound of the company's configuration, as the caller should hear it. */
export function prompt({ stage }: Show, name: string): string {
  return join(stage.configFolder, 'prompts', `${name}.wav`)
}

/** What the system says by itself, spoken by its own voice. */
export function housePrompt({ stage, narrator }: Show, name: string): string {
  return join(stage.dataFolder, 'sounds/made', narrator.language, 'prompts/perezvon', `${name}.wav`)
}

/** The next call there; nobody need wait for it. */
export function nextCall(far: FarEnd, to: string, ms?: number): Promise<FarLeg> {
  const call = far.nextCallTo(to, ms)
  call.catch(() => {})
  return call
}
