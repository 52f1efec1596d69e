/** Prometheus figures. Base units; no phone numbers and no names of people in labels. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics(version: string) {
  const registry = new Registry()
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `perezvon_${name}`, help, labelNames, registers })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `perezvon_${name}`, help, labelNames, registers })
  const histogram = (name: string, help: string, buckets: number[], labelNames: string[] = []) =>
    new Histogram({ name: `perezvon_${name}`, help, buckets, labelNames, registers })

  gauge('build_info', 'always 1', ['version']).set({ version }, 1)
  return {
    registry,
    configReloadOk: gauge('config_last_reload_successful', '1 when the files on disk are the configuration in force'),
    configReloadAt: gauge('config_last_reload_timestamp_seconds', 'when the configuration in force was loaded'),
    ariConnected: gauge('ari_connected', '1 while connected to Asterisk and resynchronised'),
    ariReconnects: counter('ari_reconnects_total', 'connections after the first'),
    ariRequest: histogram(
      'ari_request_duration_seconds',
      'requests to Asterisk',
      [0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1, 3],
      ['method', 'status'],
    ),
    callsReceived: counter('calls_received_total', 'calls of callers that are over', ['line']),
    callsOffered: counter('calls_offered_total', 'of these, for which somebody was rung', ['line', 'flow']),
    callsAnswered: counter('calls_answered_total', 'calls in which a person spoke with the caller', ['line', 'group']),
    callsMissed: counter('calls_missed_total', 'calls in which nobody did', ['line', 'reason']),
    callWait: histogram(
      'call_wait_seconds',
      'of offered calls, from the first ring to the talk or the end; outcome: answered, lost',
      [5, 10, 15, 20, 30, 45, 60, 90, 120, 300],
      ['group', 'outcome'],
    ),
    callTalk: histogram('call_talk_seconds', 'length of talks', [10, 30, 60, 120, 300, 600, 1800], ['group']),
    callsActive: gauge('calls_active', 'callers on the line now', ['state']),
    menuChoices: counter('menu_choices_total', 'keys pressed in menus', ['flow', 'key']),
    missedOpen: gauge('missed_open', 'people who called and were not spoken with yet'),
    missedOldest: gauge('missed_oldest_seconds', 'how long the first of them has been waiting'),
    callbacks: counter('callbacks_total', 'tries to call back', ['result']),
    callbackDelay: histogram(
      'callback_delay_seconds',
      'from the loss to the talk',
      [60, 300, 1200, 3600, 14_400, 86_400],
    ),
    campaignContacts: gauge('campaign_contacts', 'contacts of campaigns that run or are paused', [
      'campaign',
      'status',
    ]),
    campaignAttempts: counter('campaign_attempts_total', 'calls of campaigns', ['campaign', 'result']),
    mailSent: counter('mail_sent_total', 'mails', ['kind', 'result']),
    outboxPending: gauge('outbox_pending', 'mails not sent yet'),
    outboxDead: gauge('outbox_dead', 'mails that were given up'),
    outboxUnconfirmed: gauge('outbox_unconfirmed', 'mails that may have arrived several times or not at all'),
    bookNames: gauge('phone_book_names', 'names that a source of the phone book gives', ['source']),
    bookFault: gauge('phone_book_fault', '1 while a source of the phone book cannot be read', ['source']),
    channelIll: gauge('channel_ill', '1 while a channel of notices cannot deliver', ['channel']),
  }
}
