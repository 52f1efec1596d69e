/**
 * Configuration of the far end: a second Asterisk that plays the outside world and the desk phones.
 *
 * As outside, each trunk and the phones have addresses of their own (127.0.0.2, .3, .4), so that the system under test tells them apart
 * by address, as it will in a real network.
 */
import type { Phone } from './site-files.ts'

/** Where calls of each trunk come from and go to. `tone-gateway` is an old one: it sends keys as tones in the sound, and offers nothing else. */
export const TRUNK_ADDRESSES = {
  'provider': '127.0.0.2',
  'gsm-gateway': '127.0.0.3',
  'tone-gateway': '127.0.0.5',
} as const
export type TrunkName = keyof typeof TRUNK_ADDRESSES
const PHONES_ADDRESS = '127.0.0.4'

export interface FarPorts {
  http: number
  sip: number
  rtp: [number, number]
}

/** `pbx`: host:port of the system under test. */
export function farEndFiles(options: { ports: FarPorts; pbx: string; phones: Phone[]; ariPassword: string }) {
  const { ports, pbx, phones } = options
  return {
    'pjsip.conf': [
      section('global', 'type=global', 'endpoint_identifier_order=request_uri,username'),
      ...Object.entries(TRUNK_ADDRESSES).map(([trunk, address]) => trunkSections(trunk, address, ports.sip, pbx)),
      section('phones', 'type=transport', 'protocol=udp', `bind=${PHONES_ADDRESS}:${ports.sip}`),
      ...phones.map((phone) => phoneSections(phone, pbx)),
    ].join('\n'),
    // Everything that arrives is a test's to decide.
    'extensions.conf': `[world]
exten => _[+0-9*#]!,1,Stasis(far,outside,\${EXTEN},\${TRUNK})
exten => s,1,Stasis(far,outside,s,\${TRUNK})
[phones]
exten => _[+0-9*#]!,1,Stasis(far,phone,\${PHONE},\${PHONE})
exten => s,1,Stasis(far,phone,\${PHONE},\${PHONE})
[refer]
exten => _[+0-9*#]!,1,Transfer(PJSIP/sip:\${EXTEN}@${pbx})
 same => n,Hangup()
`,
    'http.conf': section('general', 'enabled=yes', 'bindaddr=127.0.0.1', `bindport=${ports.http}`, 'sessionlimit=500'),
    'ari.conf': [
      section('general', 'enabled=yes', 'websocket_write_timeout=5000'),
      section('far', 'type=user', `password=${options.ariPassword}`),
    ].join(''),
    'rtp.conf': section('general', `rtpstart=${ports.rtp[0]}`, `rtpend=${ports.rtp[1]}`),
    'cdr.conf': section('general', 'enable=no'),
    'cel.conf': section('general', 'enable=no'),
  }
}

const SOUND = ['disallow=all', 'allow=alaw,ulaw,g722', 'direct_media=no', 'rtp_symmetric=yes']
const KEYS_BESIDE_THE_SOUND = 'dtmf_mode=rfc4733'
const KEYS_IN_THE_SOUND = 'dtmf_mode=inband'

function trunkSections(trunk: string, address: string, sip: number, pbx: string): string {
  return [
    section(`net-${trunk}`, 'type=transport', 'protocol=udp', `bind=${address}:${sip}`),
    section(trunk, 'type=aor', `contact=sip:${pbx}`),
    section(
      trunk,
      'type=endpoint',
      `transport=net-${trunk}`,
      `aors=${trunk}`,
      'context=world',
      'trust_id_outbound=yes',
      'trust_id_inbound=yes',
      'send_pai=yes',
      `set_var=TRUNK=${trunk}`,
      trunk === 'tone-gateway' ? KEYS_IN_THE_SOUND : KEYS_BESIDE_THE_SOUND,
      ...SOUND,
    ),
    // Calls of the system under test come from one address; the request URI's host tells which trunk is meant.
    section(
      `${trunk}-identify`,
      'type=identify',
      `endpoint=${trunk}`,
      `match_request_uri=/^sip:[^@]*@?${address.replaceAll('.', '\\.')}(:|$)/`,
    ),
  ].join('')
}

function phoneSections({ name, password }: Phone, pbx: string): string {
  const id = `phone-${name}`
  return [
    section(id, 'type=auth', 'auth_type=userpass', `username=${name}`, `password=${password}`),
    section(id, 'type=aor', `contact=sip:${pbx}`),
    section(
      id,
      'type=endpoint',
      'transport=phones',
      `aors=${id}`,
      `outbound_auth=${id}`,
      `from_user=${name}`,
      'context=phones',
      `set_var=PHONE=${name}`,
      KEYS_BESIDE_THE_SOUND,
      ...SOUND,
    ),
    section(
      id,
      'type=registration',
      'transport=phones',
      `outbound_auth=${id}`,
      `server_uri=sip:${pbx}`,
      `client_uri=sip:${name}@${pbx}`,
      `contact_user=${name}`,
      'line=yes',
      `endpoint=${id}`,
      'retry_interval=2',
      'forbidden_retry_interval=2',
      'expiration=600',
      'max_random_initial_delay=0', // else a phone waits up to 10 s before its first registration
    ),
  ].join('')
}

function section(heading: string, ...lines: string[]): string {
  return [`[${heading}]`, ...lines, '', ''].join('\n')
}
