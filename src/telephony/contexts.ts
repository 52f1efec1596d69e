/** Contexts of asterisk-config/perezvon.conf to which we hand channels. */

/** Bridges the channel with the one whose id is the extension. */
export const TALK_CONTEXT = 'perezvon-talk'
/** The same with a recording: `<id>~<name>`. */
export const RECORDED_TALK_CONTEXT = 'perezvon-talk-recorded'
/** Codes of asterisk-config/features.conf for who talks in it, and whom the recording obeys; `#` stands between names. */
export const RECORDING_CODES = 'perezvon-pause#perezvon-resume'
/** Rings the operators plainly. */
export const FALLBACK_CONTEXT = 'perezvon-fallback'
/** Where a channel goes whose other side is transferred by the phone; extension: what was dialled. */
export const TRANSFER_CONTEXT = 'perezvon-transfer'
/** Where a redirect (SIP 302) of a phone that we rang ends. */
export const FORWARD_CONTEXT = 'perezvon-forward'
/** What a phone of the house dials that is no extension. */
export const DESK_CONTEXT = 'perezvon-desk'
/** Reads the doorbell book. */
export const DOORBELL_CONTEXT = 'perezvon-doorbell'
/** Listens whether a person or a machine has picked up, and gives the channel back. */
export const AMD_CONTEXT = 'perezvon-amd'
/**
 * With these words the dialplan gives back a channel that it had from us: the other side of a talk was gone; the operator has dropped the call within
 * seconds; AMD has listened; an operator has transferred it (to what was dialled, by which endpoint); the colleague to whom it was transferred
 * never answered.
 */
const returnWords = ['talk-failed', 'talk-dropped', 'amd', 'transferred', 'transfer-failed'] as const
export type ReturnWord = (typeof returnWords)[number]

export function isReturnWord(word: string): word is ReturnWord {
  return (returnWords as readonly string[]).includes(word)
}
