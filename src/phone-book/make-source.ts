/** The source that the configuration names. */
import type { PhoneBookSource } from '../config/sections/phone-book.ts'
import { CarddavNames } from './carddav-source.ts'
import { type FileParts, FileSource } from './file-source.ts'
import { HttpNames, type HttpParts } from './http-source.ts'
import type { MakeSource } from './phone-book.ts'
import type { NameSource } from './source.ts'

export type SourceParts = Omit<FileParts, 'country'> & HttpParts

export function sourceMaker(parts: SourceParts): MakeSource {
  return (source: PhoneBookSource, country: string): NameSource => {
    switch (source.kind) {
      case 'csv':
      case 'vcard':
        return new FileSource(source, { ...parts, country })
      case 'carddav':
        return new CarddavNames(source, { ...parts, country })
      case 'http':
        return new HttpNames(source, parts)
    }
  }
}
