/** The answerphone: a greeting, a tone, a message. The message is fetched and lies in our folder before anybody is told of it. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CallPath } from '../calls/call-path.ts'
import type { VoicemailStep } from '../config/sections/flows.ts'
import { ulid } from '../model/ulid.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Recording } from '../telephony/api.ts'
import { messageMs } from './message-length.ts'
import { promptMedia } from './prompt.ts'
import type { StepContext } from './step-context.ts'

export type VoicemailDeps = Pick<StepContext, 'leg' | 'sounds' | 'note'> & { recordingsDir: string }

/** `interrupted`: the caller pressed the operator's key; what he had said until then is kept. */
export async function takeMessage(
  deps: VoicemailDeps,
  { voicemail: { to, play, max, silence }, at }: VoicemailStep,
  signal: AbortSignal,
): Promise<'recorded' | 'interrupted'> {
  const { leg, note } = deps
  const greeting = play ?? 'prompts/perezvon/leave-message'
  const name = `voicemail-${ulid()}`
  note({ kind: 'voicemail', to, recording: name, at })
  const played = await leg.play(promptMedia(deps, [greeting], at), { signal })
  if (played === 'failed') note({ kind: 'sound-failed', sounds: [greeting], at })
  if (signal.aborted) return 'interrupted'
  const recording = await leg.record({ name, maxMs: max, silenceMs: silence, beep: true, endOn: '#', signal })
  note({ kind: 'recorded', to, ...(await keepMessage({ recordingsDir: deps.recordingsDir, log: leg.log }, recording)) })
  return signal.aborted ? 'interrupted' : 'recorded'
}

/**
 * A message that was being left when the last process died: its end is awaited, and it is kept like any other. False: none was begun.
 */
export async function rescueMessage(
  deps: KeepDeps & { leftRecording: (name: string) => Promise<Recording | null> },
  path: Pick<CallPath, 'steps' | 'add'>,
): Promise<boolean> {
  const step = path.steps.findLast(({ kind }) => kind === 'voicemail' || kind === 'recorded')
  if (step?.kind !== 'voicemail' || !step.recording) return false
  try {
    const recording = await deps.leftRecording(step.recording)
    if (!recording) return false
    path.add({ kind: 'recorded', to: step.to, ...(await keepMessage(deps, recording)) })
    return true
  } catch (error) {
    deps.log.error('a voice message of the last process could not be looked for', { error, recording: step.recording })
    return false
  }
}

interface KeepDeps {
  recordingsDir: string
  log: Logger
}

async function keepMessage(deps: KeepDeps, recording: Recording): Promise<{ ms: number; file: string | null }> {
  const sound = await fetchSound(deps, recording)
  // what could not be fetched is told by Asterisk's seconds: rather an empty message too many than one too few
  const ms = sound ? messageMs(sound) : recording.ms
  const file = sound && ms > 0 ? await keep(deps, recording.name, sound) : null
  // what we could not take stays in Asterisk: somebody may still get it from there
  if (ms === 0 || file !== null)
    await recording.remove().catch((error: unknown) => deps.log.warn('a recording stays in Asterisk', { error }))
  return { ms, file }
}

async function fetchSound({ log }: KeepDeps, recording: Recording): Promise<Buffer | null> {
  try {
    return await recording.fetch()
  } catch (error) {
    if (recording.ms > 0) log.error('a voice message could not be fetched from Asterisk', { error })
    return null
  }
}

/** The file's name within the recordings folder; null when it could not be written: the mail then says so. */
async function keep({ log, recordingsDir }: KeepDeps, name: string, sound: Buffer): Promise<string | null> {
  try {
    const file = `${name}.wav`
    const whole = join(recordingsDir, file)
    await mkdir(recordingsDir, { recursive: true, mode: 0o700 })
    await writeFile(`${whole}.part`, sound, { mode: 0o600 })
    await rename(`${whole}.part`, whole)
    return file
  } catch (error) {
    log.error('a voice message could not be kept', { error, recording: name })
    return null
  }
}
