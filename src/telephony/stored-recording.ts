/** A recording that lies in Asterisk's spool until it is fetched. Sound does not fit through a JSON socket, so it comes over HTTP. */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Recording } from './api.ts'
import { type AriAddress, AriError, type AriTransport, basicAuth, saysGone } from './ari-transport.ts'

const FETCH_DEADLINE_MS = 30_000
/** A talk may be an hour, which is 60 MB. */
const SAVE_DEADLINE_MS = 300_000

/** 8 kHz, 16 bit, after a header of 44 bytes. */
const HEADER_BYTES = 44
const BYTES_PER_MS = 16

/** `ms: null`: nobody told how long it is, so its size does; what cannot be fetched has no length. */
export async function storedRecording(
  name: string,
  ms: number | null,
  address: AriAddress,
  ari: Pick<AriTransport, 'request'>,
): Promise<Recording> {
  if (ms !== null) return new StoredRecording(name, ms, address, ari)
  const bytes = await new StoredRecording(name, 0, address, ari).fetch().catch(() => Buffer.alloc(0))
  return new StoredRecording(name, Math.max(0, bytes.length - HEADER_BYTES) / BYTES_PER_MS, address, ari)
}

/** Through to the disk: a long talk does not pass through our memory. What was written when it fails is half a file. */
export async function saveRecording(name: string, address: AriAddress, file: string): Promise<'saved' | 'missing'> {
  const reply = await ask(name, address, SAVE_DEADLINE_MS)
  if (reply.status === 404) return 'missing'
  if (!reply.ok || !reply.body) throw refused(reply)
  await pipeline(Readable.fromWeb(reply.body), createWriteStream(file, { mode: 0o600 }))
  return 'saved'
}

export async function removeRecording(name: string, ari: Pick<AriTransport, 'request'>): Promise<void> {
  try {
    await ari.request('recordings.deleteStored', { recordingName: name })
  } catch (error) {
    if (!saysGone(error)) throw error
  }
}

function ask(name: string, address: AriAddress, deadlineMs: number): Promise<Response> {
  return fetch(`${address.url.replace(/\/$/, '')}/recordings/stored/${encodeURIComponent(name)}/file`, {
    headers: { authorization: basicAuth(address) },
    signal: AbortSignal.timeout(deadlineMs),
  })
}

function refused({ status, statusText }: Response): AriError {
  return new AriError('recordings.getStoredFile', status, statusText)
}

class StoredRecording implements Recording {
  readonly name: string
  readonly ms: number
  #address: AriAddress
  #ari: Pick<AriTransport, 'request'>

  constructor(name: string, ms: number, address: AriAddress, ari: Pick<AriTransport, 'request'>) {
    this.name = name
    this.ms = ms
    this.#address = address
    this.#ari = ari
  }

  async fetch(): Promise<Buffer> {
    const reply = await ask(this.name, this.#address, FETCH_DEADLINE_MS)
    if (!reply.ok) throw refused(reply)
    return Buffer.from(await reply.arrayBuffer())
  }

  remove(): Promise<void> {
    return removeRecording(this.name, this.#ari)
  }
}
