/**
 * `music:` of the configuration as musiconhold.conf.
 *
 * Asterisk's own `announcement=` is one sound, played on joining and between two pieces: right for one slogan. Several slogans would all
 * have to be in that one file and be heard in a row. So with several the class is a play list in which piece and slogan alternate, and
 * `sort=randstart` lets each caller begin at another place of it: who waits long hears all of them, one after each piece.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import type { Language } from '../runtime/i18n.ts'
import type { PromptLibrary } from './library.ts'
import { listSounds } from './sound-files.ts'

/** Paths as Asterisk sees them; pieces and slogans without suffix (with one, Asterisk 22 finds no file of a play list). */
export interface MusicClass {
  name: string
  directory: string
  order: 'random' | 'alphabet'
  pieces: string[]
  slogans: string[]
}

export type MusicFault = 'no-pieces' | 'no-slogan' | 'unplayable' | 'unsafe-name'
export interface MusicProblem {
  name: string
  id: MusicFault
  /** The folder, the slogan or the file. */
  found: string
}

/**
 * The name of the class in Asterisk, which has 79 bytes for it and no escape for `]`; `general` and `default` have a meaning there.
 * Everybody who starts music by a name of the configuration asks here.
 */
export function musicClassName(name: string): string {
  if (/^[A-Za-z0-9_-]{1,60}$/.test(name) && name !== 'general' && name !== 'default') return name
  return `music-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`
}

/** Reads the folders of `music:`. A class without a playable piece is left out: Asterisk would refuse it and play nothing. */
export async function musicClasses(
  music: Config['music'],
  library: PromptLibrary,
  language: Language,
): Promise<{ classes: MusicClass[]; problems: MusicProblem[] }> {
  const { configDir, asterisk } = library.options
  const classes: MusicClass[] = []
  const problems: MusicProblem[] = []
  for (const [name, { files, order, slogans = [] }] of Object.entries(music)) {
    const folder = files.replace(/\/+$/, '')
    const sounds = [...(await listSounds(join(configDir, folder))).values()]
    const directory = `${asterisk?.configDir ?? configDir}/${folder}`
    // what lies deeper Asterisk does not see either
    const good = sounds
      .filter((sound) => sound.faults.length === 0 && !sound.path.includes('/'))
      .map((sound) => sound.path)
    const pieces = good.filter((piece) => isSafePath(`/${piece}`))
    for (const piece of good)
      if (!pieces.includes(piece)) problems.push({ name, id: 'unsafe-name', found: `${folder}/${piece}` })
    const spoken = slogans.map((slogan) => ({ slogan, media: library.media(slogan, language) }))
    for (const fault of sounds.flatMap((sound) => sound.faults))
      problems.push({ name, id: 'unplayable', found: `${folder}/${fault.path}` })
    for (const { slogan, media } of spoken) if (media === null) problems.push({ name, id: 'no-slogan', found: slogan })
    if (pieces.length === 0) problems.push({ name, id: 'no-pieces', found: folder })
    else {
      classes.push({
        name,
        directory,
        order,
        pieces: pieces.toSorted().map((piece) => `${directory}/${piece}`),
        slogans: spoken.flatMap(({ media }) => (media === null ? [] : [media.slice('sound:'.length)])),
      })
    }
  }
  return { classes, problems }
}

/** The text of musiconhold.conf. The same classes give the same text, so a reload is only needed when it differs. */
export function renderMusicOnHold(classes: MusicClass[]): string {
  return classes.map((music) => [`[${musicClassName(music.name)}]`, ...settings(music), ''].join('\n')).join('\n')
}

function settings(music: MusicClass): string[] {
  const entries = [...music.pieces, ...music.slogans, music.directory]
  const unsafe = entries.find((path) => !isSafePath(path))
  if (unsafe !== undefined) throw new RangeError(`not a path for musiconhold.conf: ${JSON.stringify(unsafe)}`)
  if (music.slogans.length < 2) {
    return [
      'mode=files',
      `directory=${music.directory}`,
      `sort=${music.order === 'random' ? 'random' : 'alpha'}`,
      ...music.slogans.map((slogan) => `announcement=${slogan}`),
    ]
  }
  return ['mode=playlist', ...alternate(inOrder(music), music.slogans).map((path) => `entry=${path}`), 'sort=randstart']
}

/** The shuffle is the same each time for the same files. */
function inOrder({ order, pieces }: MusicClass): string[] {
  if (order === 'alphabet') return pieces.toSorted()
  const place = (path: string) => createHash('sha256').update(path).digest('hex')
  return pieces.toSorted((a, b) => place(a).localeCompare(place(b)))
}

/** Piece, slogan, piece, slogan …: as long as the longer of the two lists. */
function alternate(pieces: string[], slogans: string[]): string[] {
  const rounds = Math.max(pieces.length, slogans.length)
  return Array.from({ length: rounds }, (_, i) => [pieces[i % pieces.length]!, slogans[i % slogans.length]!]).flat()
}

/** Absolute; nothing that ends a line, begins a comment or a template, or is a variable to Asterisk's parser. */
function isSafePath(path: string): boolean {
  return path.startsWith('/') && path.length < 250 && !/[\p{Cc}\p{Zl}\p{Zp};[\]${}\\"]|\.\./u.test(path)
}
