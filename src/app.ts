/**
 * The composition root: every room is built here by hand (its wiring stands in app/), started and stopped in order. Nothing is decided here.
 */
import { connectAri, type ConnectAsterisk } from './app/asterisk.ts'
import { callbacksRoom } from './app/callbacks.ts'
import { type Calls, callsRoom } from './app/calls.ts'
import { casePagesRoom } from './app/case-pages.ts'
import { campaignsRoom } from './app/campaigns.ts'
import { featureCodes } from './app/feature-codes.ts'
import { bookStates, bookWarnings, channelStates, collectGauges, healthChecks, outboxWarnings } from './app/figures.ts'
import { type AppParts, layGround } from './app/ground.ts'
import { type ConnectMail, connectSmtp, mailRoom } from './app/mail.ts'
import { operatorsApiRoom } from './app/operators-api.ts'
import { peopleRoom } from './app/people.ts'
import { recordingsRoom } from './app/recordings.ts'
import { recoveryRoom } from './app/recovery.ts'
import { reportsRoom } from './app/reports.ts'
import { soundRoom } from './app/sound.ts'
import { deskCalls } from './calls/desk-call.ts'
import { inboundCalls, transferDeps } from './calls/inbound.ts'
import { closedByOutsideTalk } from './missed-calls/follow-ups.ts'
import { ownersOf } from './queues/workplace.ts'
import { startHttp } from './http/server.ts'
import type { Recovery } from './recovery.ts'
import { watchForFreeze } from './runtime/freeze-watch.ts'
import type { Arrival, TransferredArrival } from './telephony/link.ts'

export interface App {
  start(): Promise<{ httpPort: number }>
  /** Takes no new calls, lets those that are here end for up to `graceMs`, writes everything down. */
  stop(graceMs: number): Promise<void>
}

/** How often the doorbell book is read; also at once after each connect. */
const DOORBELL_EVERY_MS = 5_000
/** The first callers find the names there, unless reading them takes longer. */
const NAMES_WITHIN_MS = 3_000

/** How the house meets the world. */
export interface Outside {
  asterisk: ConnectAsterisk
  mail: ConnectMail
  http: typeof startHttp
}
const REAL: Outside = { asterisk: connectAri, mail: connectSmtp, http: startHttp }

/** `outside`: another world than the real one. */
export function createApp(parts: AppParts, outside: Outside = REAL): App {
  const ground = layGround(parts)
  const { settings, liveConfig, database, library, live, config, log, names } = ground
  // calls come only after start(), when these are there
  let takeCode: ReturnType<typeof featureCodes>
  let takeCall: (arrival: Arrival) => Promise<void>
  let takeTransferred: (arrival: TransferredArrival) => Promise<void>
  let takeDesk: ReturnType<typeof deskCalls>
  let recovery: Recovery

  const telephony = outside.asterisk(ground, {
    arrival: (arrival) => void takeCall(arrival),
    transferred: (arrival) => void takeTransferred(arrival),
    desk: (leg, number, endpoint) => void takeDesk(leg, number, endpoint),
    feature: (leg, code, endpoint) => void takeCode(leg, code, endpoint),
    stranger: (channel) => void recovery.stranger(channel),
    doorbell: (...entry) => recovery.takeDoorbell(...entry),
    connected: (channels) => recovery.connected(channels),
    fenced: parts.onFenced,
  })
  const sound = soundRoom(ground)
  const people = peopleRoom(ground, telephony, sound)
  const mail = mailRoom(ground, outside.mail)
  const callbacks = callbacksRoom(ground, telephony, people, sound, mail, (...transfer) =>
    calls.inbound.transferred(...transfer),
  )
  const calls: Calls = callsRoom(ground, people, sound, callbacks.meetings, ({ snapshot }) => {
    // one that waits, lest the caller gets through after all, is found when its time has come
    if (snapshot.config.missed_calls.mail.wait === 0) mail.worker.wake()
    callbacks.due.wake()
  })
  const reports = reportsRoom(ground, mail)
  const recordings = recordingsRoom(ground, telephony)
  const dialer = campaignsRoom(ground, telephony, people, sound, calls)
  takeCall = inboundCalls(calls.inbound)
  takeDesk = deskCalls({
    ...ground,
    telephony,
    guard: people.guard,
    ownersOf,
    inHand: people.desksInHand,
    transfers: transferDeps(calls.inbound),
    closing: closedByOutsideTalk,
  })
  takeCode = featureCodes(ground, { ...people, ...callbacks, ...sound })
  const recovering = recoveryRoom(ground, telephony, people, calls, callbacks, () => {
    dialer.start()
    callbacks.due.start()
    recordings?.start()
  })
  recovery = recovering.recovery
  takeTransferred = recovering.takeTransferred

  const watchPhones = async () => {
    const devices = Object.values(config().people).flatMap((person) => person.rings)
    await telephony.watchPhones(devices.flatMap((device) => (device.kind === 'phone' ? [device.endpoint] : [])))
  }

  let http: Awaited<ReturnType<typeof startHttp>> | null = null
  let stopTimers = () => {}

  return {
    async start() {
      http = await outside.http({
        ...settings.http,
        metrics: ground.metrics,
        collect: collectGauges(ground, telephony, mail, reports.database),
        cases: casePagesRoom(ground, mail),
        api: operatorsApiRoom(ground, people),
        log,
        checks: healthChecks(ground, telephony, mail),
        channels: () => channelStates(ground, mail),
        phoneBook: () => bookStates(ground),
        warnings: async () => ({ ...(await outboxWarnings(mail)), ...bookWarnings(ground) }),
      })
      await Promise.all([names.start(NAMES_WITHIN_MS), people.wakeUp()])
      await watchPhones()
      liveConfig.onSwap((now) => {
        void library.refresh()
        mail.worker.refresh()
        names.change(now.config).catch((error: unknown) => log.error('the phone book did not change', { error }))
        telephony
          .tellLimits()
          .catch((error: unknown) => log.error('the dialplan was not told the new limits', { error }))
        watchPhones().catch((error: unknown) =>
          log.error('the phones of the new configuration are not watched', { error }),
        )
      })
      await liveConfig.start()
      await callbacks.meetings.start()
      await mail.outbox.releaseLeases()
      await mail.worker.start()
      reports.weekly.start()
      telephony.start()
      const doorbell = setInterval(() => void recovery.readDoorbell(), DOORBELL_EVERY_MS)
      const unwatch = watchForFreeze((seconds) => {
        log.warn('the process stood still; looking what happened meanwhile', { seconds })
        telephony.resynchronise()
      })
      stopTimers = () => {
        clearInterval(doorbell)
        unwatch()
      }
      return { httpPort: http.port }
    },

    async stop(graceMs) {
      stopTimers()
      await telephony.retire()
      live.settleNow()
      await liveConfig.stop()
      await Promise.all([
        dialer.stop(graceMs),
        callbacks.due.stop(graceMs),
        Promise.race([live.whenNone(), delay(graceMs)]),
      ])
      await reports.weekly.stop()
      await recordings?.stop()
      await callbacks.meetings.stop()
      await names.stop()
      await people.goHome()
      await mail.worker.stop()
      mail.sender.close()
      await telephony.stop()
      await http?.close()
      await ground.journal.drain()
      await reports.database.close()
      await database.close()
    },
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
