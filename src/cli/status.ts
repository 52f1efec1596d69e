/** `perezvon status`: whether the daemon runs and can do its job. */
import type { Command } from 'commander'
import type { Settings } from '../config/env.ts'
import { defineMessages, type Language } from '../runtime/i18n.ts'

interface StatusContext {
  settings: () => Settings
  language: Language
  print: (line: string) => void
  exit: (code: number) => void
}

const say = defineMessages({
  en: {
    well: 'Perezvon is running and well.',
    away: 'Perezvon does not run here ({url}). Calls ring the operators by the plain dialplan.',
    reason: '{part}: {why}',
    unwell: 'Perezvon is running, but cannot do all of its job:',
  },
  ru: {
    well: 'Perezvon работает, всё в порядке.',
    away: 'Perezvon здесь не запущен ({url}). Звонки идут операторам напрямую через диалплан.',
    reason: '{part}: {why}',
    unwell: 'Perezvon работает, но не всё может:',
  },
})

/** Exit codes: 0 well, 1 not well or not running, 4 no connection to Asterisk. */
export function addStatusCommand(program: Command, context: StatusContext): void {
  program
    .command('status')
    .option('--json', 'one JSON object')
    .description('whether the daemon runs and is well')
    .action(async (options: { json?: boolean }) => {
      const { host, port } = context.settings().http
      const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
      const state = await readyState(url)
      const { language, print } = context
      if (options.json)
        print(JSON.stringify({ running: state !== null, ready: state?.ready ?? false, reasons: state?.reasons ?? {} }))
      else if (!state) print(say(language, 'away', { url }))
      else if (state.ready) print(say(language, 'well'))
      else {
        print(say(language, 'unwell'))
        for (const [part, why] of Object.entries(state.reasons)) print(`  ${say(language, 'reason', { part, why })}`)
      }
      context.exit(state?.ready ? 0 : state && 'asterisk' in state.reasons ? 4 : 1)
    })
}

async function readyState(url: string): Promise<{ ready: boolean; reasons: Record<string, string> } | null> {
  try {
    const reply = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) })
    return (await reply.json()) as { ready: boolean; reasons: Record<string, string> }
  } catch {
    return null
  }
}
