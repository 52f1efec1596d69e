/** `scripts/up` on an empty folder: a softphone that is set up as it says can call, an added phone is there at once, and all of it ends. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { type FarEnd, startFarEnd } from '../../scripts/rig/far-end.ts'
import { claimPorts } from '../../scripts/rig/free-ports.ts'
import { ASTERISK_CONFIG } from '../../scripts/rig/local-asterisk.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { processesLeft, processesWith } from '../support/processes.ts'
import { runUp, runUpWith, type Up } from '../support/up.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const START_MS = 90_000
const ENDED_MS = 20_000

let up: Up
let softphones: FarEnd | null = null
let world: World | null = null
afterEach(async () => {
  await softphones?.stop()
  softphones = null
  await up?.close()
  await world?.stop()
  world = null
})

it(
  'can be called as it says, follows the configuration, restarts what died, and ends',
  { timeout: 240_000 },
  async () => {
    up = await runUp('--no-demo', '--lang', 'ru', '--config', '~/config', '--data', '~/data')
    await up.says('Ctrl-C завершает всё', START_MS)
    const config = join(up.scratch, 'config/perezvon.yaml')

    // set up a softphone with what stands in the terminal, and call
    const pbx = found(/сервер (127\.0\.0\.1:\d+):/)
    const password = found(/логин 102 +пароль (\S+)/)
    const number = found(/наберите (\+\d+) .*«Главный»/)
    const ports = await claimPorts()
    softphones = await startFarEnd({ dir: join(up.scratch, 'far'), ports, pbx, phones: [{ name: '102', password }] })
    const caller = await softphones.call(number, { phone: '102' })
    await caller.hears(join(up.scratch, 'data/sounds/made/ru/prompts/greeting.wav'))
    await caller.hangup()

    // a person more
    const text = await readFile(config, 'utf8')
    await writeFile(
      config,
      text.replace('people:\n', 'people:\n  igor: { name: Игорь, rings: PJSIP/103, email: igor@example.ru }\n'),
    )
    await up.says('логин 103', 20_000)

    // the daemon dies
    const health = found(/(http:\S+)\/ready/)
    const daemon = [...(await processesWith(up.mark))].find(([, command]) => command.includes('dist/main.js'))
    process.kill(daemon![0], 'SIGKILL')
    await up.says('Запустим снова', 10_000)
    await ready(health)

    up.child.kill('SIGINT')
    expect(await up.exit).toBe(0)
    await softphones.stop()
    softphones = null
    await ports.release()
    expect(await processesLeft(up.mark, ENDED_MS)).toEqual([])
  },
)

it(
  'serves an Asterisk that runs already, says what it needs, and leaves it running',
  { timeout: 300_000 },
  async () => {
    world = await startWorld({ phones: ['101'], app: 'perezvon-beside' })
    const { asterisk, far, mail, app } = world
    up = await runUpWith(
      {
        PEREZVON_ARI_PASSWORD: asterisk.ari.password,
        PEREZVON_ARI_APP: app,
        PEREZVON_SMTP_URL: `smtp://127.0.0.1:${mail.port}?tls=none`,
        PEREZVON_MAIL_FROM: 'perezvon@example.ru',
        PEREZVON_HTTP: `127.0.0.1:${world.ports[0]}`,
      },
      '--ari',
      asterisk.ari.url,
      '--ari-user',
      asterisk.ari.user,
      '--lang',
      'ru',
      '--config',
      '~/config',
      '--data',
      '~/data',
    )
    await up.says('Ctrl-C завершает всё', 2 * START_MS)
    expect(up.text).toContain(`password = ${asterisk.ari.password}`)
    const copied = await readFile(join(up.scratch, 'data/for-asterisk/perezvon.conf'), 'utf8')
    expect(copied).toBe(await readFile(join(ASTERISK_CONFIG, 'perezvon.conf'), 'utf8'))
    const globals = await readFile(join(up.scratch, 'data/for-asterisk/globals.conf'), 'utf8')
    expect(globals).toContain(`PEREZVON_APP = ${app}`)

    await ready(`http://127.0.0.1:${world.ports[0]}`)
    const caller = await far.call(OUR_NUMBER, { number: '+79123456789' })
    await caller.hears(join(up.scratch, 'data/sounds/made/ru/prompts/greeting.wav'))
    await caller.hangup()
    expect((await mail.mail(({ raw }) => raw.includes('79123456789'))).raw).toContain('X-Perezvon-Call')

    up.child.kill('SIGINT')
    expect(await up.exit).toBe(0)
    expect(await processesLeft(up.mark, ENDED_MS)).toEqual([])
    await asterisk.request('GET', '/asterisk/ping')
  },
)

it('refuses to start twice on the same data', { timeout: 240_000 }, async () => {
  up = await runUp('--no-demo', '--lang', 'en', '--config', '~/config', '--data', '~/data')
  await up.says('Ctrl-C ends everything', START_MS)
  const second = await runUp(
    '--no-demo',
    '--lang',
    'en',
    '--config',
    join(up.scratch, 'config'),
    '--data',
    join(up.scratch, 'data'),
  )
  expect(await second.exit).toBe(1)
  expect(second.text).toContain('This data folder is in use already')
  await second.close()
  up.child.kill('SIGTERM')
  expect(await up.exit).toBe(0)
  expect(await processesLeft(up.mark, ENDED_MS)).toEqual([])
})

function found(pattern: RegExp): string {
  const match = pattern.exec(up.text)
  if (!match?.[1]) throw new Error(`${pattern} is not in:\n${up.text}`)
  return match[1]
}

async function ready(url: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
    const reply = await fetch(`${url}/ready`).catch(() => null)
    if (reply?.ok) return
    if (Date.now() > deadline) throw new Error(`not ready again: ${await reply?.text()}`)
  }
}
