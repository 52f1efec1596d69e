/** What the JSON Schema says of a schema whose work is done in a transform, where zod's own export sees only "anything". */
import { z } from 'zod'

export type JsonShape =
  /** One of several schemas (zod’s registry cannot carry their type); with a name it is written once under `$defs`, which lets steps hold steps. */
  | { anyOf: () => readonly unknown[]; name?: string }
  /** Keywords to put in place of what zod found. */
  | { keywords: Readonly<Record<string, unknown>> }

/** Copies made by `.optional()` or `.describe()` inherit the entry of their original. */
export const jsonShapes = z.registry<{ shape: JsonShape }>()
