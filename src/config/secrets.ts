import { inspect } from 'node:util'

/** What may never be printed. Asked for by name only; a log line, JSON or an error dump shows that it is there, not what it is. */
export class Secrets {
  readonly #ariPassword: string
  readonly #smtpUrls: readonly string[]
  readonly #dkimKey: string | null
  readonly #linkSecret: string | null
  readonly #apiToken: string | null

  constructor(values: {
    ariPassword: string
    smtpUrls: string[]
    dkimKey: string | null
    linkSecret: string | null
    apiToken: string | null
  }) {
    this.#ariPassword = values.ariPassword
    this.#smtpUrls = values.smtpUrls
    this.#dkimKey = values.dkimKey
    this.#linkSecret = values.linkSecret
    this.#apiToken = values.apiToken
  }

  get ariPassword(): string {
    return this.#ariPassword
  }

  /** `smtp://user:password@host:587`, in the order in which they are tried; empty when no mail server was named. */
  get smtpUrls(): readonly string[] {
    return this.#smtpUrls
  }

  /** The one that is tried first. */
  get smtpUrl(): string | null {
    return this.#smtpUrls[0] ?? null
  }

  /** PEM; null: mails are not signed by us. */
  get dkimKey(): string | null {
    return this.#dkimKey
  }

  /** Signs the links of the mails; null: one of our own in the data folder. */
  get linkSecret(): string | null {
    return this.#linkSecret
  }

  /** Who has it may move operators over HTTP; null: nobody may. */
  get apiToken(): string | null {
    return this.#apiToken
  }

  toJSON(): string {
    return '[secrets]'
  }

  toString(): string {
    return '[secrets]'
  }

  [inspect.custom](): string {
    return '[secrets]'
  }
}
