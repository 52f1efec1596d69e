/**
 * The end of every call, however it came: the verdict, and in the same transaction all that follows from it. What follows is said by rules
 * that app.ts hands in; this file only makes sure that it is said once and kept.
 *
 * A loss is decided a moment later: a caller who rings again within it makes one call of the two, and the later one tells for both.
 */
import type { Config } from '../config/schema.ts'
import type { Journey, Verdict } from '../model/call-outcome.ts'
import { sleep } from '../runtime/abort.ts'
import type { Clock } from '../runtime/clock.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Journal, JournalEntry } from '../store/journal.ts'
import { type Call, isInternal } from './call.ts'
import type { LiveCalls } from './live-calls.ts'

/** What of a call its end needs; recovery ends calls that have no leg any more. */
export type EndedCall = Pick<
  Call,
  'id' | 'linkedid' | 'direction' | 'trunk' | 'line' | 'caller' | 'arrivedAt' | 'snapshot' | 'path'
> & {
  restored?: boolean
  /** When it ended, if that is known better than now: milliseconds since 1970. */
  endedAt?: number
}
export type EndOfCall = (call: EndedCall) => Promise<void>

export interface EndOfCallDeps {
  journal: Journal
  clock: Clock
  log: Logger
  /** Missing: every call stands alone. */
  live?: Pick<LiveCalls, 'laterThan' | 'silentSince'>
  /** The id of a call of this number that began at `since` or later and in which somebody spoke with the caller. */
  spokenLater?: (call: EndedCall, since: number) => Promise<string | null>
  /** Asks who the caller is, for those who will be told: within its own time limit, and never in vain for the end. Missing: nobody is asked. */
  learnName?: (call: EndedCall) => Promise<void>
  /** Was he spoken with, and if not, why not? Pure. */
  verdict: (journey: Journey, config: Config) => Verdict
  /** Notices, the open list, call-backs. Reads history, writes nothing. */
  followUps: (call: EndedCall, verdict: Verdict) => Promise<JournalEntry[]>
  /** Told after the commit. */
  onEnd: (call: EndedCall, verdict: Verdict) => void
}

/** A queue's hang-up may trail the caller's, and a caller whose line broke rings again at once. */
const SETTLE_MS = 3_000
/** Nobody waits for this commit: it may ride with the next one. */
const COMMIT_WITHIN_MS = 40
const RETRY_MS = 1_000
/** Q.850 cause of a channel that Asterisk ends because no voice came; and how long it waits (`rtp_timeout` in asterisk-config/pjsip.conf). */
const RTP_TIMED_OUT = 44
const RTP_TIMEOUT_MS = 120_000

export function endOfCall(deps: EndOfCallDeps): EndOfCall {
  return async (call) => {
    const endedAt = call.endedAt ?? deps.clock.now()
    let verdict = judge(deps, call, endedAt)
    if (verdict.verdict === 'missed') {
      // no mail is later for it than it would be anyway
      const { wait } = call.snapshot.config.missed_calls.mail
      const again = deps.live?.laterThan(call, aloneUntil(deps, call, endedAt), Math.min(SETTLE_MS, wait))
      // asked while it waits anyway: from the look at what came later to the commit nothing may be waited for
      const [later] = await Promise.all([again, deps.learnName?.(call)])
      if (later) verdict = joined(deps, call, later, endedAt)
    }
    // the row is armed on disk: if this process dies while it retries, recovery does the same again
    for (;;) {
      try {
        const alone = aloneUntil(deps, call, endedAt)
        const spoken = verdict.verdict === 'missed' ? await deps.spokenLater?.(call, alone) : null
        if (spoken) verdict = linked(deps, call, spoken, endedAt)
        const follow = await deps.followUps({ ...call, endedAt }, verdict)
        crashPoint('call.before-end')
        await deps.journal.commit([ended(call, verdict, endedAt), ...follow], COMMIT_WITHIN_MS)
        break
      } catch (error) {
        deps.log.error('the end of a call could not be written; trying again', { error, call: call.id })
        await sleep(RETRY_MS)
      }
    }
    crashPoint('call.after-end')
    deps.onEnd(call, verdict)
  }
}

/**
 * Until when the caller may have been on the line. A later call of the number that began before that is another person's. A line that died is
 * held by Asterisk until no voice has come for its RTP time-out; the caller may have rung again long before.
 */
function aloneUntil({ live }: Pick<EndOfCallDeps, 'live'>, { id, path }: EndedCall, endedAt: number): number {
  const timedOut = path.steps.some((step) => step.kind === 'hung-up' && step.cause === RTP_TIMED_OUT)
  return Math.min(endedAt, live?.silentSince(id) ?? endedAt, timedOut ? endedAt - RTP_TIMEOUT_MS : endedAt)
}

function judge(deps: Pick<EndOfCallDeps, 'verdict'>, call: EndedCall, endedAt: number): Verdict {
  const { path, arrivedAt, direction, caller, trunk, snapshot } = call
  const { config } = snapshot
  const internal = isInternal(config, trunk)
  const journey = { steps: path.journey, arrivedAt, endedAt, direction, caller: caller.number, internal }
  return deps.verdict(journey, config)
}

/** The later call's verdict is made of both: what happened to him at the group that he had reached is not lost with his connection. */
function joined(deps: EndOfCallDeps, call: EndedCall, later: EndedCall, endedAt: number): Verdict {
  later.path.goesOnAfter(call.path)
  return linked(deps, call, later.id, endedAt)
}

function linked(deps: EndOfCallDeps, call: EndedCall, to: string, endedAt: number): Verdict {
  call.path.add({ kind: 'linked', to })
  return judge(deps, call, endedAt)
}

function ended(call: EndedCall, verdict: Verdict, at: number): JournalEntry {
  const { reason, group, waitMs, talkMs } = verdict
  const hangup = call.path.steps.findLast((step) => step.kind === 'hung-up')
  const wasArmed = call.direction === 'inbound'
  const notice = verdict.verdict === 'answered' && !wasArmed ? 'none' : NOTICE[verdict.verdict]
  const row = {
    id: call.id,
    at,
    verdict: verdict.verdict,
    reason,
    group,
    waitMs,
    talkMs,
    notice,
    cause: hangup?.cause ?? null,
  }
  return { op: 'call.end', row }
}

const NOTICE = { answered: 'disarmed', missed: 'fired', ignored: 'none' } as const
