/** What the law, or decency where there is no law, lets a machine do. Data: the rules that read it are eligibility.ts and the guard. */
import type { OpeningTimes } from '../../model/business-hours.ts'

export interface CallingProfile {
  name: string
  /** When somebody last compared it with the law, `2026-11-23`. */
  reviewedOn: string
  /** In the called person's own zone. A campaign's `hours:` can only narrow them. */
  hours: OpeningTimes
  /** Per number, over all campaigns. */
  limits: readonly ProfileLimit[]
  /** A contact whose zone cannot be read is called only while it is allowed in every one of these. */
  zonesOfCountry: readonly string[]
}
export interface ProfileLimit {
  count: number
  /** `week`: the last seven days, not the calendar's. */
  per: 'day' | 'week'
  /** `talk`: calls that were answered. */
  unit: 'try' | 'talk'
}
