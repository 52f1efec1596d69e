import { generalProfile } from './general.ts'
import type { CallingProfile } from './profile.ts'
import { ruDefaultProfile } from './ru-default.ts'

/** The profile of the company's country. */
export function profileFor(country: string): CallingProfile {
  return country === 'RU' ? ruDefaultProfile : generalProfile
}
