/** How long one ring is, for «answered within three rings». Pure. */

/**
 * Tone and pause in milliseconds of the countries in which they are not the usual 1 s + 4 s. Source: `ringcadence` in Asterisk's
 * configs/samples/indications.conf, which follows ITU-T E.180 Supplement 2.
 */
const UNUSUAL: Readonly<Record<string, number>> = {
  AT: 6_000,
  AU: 3_000,
  BE: 4_000,
  CA: 6_000,
  CL: 4_000,
  ES: 4_500,
  GB: 3_000,
  IL: 4_000,
  IN: 3_000,
  JP: 3_000,
  MX: 6_000,
  MY: 6_000,
  NZ: 3_000,
  PT: 6_000,
  SE: 6_000,
  SG: 3_000,
  US: 6_000,
  ZA: 3_000,
}
/** Russia and most of Europe: one second of tone, four of pause. */
const USUAL = 5_000

/** Milliseconds of one ring with its pause. `country`: ISO 3166. */
export function ringOf(country: string): number {
  return Object.hasOwn(UNUSUAL, country) ? UNUSUAL[country]! : USUAL
}
