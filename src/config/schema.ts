/** The whole of `perezvon.yaml`. Types of the configuration are inferred from here and written nowhere else. */
import { z } from 'zod'
import { campaign } from './sections/campaigns.ts'
import { channels, voicemail } from './sections/channels.ts'
import { company } from './sections/company.ts'
import { step } from './sections/flows.ts'
import { music, schedule } from './sections/hours.ts'
import { missedCalls } from './sections/missed-calls.ts'
import { group, person } from './sections/people.ts'
import { phoneBook } from './sections/phone-book.ts'
import { recordings } from './sections/recordings.ts'
import { reports } from './sections/reports.ts'
import { dialling, line, trunk } from './sections/trunks.ts'
import { oneOrMany } from './keyed-union.ts'
import type { ProblemId } from './problem.ts'
import { key, name, pathBelow, phoneNumber, strict } from './values.ts'

export const schema = strict({
  version: z.literal('1').describe('of this format'),
  include: oneOrMany(pathBelow()).optional().describe('more files with the same sections, `flows/*.yaml`'),
  company: company.describe('who the callers reach; language, zone and country of everything else'),
  operator: strict({ key: key().default('0'), ring: name() })
    .optional()
    .describe('the key that reaches a person from anywhere, and whom; `0` and the group `operators` if missing'),
  people: z.record(name(), person).describe('everybody who is rung or gets mail'),
  groups: z.record(name(), group).default({}).describe('people who are rung together'),
  vip: z.array(phoneNumber()).default([]).describe('callers who are served before all others; E.164 once loaded'),
  hours: z.record(name(), schedule).default({}).describe('when we are open, in the company’s zone'),
  music: z.record(name(), music).default({}).describe('classes of music on hold'),
  trunks: z.record(name(), trunk).default({}).describe('the ways to the outside'),
  lines: z.record(phoneNumber(), line).describe('our own numbers, and where a call to each goes; E.164 once loaded'),
  flows: z
    .record(name(), z.array(step).min(1, 'empty-list' satisfies ProblemId))
    .describe('what a caller goes through, step by step'),
  channels: channels.prefault({}).describe('ways to tell people besides mail'),
  voicemail: voicemail.prefault({}).describe('what is done with every message that a caller leaves'),
  recordings: recordings
    .prefault({})
    .describe('recordings of talks: how long they are kept, how an operator pauses them'),
  missed_calls: missedCalls.describe('who is told of a missed call, and how the caller is called back'),
  phone_book: phoneBook
    .default([])
    .describe('where the names of callers come from; the first that knows the number counts'),
  campaigns: z.record(name(), campaign).default({}).describe('calls by list'),
  reports: reports.prefault({}).describe('what the figures go by, and the weekly mail about them'),
  dialling: dialling.prefault({}).describe('what may be called at all'),
})

/** A checked configuration. Durations are milliseconds. Frozen: a call keeps the one it began with. */
export type Config = z.output<typeof schema>
