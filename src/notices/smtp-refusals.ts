/**
 * What the refusals of mail servers are about, as data: enhanced codes first (RFC 3463, the IANA registry, Microsoft's
 * own numbers), then the words of the big providers. smtp-verdict.ts reads it. A rule that is wrong in doubt says `us`:
 * a notice that waits can still go, a buried one cannot.
 */

/**
 * `us`: the sender, the connection, the account or its quota; every notice would hear the same.
 * `recipient`: this mailbox. `full`: this mailbox, until somebody empties it. `message`: this mail; `size`: perhaps
 * without its attachment.
 */
export type About = 'us' | 'recipient' | 'full' | 'message' | 'size'

/** By subject and detail; the class before them (4 or 5) only says for how long. Missing: the words decide. */
const BY_CODE: Readonly<Record<string, About>> = {
  // addresses
  '1.1': 'recipient',
  '1.2': 'recipient',
  '1.3': 'recipient',
  '1.4': 'recipient',
  '1.6': 'recipient',
  '1.7': 'us',
  '1.8': 'us',
  '1.10': 'recipient',
  // mailboxes
  '2.1': 'recipient',
  '2.2': 'full',
  '2.3': 'size',
  '2.4': 'recipient',
  // the server's system
  '3.1': 'us',
  '3.2': 'us',
  '3.3': 'us',
  '3.4': 'size',
  '3.5': 'us',
  // network and routing: 4.0, 4.1, 4.4 and 4.6 are about the way to the recipient where they answer RCPT
  '4.2': 'us',
  '4.3': 'us',
  '4.5': 'us',
  '4.14': 'recipient',
  // the protocol: our form
  '5.1': 'us',
  '5.3': 'us',
  '5.4': 'us',
  '5.5': 'us',
  // the content
  '6.0': 'message',
  '6.1': 'message',
  '6.2': 'message',
  '6.3': 'message',
  '6.5': 'message',
  '6.6': 'message',
  '6.7': 'recipient',
  '6.9': 'recipient',
  // security and policy; 7.0 and 7.1 are what everybody says of everything
  '7.2': 'recipient',
  '7.3': 'us',
  '7.4': 'us',
  '7.5': 'us',
  '7.6': 'us',
  '7.8': 'us',
  '7.9': 'us',
  '7.10': 'us',
  '7.11': 'us',
  '7.12': 'us',
  '7.14': 'us',
  '7.17': 'recipient',
  '7.18': 'recipient',
  '7.19': 'us',
  '7.20': 'us',
  '7.21': 'us',
  '7.22': 'us',
  '7.23': 'us',
  '7.24': 'us',
  '7.25': 'us',
  '7.26': 'us',
  '7.27': 'us',
  '7.28': 'us',
  '7.29': 'us',
  '7.30': 'us',
  '7.32': 'us',
  // Microsoft 365: a group, a mailbox or a public folder that lets only some write
  '7.124': 'recipient',
  '7.129': 'recipient',
  '7.133': 'recipient',
  '7.134': 'recipient',
  '7.135': 'recipient',
  '7.136': 'recipient',
  '7.703': 'recipient',
}

/** Where neither the code nor the words say more: delivery is not authorised, whatever for. */
const IN_DOUBT_US = new Set(['7.0', '7.1', '7.7', '7.13'])

export function inDoubtUs(subject: number, detail: number): boolean {
  return IN_DOUBT_US.has(`${subject}.${detail}`)
}

/** The subject and detail of `5.7.26`; null: it says nothing certain. */
export function aboutByCode(subject: number, detail: number): About | null {
  const known = BY_CODE[`${subject}.${detail}`]
  if (known) return known
  // Microsoft 365: 5.2.252 SendAsDenied, 5.7.57 to 5.7.68 the client, 5.7.5xx to 5.7.7xx banned senders and tenants
  if (subject === 2 && detail >= 250) return 'us'
  return subject === 7 && detail >= 40 ? 'us' : null
}

interface WordRule {
  about: About
  words: RegExp
  /** Said although the code may say otherwise. */
  certain?: true
  /** No waiting mends it, whatever the code says: a person must. */
  lasting?: true
}

/**
 * In their order; the first that fits is right. Each line of a list is one provider's, or one program's, way to say it.
 */
export const WORD_RULES: readonly WordRule[] = [
  {
    about: 'recipient',
    certain: true,
    words: any(
      'receiving (mail|messages|email)', // Gmail, Exchange: the mailbox gets too much from everybody
      'receiving limits?',
      'recipient thread limit',
      'mailbox received too much', // Rackspace
      'need fully-qualified address', // Postfix
      'gr[ae]y[ -]?list',
    ),
  },
  {
    about: 'us',
    certain: true,
    lasting: true,
    words: any(
      '(daily|hourly|monthly)\\b.{0,40}(quota|limit|allowance)', // Gmail, SES, Mail.ru, Beget
      '(sending|sender|submission|outgoing|outbound|relay|smtp)s?\\b.{0,20}(quota|limit) (exceeded|reached)',
      '(message|mail|email|recipient)s?\\b.{0,20}(quota|limit) (exceeded|reached)', // Gmail, Exchange, OVH
      '(quota|limit).{0,30}\\bper (minute|hour|day)', // Timeweb, Reg.ru
      'exceeded the max (emails|defers)', // cPanel
      '(max|maximum) credits|credits? exceeded', // SendGrid
      'reached your daily limit', // Microsoft 365
      'unusual sending activity', // Zoho
      'превышен.{0,40}(лимит|количеств|квот)', // hosters
    ),
  },
  {
    about: 'us',
    certain: true,
    words: any(
      'rate[- ]?limit|ratelimit|throttl', // SES, Exim, Outlook.com, GMX
      'too many (messages(?! on )|mails|emails|unwanted|recipients|connections|concurrent|sessions)',
      'too many (smtp|errors|failures|requests|auth)',
      'connection limit|connections? (not accepted|refused|will not|dropped|reset|was dropped)|not accepting connections',
      '(maximum|max) sending rate',
      'sending rate|unusual (rate|amount)|excessive volume|unexpected volume', // Gmail, iCloud, Yahoo
      'insufficient (system )?(storage|resources|disk|memory)',
      'try again slower|messages from\\b.{0,40}(deferred|blocked|rejected)',
    ),
  },
  {
    about: 'full',
    certain: true,
    words: any(
      'over (its |the |allowed |disk |storage )*quota',
      'over quota',
      '(mailbox|mail box|inbox|maildir|mailfolder|account|user|recipient)\\b.{0,40}\\b(is |was )?(full|out of storage)',
      '(mailbox|disk|storage|user)\\b.{0,20}(quota|space|size|limit).{0,15}(exceed|used up|violation)',
      'exceeded storage|exhausted.{0,20}storage|not enough (storage )?space|quota violation',
      'too many messages on (the )?server|too much mail data',
      '\\b[45]52 (mailbox )?full|full mail ?box|pleine',
      '(mailbox|recipient)\\b.{0,40}(exceed|reached)',
      'переполнен',
    ),
  },
  {
    about: 'us',
    certain: true,
    words: any(
      'block ?list|black ?list|dnsbl|\\brbl\\b|spamhaus|spamcop|barracuda|sorbs|\\b[sxp]bl\\b|proofpoint',
      'reputation|spam statistics',
      'blocked using|banned sending|client host|\\bhelo\\b|\\behlo\\b', // Postfix, Microsoft 365
      'your (ip|isp|host|server|remotehost|network|domain|account|mailbox|mail server|access|hostname)\\b',
      'to this e-?mail system|go away|smtp server of your',
      '\\b(ip|network)( address)?\\b.{0,40}(blocked|listed|banned|denied|rejected|refused|not (allowed|accepted|permitted))',
      '(sending|sender|bad|invalid|following|available) ips?\\b|sending (mta|host|server)|dynamic ip|dialup|open proxy|zombie',
      'spammer|sending spam|spam from',
      'reverse dns|\\bptr\\b|\\brdns\\b|reverse (lookup|hostname)',
      '\\bspf\\b|\\bdkim\\b|\\bdmarc\\b|sender policy framework|domain owner',
    ),
  },
  {
    about: 'us',
    certain: true,
    words: any(
      'relay(ing)?\\b.{0,20}(denied|not|prohibited|disallowed|rejected|refused)', // everybody
      '(unable|not (allowed|permitted|authori[sz]ed)|cannot|do not|no|denies|not configured to) (to )?relay',
      'no relaying|as a relay|(open|insecure) (mail )?relay|relaying mail to|not a gateway',
      'list of allowed (rcpt ?)?host', // qmail
      "we do(n['’]t| not) (handle|relay)",
    ),
  },
  {
    about: 'size',
    words: any(
      'too (big|large|long)',
      'size\\b.{0,40}(exceed|limit|maximum)',
      'exceed.{0,40}\\bsize',
      'maximum (message )?size|message length',
    ),
  },
  {
    about: 'full',
    words: any('quota|(disk|storage|enough) ?space|no space left'),
  },
  {
    about: 'recipient',
    words: any(
      "recipient['’]?s? (is |was |has )?(only accept|not accept|prefer|refus|rule|list)",
      "(isn['’]t|not) on the recipient['’]s list|blocked by the recipient|user rules?|recipient preferences",
      'mailing list|members?-only|not subscribed to',
      'restricted|senderNotAuthenticatedFor',
    ),
  },
  {
    about: 'us',
    words: any(
      '(bad|bogus|invalid|unrout[e]?able|unknown) (sender|mail from)|domain of sender|purported responsible',
      "sender\\b.{0,60}(reject|den(y|ied)|invalid|not |n['’]t |blocked|unknown|banned|verify|spam|empty)", // Postfix, Exim, Yandex, GMX
      '(mail from|from address|from:|return.?path|envelope.?from|from header)\\b.{0,60}(not|reject|denied|invalid)',
      'not owned by|send ?as\\b|disallowed as', // Yandex, Exchange, Zoho
      '(address|identity|domain|identities)\\b.{0,60}\\b(not|un)[ -]?verified', // SES, SendGrid, Mailgun
      "(not|n['’]t) (allowed|permitted|authori[sz]ed) to (send|use|connect|submit|perform)",
      'permissions? to (send|submit)',
      '(sending|service)\\b.{0,40}(disabled|suspended|paused|not active)', // Mail.ru, SES
      'authenticat|credential|password|log ?in\\b|starttls|must issue|encrypt|\\btls\\b|\\bssl\\b',
      'temporar(y|ily) (system|server|local|deferred|rejected|error|failure)',
      '(service|system|server)\\b.{0,20}(not available|unavailable|busy|overload|full)|out of memory',
      'queue (file )?write|internal error|local error|configuration|certificate',
      'protocol violation|syntax error|command|bad sequence|pipelin',
    ),
  },
  {
    about: 'recipient',
    words: any(
      "(user|mailbox|account|recipient|addressee?|alias|domain|local part)\\b.{0,80}(unknown|unavailable|not|n['’]t|no longer|invalid|closed|expired|reject|refus)",
      '(user|mailbox|account|recipient|addressee?|alias|domain|local part)\\b.{0,80}(disabled|inactive|suspended|terminated|deactivated|locked|frozen|archived)',
      '(user|mailbox|account|recipient|addressee?|alias|domain|local part)\\b.{0,80}(undeliverable|no mx|null ?mx)',
      '(no such|unknown|invalid|bad|illegal) (user|person|mailbox|recipient|address|account|alias|local part|domain)',
      '(non-?existent|unrouteable|undeliverable|inactive|blocked) (user|mailbox|recipient|address|account|alias|domain)',
      'unrouteable|no mailbox|not (known|listed) (here|in)|host or domain name not found|does not accept mail|null ?mx',
      'нет такого|не существует|не найден|неизвестн',
    ),
  },
  {
    about: 'us',
    words: any('polic(y|ies)\\b|administrative prohibition|(access|permission) denied|not permitted|unauthori[sz]ed'),
  },
  {
    about: 'message',
    words: any(
      'spam|unsolicited|bulk|junk|phish|virus|malware|infected|trojan|спам',
      'content|attachment|header|subject|duplicate|bare (lf|newline)|line too long|8bit|charset|mime',
      'suspicio|message (was |has been |is )?(rejected|refused|filtered|blocked|not accepted|bounced)',
    ),
  },
  { about: 'us', words: any('blocked|denied|refused|abuse|prohibited|forbidden|запрещ|заблокир') },
]

function any(...ways: string[]): RegExp {
  return new RegExp(ways.join('|'), 'i')
}
