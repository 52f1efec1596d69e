/**
 * The call-back as an event of the recipient's calendar: a REQUEST of iTIP (RFC 5546) for a mail (RFC 6047). Escaping and folding are
 * ical.js'. The same row makes the same event: sent again, it is the same entry of the calendar.
 */
import ICAL from 'ical.js'
import { wireAddress } from '../model/mail-address.ts'
import type { OutboxNotice } from '../store/outbox.ts'
import { t } from './messages.ts'
import type { NoticeContent } from './payload.ts'
import { fullTime, shownCaller, shownLine } from './wording.ts'
import { languageOf } from './write.ts'

// the space that begins a folded line counts among the 75 octets of RFC 5545
ICAL.foldLength = 74

/** How long the calendar is blocked for it. */
const MINUTES = 10

/** Null: the recipient did not ask for it, or the call-back has no time. */
export function invitation(
  notice: OutboxNotice,
  calls: NoticeContent[],
  { from, host }: { from: string; host: string },
): string | null {
  const [call] = calls
  if (notice.kind === 'digest' || call?.kind !== 'missed' || !call.payload.calendar) return null
  const { next, caller, line, calledAt, company, callId } = call.payload
  if (next.kind !== 'callback' || next.at === 'when-free') return null
  const language = languageOf(notice)
  const who = shownCaller(caller, language)
  const when = fullTime(calledAt, company.zone, language)
  const calendar = new ICAL.Component('vcalendar')
  calendar.addPropertyWithValue('prodid', '-//Perezvon//EN')
  calendar.addPropertyWithValue('version', '2.0')
  calendar.addPropertyWithValue('method', 'REQUEST')
  const event = new ICAL.Component('vevent')
  event.addPropertyWithValue('uid', `callback.${callId}@${host}`)
  event.addPropertyWithValue('sequence', 0)
  event.addPropertyWithValue('dtstamp', utc(notice.createdAt))
  event.addPropertyWithValue('dtstart', utc(next.at))
  event.addPropertyWithValue('dtend', utc(next.at + MINUTES * 60_000))
  event.addPropertyWithValue('summary', t(language, 'event.summary', { who }))
  event.addPropertyWithValue('description', t(language, 'event.text', { who, line: shownLine(line), when }))
  if (caller.number) event.addPropertyWithValue('url', `tel:${caller.number}`)
  const organizer = event.addPropertyWithValue('organizer', `mailto:${wireAddress(from)}`)
  organizer.setParameter('cn', company.name)
  const attendee = event.addPropertyWithValue('attendee', `mailto:${wireAddress(notice.recipient)}`)
  attendee.setParameter('partstat', 'NEEDS-ACTION')
  attendee.setParameter('rsvp', 'FALSE')
  calendar.addSubcomponent(event)
  return `${calendar.toString()}\r\n`
}

function utc(at: number): ICAL.Time {
  return ICAL.Time.fromJSDate(new Date(Math.floor(at / 1000) * 1000), true)
}
