import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addOperatorCommands } from '../../src/cli/operators.ts'
import type { Language } from '../../src/runtime/i18n.ts'
import { operatorsHouse } from '../support/operators-house.ts'

let house: Awaited<ReturnType<typeof operatorsHouse>>
beforeEach(async () => void (house = await operatorsHouse()))
afterEach(() => house.close())

async function perezvon(words: string[], language: Language = 'en') {
  const out: string[] = []
  let code = 0
  const program = new Command().exitOverride()
  addOperatorCommands(program, {
    open: () => Promise.resolve(house.prisma),
    config: () => house.config,
    language,
    print: (line) => void out.push(line),
    exit: (wanted) => void (code = wanted),
  })
  await program.parseAsync(['operators', ...words], { from: 'user' })
  return { out: out.join('\n'), code }
}

describe('while the daemon runs', () => {
  beforeEach(() => house.orders.start())

  it('what is asked for is done before the command ends, and the list shows it', async () => {
    expect(await perezvon(['pause', 'anna', '--reason', 'обед\u0007'])).toEqual({ out: 'anna: done.', code: 0 })
    expect(house.operators.state('anna')).toMatchObject({ name: 'paused', reason: 'обед' })
    const { out } = await perezvon(['ls'], 'ru')
    expect(out).toMatch(/^anna {2}Анна {2}перерыв \(обед\) {2}\d+ \S+ \d\d:\d\d$/m)
    expect(out).toMatch(/^boris {2}Борис {2}пока ничего не известно/m)
    const json = (await perezvon(['ls', '--json'])).out.split('\n').map((line) => JSON.parse(line) as object)
    expect(json).toMatchObject([
      { person: 'anna', state: 'paused', reason: 'обед' },
      { person: 'boris', state: null, at: null },
    ])
    expect(await perezvon(['resume', 'anna'], 'ru')).toEqual({ out: 'anna: готово.', code: 0 })
    expect(house.operators.presence('anna')).toBe('free')
  })

  it.each([
    ['out', 'offline'],
    ['dnd', 'do-not-disturb'],
  ])('%s: %s', async (word, state) => {
    expect(await perezvon([word, 'boris'])).toMatchObject({ code: 0 })
    expect(house.operators.state('boris').name).toBe(state)
    expect(await perezvon(['in', 'boris'])).toMatchObject({ code: 0 })
    expect(house.operators.state('boris').name).toBe('available')
  })

  it('who is signed out cannot pause: 1; nobody of this name: 5', async () => {
    await perezvon(['out', 'anna'])
    expect(await perezvon(['pause', 'anna'], 'ru')).toEqual({
      out: 'anna не на смене: сначала нужно отметиться (in).',
      code: 1,
    })
    expect(await perezvon(['in', 'gleb\u001b[2J'])).toEqual({ out: 'There is no person “gleb [2J”.', code: 5 })
    expect(await perezvon(['in', 'constructor'])).toMatchObject({ code: 5 })
  })
})

it('while it does not, the wish is noted, and done when it starts, in the order in which it was asked for', async () => {
  const { out, code } = await perezvon(['out', 'anna'])
  expect([out, code]).toEqual(['anna: noted. The daemon does not run; it will be done when it starts.', 0])
  await perezvon(['in', 'anna'])
  await perezvon(['dnd', 'anna'])
  expect(house.operators.state('anna').name).toBe('available')
  await house.orders.pass()
  expect(house.operators.state('anna').name).toBe('do-not-disturb')
  expect(await house.prisma.operatorOrder.count({ where: { result: 'done' } })).toBe(3)
  await house.orders.pass()
  expect(await house.prisma.operatorOrder.count()).toBe(3)
})
