import type { Path } from '../problem.ts'
import type { Config } from '../schema.ts'
import type { Step } from '../sections/flows.ts'
import type { CheckInput } from './report.ts'

/** What is taken for granted about opening hours on the way so far: name -> open. Keeps "closed: go to night" and "open: go to day" apart. */
type Known = ReadonlyMap<string, boolean>
interface Jump {
  to: string
  known: Known
  path: Path
}

const mostWays = 64
const mostSteps = 5_000

/** No caller who presses nothing (or only wrong keys) goes in a circle through `go_to`. */
export function checkGoToLoops({ config, incomplete, report }: CheckInput): void {
  const done = new Set<string>()
  const reported = new Set<string>()

  function follow(flow: string, known: Known, trail: { id: string; flow: string }[]): void {
    const id = `${flow}\u0000${show(known)}`
    if (done.has(id) || done.size > mostSteps) return
    const steps = config.flows[flow]
    if (!steps || incomplete.has(`flows.${flow}`)) return
    const here = [...trail, { id, flow }]
    for (const { to, known: then, path } of waysThrough(steps, ['flows', flow], [known]).jumps) {
      const next = `${to}\u0000${show(then)}`
      const start = here.findIndex((node) => node.id === next)
      const place = JSON.stringify(path)
      if (start < 0) follow(to, then, here)
      else if (!reported.has(place)) {
        reported.add(place)
        const circle = [...here.slice(start).map((node) => node.flow), to].join(' → ')
        report('go-to-loop', [...path, 'go_to'], { values: { circle } })
      }
    }
    done.add(id)
  }
  for (const flow of Object.keys(config.flows)) follow(flow, new Map(), [])
}

/** The jumps that need no key, and what is known when the end is reached by such a way. */
function waysThrough(steps: Config['flows'][string], path: Path, known: Known[]): { after: Known[]; jumps: Jump[] } {
  const jumps: Jump[] = []
  let now = known
  for (const [i, step] of steps.entries()) {
    if (now.length === 0) break
    const ways = waysThroughStep(step, [...path, i], now)
    jumps.push(...ways.jumps)
    now = few(ways.after)
  }
  return { after: now, jumps }
}

function waysThroughStep(step: Step, path: Path, known: Known[]): { after: Known[]; jumps: Jump[] } {
  const jumps: Jump[] = []
  const through = (steps: Step[] | undefined, part: string[], from: Known[]) => {
    if (!steps) return from
    const ways = waysThrough(steps, [...path, ...part], from)
    jumps.push(...ways.jumps)
    return ways.after
  }
  switch (step.kind) {
    case 'voicemail':
    case 'hangup':
      return { after: [], jumps }
    case 'go_to':
      return { after: [], jumps: known.map((then) => ({ to: step.go_to, known: then, path })) }
    case 'when': {
      if ('meeting' in step.when) {
        // a meeting may end at any moment: both ways are possible, whatever was known
        return { after: [...through(step.do, ['do'], known), ...through(step.else, ['else'], known)], jumps }
      }
      const [name, open] = 'open' in step.when ? [step.when.open, true] : [step.when.closed, false]
      const yes = through(step.do, ['do'], assume(known, name, open))
      return { after: [...yes, ...through(step.else, ['else'], assume(known, name, !open))], jumps }
    }
    case 'menu': {
      const { on_silence, on_wrong, else: other } = step.menu
      const silence = through(on_silence ?? other, ['menu', on_silence ? 'on_silence' : 'else'], known)
      const wrong = through(on_wrong ?? other, ['menu', on_wrong ? 'on_wrong' : 'else'], known)
      return { after: [...silence, ...wrong], jumps }
    }
    case 'unanswered':
      return { after: through(step.unanswered, ['unanswered'], known), jumps }
    case 'play':
    case 'say':
    case 'announce_recording':
    case 'ring':
    case 'offer_callback':
    case 'callback_after_meeting':
    case 'answer':
    case 'opt_out':
      return { after: known, jumps }
  }
}

function assume(ways: Known[], name: string, open: boolean): Known[] {
  return ways.filter((known) => known.get(name) !== !open).map((known) => new Map(known).set(name, open))
}

/** Each once; when there are too many, nothing is taken for granted any more, which can only find more circles. */
function few(ways: Known[]): Known[] {
  const unique = [...new Map(ways.map((known) => [show(known), known])).values()]
  return unique.length > mostWays ? [new Map()] : unique
}

function show(known: Known): string {
  return [...known]
    .map(([name, open]) => `${name}=${open}`)
    .sort()
    .join(',')
}
