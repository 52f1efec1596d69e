/** The mails about missed calls, as their reader sees them. */
import type { ReceivedMail } from '../../scripts/rig/mail-server.ts'
import type { Daemon } from './daemon.ts'
import type { World } from './world.ts'

let callers = 0
/** A number that nobody has called from yet, also when a story is told again. */
export function newCaller(): string {
  return `+7912${String(1_000_000 + callers++)}`
}

/** What was written about the one call of this caller, once it is over. Null: of the last who withheld his number. */
export async function endedCall(daemon: Daemon, caller: string | null) {
  const where = { caller, endedAt: { not: null } }
  const find = (db: Daemon['prisma']) => db.call.findFirst({ where, orderBy: { arrivedAt: 'desc' } })
  return daemon.until(find, `the end of the call of ${caller ?? 'nobody'}`)
}

/** The first mail about a call. */
export function mailAbout(world: World, callId: string): Promise<ReceivedMail> {
  return world.mail.mail((mail) => about(mail) === callId, 15_000, `a mail about call ${callId}`)
}

export function mailsAbout(world: World, callId: string): ReceivedMail[] {
  return world.mail.mails.filter((mail) => about(mail) === callId)
}

/** One line of the plain text: `field(mail, 'Нажал')`. */
export function field(mail: ReceivedMail, label: string): string | undefined {
  const lines = (mail.parsed.text ?? '').split('\n')
  return lines.find((line) => line.startsWith(`${label}: `))?.slice(label.length + 2)
}

function about(mail: ReceivedMail): unknown {
  return mail.parsed.headers.get('x-perezvon-call')
}
