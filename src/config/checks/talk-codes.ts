import type { CheckInput } from './report.ts'

/** While keys of the one could still become the other, Asterisk would wait for them in the middle of a talk, or never take the longer. */
export function checkTalkCodes({ config, report }: CheckInput): void {
  const { pause, resume } = config.recordings
  if (pause.startsWith(resume) || resume.startsWith(pause))
    report('talk-codes-clash', ['recordings', 'resume'], { values: { pause, resume } })
}
