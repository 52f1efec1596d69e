/** The mail servers of the environment: each by its address, the first perhaps in parts. */
import { isIP } from 'node:net'
import type { Variables } from './env-values.ts'
import type { SettingProblem } from './env.ts'
import { parseSmtpUrl } from './smtp-url.ts'

/**
 * In the order in which they are tried. What is wrong is told with the name of the setting, and never with its value.
 */
export function smtpAddresses(set: Variables, problems: SettingProblem[]): string[] {
  const first = set.PEREZVON_SMTP_URL ? { name: 'PEREZVON_SMTP_URL', url: set.PEREZVON_SMTP_URL } : ofParts(set)
  const listed = (set.PEREZVON_SMTP_URLS ?? '').split(/\s+/).filter(Boolean)
  const further = listed.map((url, i) => ({ name: `PEREZVON_SMTP_URLS (${i + 1})`, url }))
  const named = [...(first ? [first] : []), ...further]
  for (const { name, url } of named) {
    const parsed = parseSmtpUrl(url)
    if (!parsed.ok) problems.push({ name, id: parsed.fault, text: '' })
  }
  return named.map(({ url }) => url)
}

/** The name is that of the part which is to blame when the address is refused. */
function ofParts(set: Variables): { name: string; url: string } | null {
  const { PEREZVON_SMTP_PORT: port, PEREZVON_SMTP_USER: user, PEREZVON_SMTP_PASSWORD: password } = set
  if (!set.PEREZVON_SMTP_HOST) return null
  const bare = set.PEREZVON_SMTP_HOST.replace(/^\[|\]$/g, '')
  const host = isIP(bare) === 6 ? `[${bare}]` : encodeURIComponent(bare)
  const hasLogin = user !== undefined || password !== undefined
  const login = hasLogin ? `${encodeURIComponent(user ?? '')}:${encodeURIComponent(password ?? '')}@` : ''
  // 465 is TLS from the first byte, the others begin in the clear and are upgraded.
  const protocol = port === 465 ? 'smtps' : 'smtp'
  return { name: blamed(user, password), url: `${protocol}://${login}${host}:${port}` }
}

function blamed(user: string | undefined, password: string | undefined): string {
  if (user !== undefined && password === undefined) return 'PEREZVON_SMTP_PASSWORD'
  return user === undefined && password !== undefined ? 'PEREZVON_SMTP_USER' : 'PEREZVON_SMTP_HOST'
}
