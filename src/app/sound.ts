/** Prompts and spoken values, as Asterisk plays them. */
import type { ScriptDeps } from '../ivr/campaign-script.ts'
import { spokenMedia } from '../prompts/spoken.ts'
import type { Media } from '../telephony/api.ts'
import type { Ground } from './ground.ts'

export type Sound = Pick<ScriptDeps, 'sounds' | 'spoken'> & { acceptPrompt: () => Media[] }

export function soundRoom({ library, config, clock, log }: Ground): Sound {
  const sounds: Sound['sounds'] = (sound, language) => {
    const media = library.media(sound, language)
    return media === null ? [] : [media]
  }
  return {
    sounds,
    spoken: async (said, values, language) => {
      const context = { language, zone: config().company.timezone, now: clock.now() }
      const { media, problems } = await spokenMedia(said, values, context, library)
      if (problems.length > 0) log.warn('not everything could be said', { problems })
      return media
    },
    acceptPrompt: () => sounds('prompts/perezvon/accept-call', config().company.language),
  }
}
