/** The part of a world that tests script themselves: SIP phones, and a trunk of its own beside the far end's. */
import { SipPhone } from '../../scripts/rig/sip-phone.ts'
import type { Phone, Trunk } from '../../scripts/rig/site-files.ts'

export interface ScriptedPhones {
  /** A phone of `sipPhones`, scripted and registered; it is closed with the world. */
  sipPhone(name: string): Promise<SipPhone>
  /** The password of a phone of `sipPhones`, for another program that plays it. */
  sipPassword(name: string): string
  /** The far side of `sip-trunk`, scripted: callers and called numbers. One at a time; it is closed with the world. */
  sipTrunk(): Promise<SipPhone>
  /** Its address, for another program that plays it; host:port. */
  sipTrunkAddress: string
}

/** Beside the far end's addresses. */
const HOST = '127.0.0.6'

/** `sip-trunk`, as the system under test knows it. */
export function sipTrunkOf(port: number): Trunk {
  return { name: 'sip-trunk', contact: `${HOST}:${port}`, match: [HOST] }
}

/** `isOnline` resolves when the PBX knows that the phone is there. */
export function scriptedPhones(options: {
  pbx: string
  phones: Phone[]
  trunkPort: number
  isOnline: (name: string) => Promise<void>
}): ScriptedPhones & { close(): Promise<void> } {
  const { pbx, phones, trunkPort, isOnline } = options
  const open: SipPhone[] = []
  const keep = async (starting: Promise<SipPhone>) => {
    const phone = await starting
    open.push(phone)
    return phone
  }
  const sipPassword = (name: string) => {
    const known = phones.find((phone) => phone.name === name)
    if (!known) throw new Error(`${name} is none of the world's sipPhones`)
    return known.password
  }
  const sipTrunkAddress = `${HOST}:${trunkPort}`
  return {
    sipPassword,
    sipTrunkAddress,
    sipPhone: async (name) => {
      const phone = await keep(SipPhone.register({ pbx, user: name, password: sipPassword(name) }))
      await isOnline(name)
      return phone
    },
    sipTrunk: () => keep(SipPhone.trunk({ pbx, user: 'sip-trunk', address: sipTrunkAddress })),
    close: async () => {
      const closed = await Promise.allSettled(open.map((phone) => phone.close()))
      for (const result of closed) if (result.status === 'rejected') throw result.reason
    },
  }
}
