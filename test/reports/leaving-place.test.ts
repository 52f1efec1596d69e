import { describe, expect, it } from 'vitest'
import { leavingPlace, whereLeft } from '../../src/reports/leaving-place.ts'
import type { TrailStep } from '../../src/store/reports/menus.ts'

const played: TrailStep = ['played', 'p:1']
const after: TrailStep = ['played', 'p:9']
const menu: TrailStep = ['menu', 'p:2']
const key: TrailStep = ['key', 'p:2']
const ring: TrailStep = ['ring', 'sales']
const closed: TrailStep = ['closed', 'p:3']
const offer: TrailStep = ['offer', 'p:4']

describe('a caller has left', () => {
  it.each<[string, TrailStep[], ReturnType<typeof leavingPlace>]>([
    ['before anything was said', [], ['greeting', null]],
    ['in the greeting', [played], ['greeting', null]],
    ['in the second sound of the greeting', [played, ['announced', 'p:1'], after], ['greeting', null]],
    ['while the first sound tells that talks are recorded', [['announced', 'p:1']], ['greeting', null]],
    ['in the menu', [played, menu], ['menu', 'p:2']],
    ['in the menu, after a silence', [menu, ['silence', 'p:2']], ['menu', 'p:2']],
    ['in the menu, after a key that means nothing', [menu, ['wrong-key', 'p:2']], ['menu', 'p:2']],
    ['as a key was pressed', [menu, key], ['menu', 'p:2']],
    ['in what a key told them', [played, menu, key, after], ['announcement', 'p:9']],
    ['in the greeting of the flow behind a key', [menu, key, after, ['announced', null]], ['announcement', null]],
    ['while phones rang', [played, menu, key, ring], ['ring', 'sales']],
    ['while phones of the next group rang', [played, ring, ['ring', 'boris']], ['ring', 'boris']],
    ['while phones rang, after hours', [closed, after, ring], ['ring', 'sales']],
    ['after phones rang in vain', [played, ring, after], ['announcement', 'p:9']],
    ['while phones rang again', [played, ring, after, ring], ['ring', 'sales']],
    ['as the operator’s key was pressed in the greeting', [played, ['key', null]], ['greeting', null]],
    ['as the operator’s key was pressed while phones rang', [ring, ['key', null]], ['ring', 'sales']],
    ['while something was told', [menu, key, ['lookup', 'p:5']], ['lookup', 'p:5']],
    ['at the offer of a call-back', [played, offer], ['offer', 'p:4']],
    ['at the offer after a ring in vain', [ring, offer], ['offer', 'p:4']],
    ['while the number was read out', [ring, offer, ['key', 'p:4']], ['offer', 'p:4']],
    ['in the announcement after the offer', [offer, after], ['announcement', 'p:9']],
    ['with a promise', [ring, offer, ['key', 'p:4'], ['callback-asked', 'p:4']], ['asked', null]],
    ['before the tone of the answerphone', [ring, after, ['voicemail', 'p:6']], ['voicemail', null]],
    [
      'in the middle of a message',
      [
        ['voicemail', 'p:6'],
        ['recorded', null],
      ],
      ['voicemail', null],
    ],
    ['when we are closed', [played, closed], ['closed', null]],
    ['while we say so', [played, closed, after], ['closed', null]],
    ['in the menu of the night', [closed, after, menu], ['menu', 'p:2']],
    ['on a line that is full', [['fallback', 'full']], ['full', null]],
    ['while a full line says so', [['fallback', 'full'], after], ['full', null]],
    ['while the dialplan rang', [['fallback', 'away']], ['fallback', null]],
    ['with an operator on the line', [ring, ['talk', 'anna']], ['talk', 'anna']],
    ['after a transfer', [ring, ['talk', 'anna'], ['transferred', 'anna']], ['transfer', null]],
    ['after a talk that was none', [ring, ['talk', 'anna'], after], ['announcement', 'p:9']],
  ])('%s', (_, trail, place) => {
    expect(leavingPlace(trail)).toEqual(place)
  })

  it('different ways to the same place are one row, the most frequent first', () => {
    const trails = [
      { trail: [played], calls: 2 },
      { trail: [played, ring], calls: 1 },
      { trail: [menu, key, ring], calls: 3 },
      { trail: [menu], calls: 2 },
    ]
    expect(whereLeft(trails)).toEqual([
      { place: 'ring', detail: 'sales', calls: 4 },
      { place: 'greeting', detail: null, calls: 2 },
      { place: 'menu', detail: 'p:2', calls: 2 },
    ])
  })
})
