import type { Composer } from '../../../src/notices/compose.ts'
import type { MailSettings } from '../../../src/notices/mail-settings.ts'
import { Templates } from '../../../src/notices/templates/overrides.ts'
import { silentLogger, type Logger } from '../../../src/runtime/logger.ts'

/** Built-in words, no links, the recordings as they are. */
export function plainComposer(
  settings: MailSettings,
  recordings: string,
  change: Partial<Composer> = {},
  log: Logger = silentLogger,
): Composer {
  return {
    settings,
    templates: new Templates(null, log),
    links: () => null,
    membersOf: () => Promise.resolve([]),
    voice: { folder: recordings, mp3: null, transcription: () => null, log },
    ...change,
  }
}
