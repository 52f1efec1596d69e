/** What a caller of a real Asterisk hears of our files and of our musiconhold.conf. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toneSpans } from '../../scripts/rig/hearing.ts'
import { claimPorts, type PortBlock } from '../../scripts/rig/free-ports.ts'
import { startAsterisk, type LocalAsterisk } from '../../scripts/rig/local-asterisk.ts'
import { readWav as hear } from '../../scripts/rig/wav.ts'
import { musicClassName, renderMusicOnHold, type MusicClass } from '../../src/prompts/music-on-hold.ts'
import { writeWav } from '../../src/prompts/wav.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { fill, sine } from './sounds.ts'

const pieces = { 'music/p1': 400, 'music/p2': 500 }
const slogans = { 'prompts/s1': 700, 'prompts/s2': 900 }
const pair = { narrow: 1100, wide: 1300 }

let root: string
let ports: PortBlock
let asterisk: LocalAsterisk

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'prompts-test-'))
  const tone = (hertz: number, seconds: number, rate = 8000) => writeWav(sine(hertz, seconds, rate), rate)
  fill(root, {
    ...Object.fromEntries(Object.entries(pieces).map(([path, hertz]) => [`${path}.wav`, tone(hertz, 0.6)])),
    ...Object.fromEntries(Object.entries(slogans).map(([path, hertz]) => [`${path}.wav`, tone(hertz, 0.4)])),
    'prompts/привет.wav': tone(pair.narrow, 0.5),
    'prompts/привет.wav16': tone(pair.wide, 0.5, 16_000),
  })
  const music = (name: string, spoken: string[]): MusicClass => ({
    name,
    directory: join(root, 'music'),
    order: 'alphabet',
    pieces: Object.keys(pieces).map((path) => join(root, path)),
    slogans: spoken.map((path) => join(root, path)),
  })
  ports = await claimPorts()
  const playing = (extension: string, what: string) =>
    `exten => ${extension},1,Answer()\n same => n,MixMonitor(${root}/heard-\${EXTEN}.wav)\n same => n,${what}\n same => n,Hangup()\n`
  asterisk = await startAsterisk({
    name: 'prompts',
    dir: join(root, 'asterisk'),
    ari: { url: `http://127.0.0.1:${ports.http}/ari`, user: 'test', password: 'test' },
    files: {
      'http.conf': `[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport=${ports.http}\n`,
      'ari.conf': '[general]\nenabled=yes\n[test]\ntype=user\npassword=test\n',
      'modules.conf': '[modules]\nautoload=yes\nnoload=chan_pjsip.so\nnoload=chan_iax2.so\n',
      'musiconhold.conf': renderMusicOnHold([
        music('one', ['prompts/s1']),
        music('несколько', ['prompts/s1', 'prompts/s2']),
      ]),
      'extensions.conf': `[play]
${playing('one', 'MusicOnHold(one,5)')}
${playing('several', `MusicOnHold(${musicClassName('несколько')},5)`)}
${playing('alaw', `Playback(${join(root, 'prompts/привет')})`)}
${playing('g722', `Playback(${join(root, 'prompts/привет')})`)}
[listen]
exten => s,1,Answer()
 same => n,Wait(10)
`,
    },
  })
})

afterAll(async () => {
  await asterisk?.stop()
  await ports?.release()
  await rm(root, { recursive: true, force: true })
})

/** The tones in the order in which they were played to a channel of that format. */
async function heard(extension: string, tones: Record<string, number>, format = 'alaw'): Promise<string[]> {
  await asterisk.request('POST', '/channels', {
    endpoint: 'Local/s@listen',
    context: 'play',
    extension,
    formats: format,
  })
  for (const end = Date.now() + 20_000; ; await sleep(50)) {
    const channels = await asterisk.request<unknown[]>('GET', '/channels')
    if (channels.length === 0) break
    if (Date.now() > end) throw new Error('the call did not end')
  }
  const sound = await hear(join(root, `heard-${extension}.wav`))
  return Object.entries(tones)
    .flatMap(([path, hertz]) => toneSpans(sound, hertz, 0.15).map(([start]) => ({ path, start })))
    .toSorted((a, b) => a.start - b.start)
    .map(({ path }) => path)
}

test('one slogan is heard on joining and between the pieces', async () => {
  const order = await heard('one', { ...pieces, ...slogans })
  expect(order.slice(0, 4)).toEqual(['prompts/s1', 'music/p1', 'prompts/s1', 'music/p2'])
})

test('of several slogans another one follows each piece, wherever the list is entered', async () => {
  const order = await heard('several', { ...pieces, ...slogans })
  const list = ['music/p1', 'prompts/s1', 'music/p2', 'prompts/s2']
  const entry = list.indexOf(order[0]!)
  expect(order.length).toBeGreaterThan(4)
  expect(order).toEqual(order.map((_, i) => list[(entry + i) % list.length]))
})

test.each([
  ['alaw', 'narrow'],
  ['g722', 'wide'],
])('a channel with %s hears the %s file of the pair', async (format, expected) => {
  expect(await heard(format, pair, format)).toEqual([expected])
})
