/**
 * Writes the folder asterisk-config/local: what is different on each site. Everything else in asterisk-config is used as it stands.
 *
 * Names and passwords become part of Asterisk's configuration, so each is checked or cleaned here.
 */

export interface Phone {
  /** Also the extension: 2-4 digits. */
  name: string
  password: string
  /** Shown on the other phones; the name if missing. */
  callerName?: string
}

export interface Trunk {
  name: string
  /** `host:port` of the provider or gateway. */
  contact: string
  /** Addresses its calls come from. */
  match: string[]
}

export interface MusicClass {
  name: string
  /** Folder with sound files. */
  directory: string
  order: 'random' | 'alpha'
  /** A sound without its extension: plays on joining and between two tracks. */
  announcement?: string
}

export interface Site {
  /** The daemon's ARI application, `perezvon-<node>`. */
  app: string
  language: 'ru' | 'en'
  /** Dial strings of the phones that ring while the daemon is away. */
  operators: string[]
  /** For trunks that do not say which number was called. */
  defaultDid: string
  ariPassword: string
  /** Address of the SIP transport. */
  bind: string
  ports: { http: number; sip: number; rtp: [number, number] }
  phones: Phone[]
  trunks: Trunk[]
  music: MusicClass[]
  /** What an operator presses to pause the recording of his talk, and to go on with it; the usual codes if missing. */
  recordingCodes?: { pause: string; resume: string }
  /** Settings of local/globals.conf that differ from the usual. */
  limits?: Partial<Limits>
}

export interface Limits {
  fallbackRingSec: number
  maxCallSec: number
  shortestTalkMs: number
  maxCalls: number
  /** Calls of one caller within ten seconds. */
  maxSame: number
  heartbeatStaleSec: number
  music: string
}

const USUAL: Limits = {
  fallbackRingSec: 60,
  maxCallSec: 43_200,
  shortestTalkMs: 3_000,
  maxCalls: 100,
  maxSame: 100,
  heartbeatStaleSec: 12,
  music: 'default',
}

/** File name in asterisk-config/local -> its text. Throws on a name that could not stand in Asterisk's configuration. */
export function siteFiles(site: Site): Record<string, string> {
  return {
    'globals.conf': globals(site),
    'transport.conf': section('udp', { type: 'transport', protocol: 'udp', bind: `${site.bind}:${site.ports.sip}` }),
    'phones.conf': site.phones.map((phone) => phoneSections(phone, site.language)).join('\n'),
    'trunks.conf': site.trunks.map((trunk) => trunkSections(trunk, site.language)).join('\n'),
    'music.conf': site.music.map(musicSection).join('\n'),
    'features.conf': features(site.recordingCodes ?? { pause: '*91', resume: '*92' }),
    'http.conf': `bindport = ${site.ports.http}\n`,
    'rtp.conf': `rtpstart = ${site.ports.rtp[0]}\nrtpend = ${site.ports.rtp[1]}\n`,
    'ari.conf': section('perezvon', { type: 'user', read_only: 'no', password: secret(site.ariPassword) }),
  }
}

function globals(site: Site): string {
  const limits = { ...USUAL, ...site.limits }
  return section('globals', {
    PEREZVON_APP: name(site.app),
    PEREZVON_LANGUAGE: site.language,
    PEREZVON_DEFAULT_DID: matching(/^\+?\d{1,20}$/, site.defaultDid, 'number'),
    PEREZVON_OPERATORS: site.operators.map((o) => matching(/^PJSIP\/[\w+.-]+(@[\w.-]+)?$/, o, 'dial string')).join('&'),
    PEREZVON_FALLBACK_RING: String(limits.fallbackRingSec),
    PEREZVON_MUSIC: name(limits.music),
    PEREZVON_SORRY:
      site.language === 'ru' ? 'vm-nobodyavail&pls-try-call-later' : 'vm-nobodyavail&please-try-call-later',
    PEREZVON_MAX_CALL: String(limits.maxCallSec),
    PEREZVON_SHORTEST_TALK: String(limits.shortestTalkMs),
    PEREZVON_MAX_CALLS: String(limits.maxCalls),
    PEREZVON_MAX_SAME: String(limits.maxSame),
    PEREZVON_HB_STALE: String(limits.heartbeatStaleSec),
  })
}

/** Lines of `[applicationmap]` in features.conf. */
function features(codes: { pause: string; resume: string }): string {
  const line = (word: 'pause' | 'resume') => {
    const code = matching(/^[*#][0-9*#]{1,4}$/, codes[word], 'code of an operator')
    return `perezvon-${word} = ${code},peer,Gosub(perezvon-recording,${word},1)\n`
  }
  return line('pause') + line('resume')
}

function phoneSections(phone: Phone, language: string): string {
  const id = matching(/^\d{2,4}$/, phone.name, 'name of a phone')
  return [
    section(`${id}](perezvon-phone)`, {
      auth: id,
      aors: id,
      callerid: `${shown(phone.callerName ?? id)} <${id}>`,
      language,
    }),
    section(`${id}](perezvon-phone-auth)`, { username: id, password: secret(phone.password) }),
    section(`${id}](perezvon-phone-aor)`, {}),
  ].join('')
}

function trunkSections(trunk: Trunk, language: string): string {
  const id = name(trunk.name)
  return [
    section(`${id}](perezvon-trunk)`, { aors: id, language }),
    section(`${id}](perezvon-trunk-aor)`, { contact: `sip:${address(trunk.contact)}` }),
    section(`${id}-identify`, { type: 'identify', endpoint: id, match: trunk.match.map(address).join(',') }),
  ].join('')
}

function musicSection(music: MusicClass): string {
  return section(name(music.name), {
    mode: 'files',
    directory: path(music.directory),
    sort: music.order,
    ...(music.announcement ? { announcement: path(music.announcement) } : {}),
  })
}

/** `heading` is a name, or `name](template)`. */
function section(heading: string, values: Record<string, string>): string {
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`)
  return [heading.endsWith(')') ? `[${heading}` : `[${heading}]`, ...lines, ''].join('\n')
}

const name = (text: string) => matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, text, 'name')
const secret = (text: string) => matching(/^[\w.~!*+-]{1,80}$/, text, 'password')
const address = (text: string) => matching(/^[A-Za-z0-9.:[\]/-]{1,100}$/, text, 'address')
// A semicolon begins a comment in these files, `>` after `=` is swallowed.
const path = (text: string) => matching(/^\/[^\u0000-\u001f;>]{1,200}$/, text, 'path')
const shown = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f"<>;\\,]/g, ' ').trim()

function matching(pattern: RegExp, text: string, what: string): string {
  if (!pattern.test(text))
    throw new Error(`not usable in Asterisk's configuration as a ${what}: ${JSON.stringify(text)}`)
  return text
}
