/** What is said within one dialog: requests with their numbers and passwords, and replies. */
import { TimeoutError } from '../../../src/runtime/abort.ts'
import { type Account, authorization } from './digest.ts'
import { type Content, type Dialog, headerOf, type SipMessage, sipReply, sipRequest, tagOf } from './message.ts'
import type { Wire } from './wire.ts'

/** A phone or trunk as its dialogs need it. */
export interface Party {
  wire: Wire
  /** The user part of Contact. */
  user: string
  /** For challenges; null: they stay unanswered. */
  account: Account | null
}

export class Exchange {
  readonly party: Party
  readonly dialog: Dialog
  #cseq = 0
  #invite = { text: '', cseq: 0 }

  constructor(party: Party, dialog: Dialog) {
    this.party = party
    this.dialog = dialog
  }

  /** Our tag. */
  get tag(): string {
    return tagOf(this.dialog.from)
  }

  /**
   * Resolves with the final answer, whatever it is; `provisional` sees those before it. A challenge is answered once.
   * Rejects with a TimeoutError when nothing came for 32 s.
   */
  async ask(method: string, content: Content = {}, provisional?: (response: SipMessage) => void): Promise<SipMessage> {
    const first = await this.#send(method, content, provisional)
    const challenge = headerOf(first, 'WWW-Authenticate') ?? headerOf(first, 'Proxy-Authenticate')
    const { account } = this.party
    if ((first.status !== 401 && first.status !== 407) || challenge === null || account === null) return first
    const name = first.status === 401 ? 'Authorization' : 'Proxy-Authorization'
    const proof = `${name}: ${authorization(challenge, account, method, this.dialog.target)}`
    return this.#send(method, { ...content, headers: [...(content.headers ?? []), proof] }, provisional)
  }

  /** Takes back the INVITE that is under way. */
  async cancel(): Promise<void> {
    const { cseq } = this.#invite
    const request = sipRequest(this.dialog, 'CANCEL', cseq, { transaction: 'INVITE' })
    await new Promise<void>((resolve) =>
      this.party.wire.ask(request, (response) => response?.status !== 100 && resolve()),
    )
  }

  /** Acknowledges the 200 to the last INVITE; its body answers a late offer. */
  acknowledge(body = ''): void {
    this.party.wire.acknowledge(this.#invite.text, sipRequest(this.dialog, 'ACK', this.#invite.cseq, { body }))
  }

  reply(request: SipMessage, status: string, content: Content = {}): void {
    const at = { local: this.party.wire.local, user: this.party.user, tag: this.tag }
    this.party.wire.reply(request, sipReply(request, status, at, content))
  }

  #send(method: string, content: Content, provisional?: (response: SipMessage) => void): Promise<SipMessage> {
    const cseq = ++this.#cseq
    const text = sipRequest(this.dialog, method, cseq, content)
    if (method === 'INVITE') this.#invite = { text, cseq }
    return new Promise((resolve, reject) =>
      this.party.wire.ask(text, (response) => {
        if (!response) return reject(new TimeoutError(`${method} ${this.dialog.target}: nobody answered for 32 s`))
        if (response.status < 200) provisional?.(response)
        else resolve(response)
      }),
    )
  }
}
