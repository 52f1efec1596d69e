/** Contexts of asterisk-config/perezvon.conf to which we hand channels. */

/** Bridges the channel with the one whose id is the extension. */
export const TALK_CONTEXT = 'perezvon-talk'
/** The same with a recording: `<id>~<name>`. */
export const RECORDED_TALK_CONTEXT = 'perezvon-talk-recorded'
/** Codes of asterisk-config/features.conf for who talks in it, and whom the recording obeys; `#` stands between names. */
export const RECORDING_CODES = 'perezvon-pause#perezvon-resume'
/** Rings the operators plainly. */
export const FALLBACK_CONTEXT = 'perezvon-fallback'
/** Reads the doorbell book. */
export const DOORBELL_CONTEXT = 'perezvon-doorbell'
/** Listens whether a person or a machine has picked up, and gives the channel back. */
export const AMD_CONTEXT = 'perezvon-amd'
/** With these words the dialplan gives back a channel that it had from us. */
export const RETURNS: ReadonlySet<string> = new Set(['talk-failed', 'amd'])
