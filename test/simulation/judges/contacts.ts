/** I6: no contact of a campaign is forgotten. Each has a last word, and the world outside has seen what earns it. */
import { type Evidence, groupedBy } from './evidence.ts'

/** After so many calls that ended so a contact is left alone; the defaults of `campaigns: retry:`. */
const ENOUGH: Record<string, readonly [results: readonly string[], times: number]> = {
  'busy': [['busy'], 3],
  'no-answer': [['no-answer', 'unknown', 'interrupted'], 3],
  'unreachable': [['unreachable'], 2],
  'failed': [['trouble', 'failed'], 1],
  'unknown': [['unknown', 'interrupted'], 1],
  'declined': [['rejected'], 2],
}
const MOST_CALLS = 6
/** Results of which somebody outside must know. */
const SEEN_OUTSIDE = [
  'busy',
  'no-answer',
  'rejected',
  'unreachable',
  'answered',
  'completed',
  'partial',
  'opted-out',
  'machine',
]
const TROUBLE_PAUSES = 7

interface Contact {
  id: string
  number: string
  status: string
  campaign: string
}
interface Attempt {
  id: string
  contactId: string
  result: string
}

export function everyContactSettled(evidence: Evidence): string[] {
  const contacts = evidence.rows<Contact>(
    `SELECT c."id", c."number", c."status", g."status" AS "campaign" FROM "Contact" c JOIN "Campaign" g ON g."id" = c."campaignId"`,
  )
  const attempts = evidence.rows<Attempt>(`SELECT "id", "contactId", "result" FROM "Attempt" ORDER BY "no"`)
  const ofContact = groupedBy(attempts, ({ contactId }) => contactId)
  const troubles = attempts.filter(({ result }) => ['trouble', 'unknown', 'failed'].includes(result)).length
  const unsettled = contacts.flatMap((contact) => {
    const broken = brokenBy(evidence, contact, ofContact.get(contact.id) ?? [], troubles)
    return broken ? [`I6 contact ${contact.id} is ${contact.status}: ${broken}`] : []
  })
  return [...unsettled, ...rowsAndCalls(evidence, attempts)]
}

function brokenBy(evidence: Evidence, contact: Contact, attempts: Attempt[], troubles: number): string | null {
  const { status, number, campaign } = contact
  const pickedUp = evidence.callsOf(number).some(({ channel, answeredAt }) => isAttempt(channel) && answeredAt !== null)
  switch (status) {
    case 'answered':
    case 'completed':
    case 'partial':
    case 'opted-out':
    case 'machine':
      return pickedUp ? null : 'he never picked up'
    case 'skipped-dnc':
      return evidence.rows(`SELECT 1 FROM "DoNotCall" WHERE "number" = ?`, number).length > 0
        ? null
        : 'he is on no list'
    case 'queued':
      return campaign === 'paused' && troubles >= TROUBLE_PAUSES ? null : `and its campaign is ${campaign}`
    default: {
      if (status === 'declined' && pickedUp) return null
      const rule = ENOUGH[status]
      if (!rule) return 'that is no last word for him'
      const [results, times] = rule
      const counted = attempts.filter(({ result }) => results.includes(result)).length
      const all = attempts.filter(({ result }) => result !== 'trouble').length
      return counted >= times || all >= MOST_CALLS
        ? null
        : `after ${attempts.map(({ result }) => result).join(', ') || 'nothing'}`
    }
  }
}

/** Every call has its row, and every row that tells of a phone has its call. */
function rowsAndCalls(evidence: Evidence, attempts: Attempt[]): string[] {
  const rows = new Set(attempts.map(({ id }) => id))
  const { calls } = evidence.chronicle
  return [
    ...evidence.outbound.flatMap(({ channel }) =>
      isAttempt(channel) && !rows.has(channel) ? [`I6 ${channel} was placed and has no row`] : [],
    ),
    ...attempts.flatMap(({ id, result }) =>
      SEEN_OUTSIDE.includes(result) && !calls.has(id)
        ? [`I6 attempt ${id} is said to be ${result}, and nothing rang`]
        : [],
    ),
  ]
}

function isAttempt(channel: string): boolean {
  return channel.startsWith('attempt-')
}
