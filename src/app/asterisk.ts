/** The real Asterisk, over the transport that the settings name. */
import { AriTelephony } from '../telephony/ari-telephony.ts'
import { HttpTransport } from '../telephony/http-transport.ts'
import type { Config } from '../config/schema.ts'
import type { AsteriskLink, CallLimits, LinkEvents } from '../telephony/link.ts'
import { WebsocketTransport } from '../telephony/websocket-transport.ts'
import type { Ground } from './ground.ts'

/** Builds the wall to Asterisk; nothing is connected before its `start()`. */
export type ConnectAsterisk = (ground: Ground, events: LinkEvents) => AsteriskLink

export const connectAri: ConnectAsterisk = ({ settings, secrets, metrics, log, config }, events) => {
  const { url, user, app, sockets, transport } = settings.ari
  const address = { url: `${url}/ari`, user, password: secrets.ariPassword, app }
  const onRequest = (operation: string, status: number | null, ms: number) =>
    metrics.ariRequest.observe({ method: operation, status: String(status ?? 'none') }, ms / 1000)
  return new AriTelephony({
    address,
    transport:
      transport === 'http'
        ? new HttpTransport({ address, log, onRequest })
        : new WebsocketTransport({ address, sockets, log, onRequest }),
    log,
    events,
    limits: () => callLimits(config()),
  })
}

export function callLimits({ dialling, missed_calls }: Config): CallLimits {
  return { longestCallMs: dialling.max_call, shortestTalkMs: missed_calls.shortest_talk }
}
