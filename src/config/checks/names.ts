import { formatPhone } from '../../model/phone-number.ts'
import type { Path, ProblemId } from '../problem.ts'
import { allSteps } from '../walk-steps.ts'
import type { CheckInput, NamedSection } from './report.ts'

/** Every name that is used is defined somewhere. */
export function checkNames({ config, names, report }: CheckInput): void {
  const targets = [...names.groups, ...names.people]
  const need = (id: ProblemId, known: readonly string[], name: string, path: Path) => {
    if (!known.includes(name)) report(id, path, { values: { name }, known, meant: name })
  }
  const section = (id: ProblemId, of: NamedSection) => (name: string, path: Path) => need(id, names[of], name, path)
  const group = section('unknown-group', 'groups')
  const person = section('unknown-person', 'people')
  const hours = section('unknown-hours', 'hours')
  const flow = section('unknown-flow', 'flows')
  const target = (name: string, path: Path) => need('unknown-target', targets, name, path)
  const music = (name: string, path: Path) => need('unknown-music', [...names.music, 'ringing'], name, path)

  for (const [key, { members, overflow }] of Object.entries(config.groups)) {
    members.forEach((name, i) => {
      const path = ['groups', key, 'members', i]
      person(name, path)
      if (members.indexOf(name) < i) report('member-twice', path, { values: { name } })
    })
    if (overflow) group(overflow.to, ['groups', key, 'overflow', 'to'])
  }
  const ownLine = (number: string, path: Path) => {
    if (names.lines.includes(number)) return
    const [shown, ...known] = [number, ...names.lines].map(formatPhone)
    report('unknown-line', path, { values: { name: shown! }, known, meant: shown! })
  }
  for (const [key, { hours: shift, line }] of Object.entries(config.people)) {
    if (shift !== undefined) hours(shift, ['people', key, 'hours'])
    if (line !== undefined) ownLine(line, ['people', key, 'line'])
  }
  for (const [key, line] of Object.entries(config.lines)) {
    flow(line.flow, ['lines', key, 'flow'])
    if (line.callback) target(line.callback, ['lines', key, 'callback'])
  }
  if (config.operator) target(config.operator.ring, ['operator', 'ring'])
  const { callback } = config.missed_calls
  if (callback?.group) group(callback.group, ['missed_calls', 'callback', 'group'])
  const { hours: working } = config.missed_calls
  if (working) hours(working, ['missed_calls', 'hours'])
  if (callback?.client_hours) hours(callback.client_hours, ['missed_calls', 'callback', 'client_hours'])
  const { mail, escalate } = config.missed_calls
  if (mail.digest.night) hours(mail.digest.night, ['missed_calls', 'mail', 'digest', 'night'])
  escalate.forEach((rule, i) => rule.hours && hours(rule.hours, ['missed_calls', 'escalate', i, 'hours']))
  if (callback?.only) hours(callback.only, ['missed_calls', 'callback', 'only'])
  for (const [key, { trunk, hours: when, line }] of Object.entries(config.campaigns)) {
    section('unknown-trunk', 'trunks')(trunk, ['campaigns', key, 'trunk'])
    hours(when, ['campaigns', key, 'hours'])
    ownLine(line, ['campaigns', key, 'line'])
  }
  for (const { step, path } of allSteps(config)) {
    if (step.kind === 'ring') {
      target(step.ring.to, [...path, 'ring', 'to'])
      if (step.ring.music) music(step.ring.music, [...path, 'ring', 'music'])
      const { to, skill } = step.ring
      const skills = config.groups[to]?.terms.flatMap((member) => member.skills)
      if (skill !== undefined && skills && !skills.includes(skill))
        report('unknown-skill', [...path, 'ring', 'skill'], {
          values: { name: skill, group: to },
          known: skills,
          meant: skill,
        })
    } else if (step.kind === 'voicemail') target(step.voicemail.to, [...path, 'voicemail', 'to'])
    else if (step.kind === 'offer_callback') {
      if (step.offer_callback.to) target(step.offer_callback.to, [...path, 'offer_callback', 'to'])
    } else if (step.kind === 'callback_after_meeting')
      person(step.callback_after_meeting, [...path, 'callback_after_meeting'])
    else if (step.kind === 'say')
      step.say.forEach((part, i) => {
        if (typeof part !== 'string' && 'until' in part) person(part.until, [...path, 'say', i, 'until'])
      })
    else if (step.kind === 'go_to') flow(step.go_to, [...path, 'go_to'])
    else if (step.kind === 'when') {
      if ('meeting' in step.when) {
        person(step.when.meeting, [...path, 'when', 'meeting'])
        continue
      }
      const [state, name] = 'open' in step.when ? ['open', step.when.open] : ['closed', step.when.closed]
      hours(name, [...path, 'when', state])
    }
  }
  for (const name of names.groups) {
    if (names.people.includes(name)) report('person-and-group', ['groups', name], { values: { name } }, 'key')
  }
  for (const of of ['people', 'groups'] as const)
    if (names[of].includes('group')) report('reserved-name', [of, 'group'], { values: { name: 'group' } }, 'key')
}
