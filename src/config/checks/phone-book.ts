import { join } from 'node:path'
import { isFile } from '../files-below.ts'
import type { CheckInput } from './report.ts'

/** A file that is not there yet may come later: 1C writes it at night. */
export function checkPhoneBook({ config, folder, report }: CheckInput): void {
  for (const [i, source] of config.phone_book.entries()) {
    if (source.kind !== 'csv' && source.kind !== 'vcard') continue
    const file = source.kind === 'csv' ? source.csv : source.vcard
    if (!isFile(join(folder, file))) report('phone-book-missing', ['phone_book', i, source.kind], { values: { file } })
  }
}
