/**
 * Prefixes that cost money or trouble, as data. Not exhaustive: libphonenumber's types (premium, shared cost) are asked as well, and what is
 * not allowed is refused anyway. Review it once a year against the ITU's list of assigned codes and the ranges your carrier warns of.
 */
export const PREFIX_LIST_VERSION = '2026-11-23'

export interface Prefix {
  prefix: string
  why: 'satellite' | 'premium' | 'shared-cost' | 'other-country' | 'fraud-prone'
}

const listed = (why: Prefix['why'], prefixes: string): Prefix[] =>
  prefixes
    .trim()
    .split(/\s+/)
    .map((prefix) => ({ prefix, why }))

/** Never called, whatever the configuration allows. */
export const NEVER: readonly Prefix[] = [
  ...listed('satellite', '+870 +8810 +8811 +8812 +8813 +8814 +8815 +8816 +8817 +8818 +8819 +882 +883 +878'),
  ...listed(
    'premium',
    '+979 +7803 +7809 +1900 +449 +4470 +49900 +49137 +3389 +3989 +34803 +34806 +34807 +380900 +375902',
  ),
  ...listed('shared-cost', '+808 +7808 +4484 +4487 +49180 +3381 +3382 +39199 +39178'),
]

/**
 * Places that share a code with a cheaper neighbour, or are known from revenue share fraud. `allow: ["+7"]` does not open +77, and
 * `allow: ["+2"]` does not open +247: an allowed prefix must be as long as the one here. The company's own country is exempt.
 */
export const APART: readonly Prefix[] = [
  ...listed('other-country', '+76 +77 +3906698 +379'),
  ...listed('other-country', '+441481 +441534 +441624 +447509 +447700 +447797 +447829 +447937 +447781 +447839 +447911'),
  ...listed('other-country', '+447524 +447624 +447924'),
  ...listed(
    'other-country',
    `+1242 +1246 +1264 +1268 +1284 +1340 +1345 +1441 +1473 +1649 +1658 +1664 +1670 +1671 +1684 +1721 +1758 +1767 +1784 +1787
     +1809 +1829 +1849 +1868 +1869 +1876 +1939`,
  ),
  ...listed(
    'fraud-prone',
    `+53 +220 +224 +231 +232 +235 +239 +240 +243 +245 +246 +247 +248 +252 +257 +261 +263 +269 +290 +370 +371 +372 +387 +423 +500
     +592 +597 +670 +672 +674 +675 +676 +677 +678 +681 +682 +683 +685 +686 +688 +690 +692 +850 +960`,
  ),
]
