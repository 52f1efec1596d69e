/** The manager's meetings, by command: `meeting on | until`, and `meeting off`. */
import { beginMeeting, endMeeting } from '../../src/store/meetings.ts'
import type { Office } from './list-work.ts'

const MINUTE = 60_000
export const MANAGER = 'olga'

/** One after another. */
export function meet(office: Office, until: number): void {
  const { time, chance } = office
  if (chance.yes(0.4)) return
  // calls come in a crowd, and most in the beginning
  const at = chance.yes(0.6) ? chance.int(1_000, MINUTE) : chance.int(0, until - time.now())
  time.after(at, () => begin(office, until))
}

function begin(office: Office, until: number): void {
  const { time, chance, chronicle, commandLine } = office
  if (time.now() > until) return
  commandLine.run(async (prisma) => {
    const ms = chance.int(2 * MINUTE, 25 * MINUTE)
    const said = chance.yes(0.5)
    const now = Date.now()
    await beginMeeting(prisma, { person: MANAGER, since: now, until: said ? now + ms : null, by: 'command line' })
    const over = chronicle.meeting(said ? ms : Infinity)
    // it may be over before it was said to be
    const offAfter = !said || chance.yes(0.3) ? (said ? chance.int(MINUTE, ms) : ms) : null
    if (offAfter !== null) time.after(offAfter, () => end(office, over))
    if (chance.yes(0.4)) time.after(ms + chance.int(MINUTE, 20 * MINUTE), () => begin(office, until))
  })
}

function end({ commandLine }: Office, over: () => void): void {
  commandLine.run(async (prisma) => {
    await endMeeting(prisma, MANAGER, Date.now())
    over()
  })
}
