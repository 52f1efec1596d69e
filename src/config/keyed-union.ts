/**
 * Choices in the file: which key stands in a map, a single thing or a list, the short or the long form.
 *
 * zod's own union answers a typing error with the complaints of every branch; an admin needs the one that he meant. Here the branch is chosen
 * by what is seen at first glance, then only that branch speaks.
 */
import { z } from 'zod'
import { jsonShapes } from './json-shapes.ts'

type Branches = Record<string, z.ZodType<object>>
type TaggedOutput<B extends Branches> = { [K in keyof B & string]: { kind: K } & z.output<B[K]> }[keyof B & string]

/** `{ play: … }` or `{ menu: … }`; output: the branch's value plus `kind`. `branches` is a function so that steps may hold steps. */
export function keyedUnion<B extends Branches>(name: string, branches: () => B): z.ZodType<TaggedOutput<B>, unknown> {
  const schema = byKey(branches, (kind, value) => ({ kind, ...value }) as TaggedOutput<B>)
  schema.register(jsonShapes, { shape: { anyOf: () => Object.values(branches()), name } })
  return schema
}

/** The same choice without the tag: the key that is there tells. */
export function oneKeyOf<B extends Branches>(branches: B): z.ZodType<z.output<B[keyof B & string]>, unknown> {
  const schema = byKey(
    () => branches,
    (_kind, value) => value as z.output<B[keyof B & string]>,
  )
  schema.register(jsonShapes, { shape: { anyOf: () => Object.values(branches) } })
  return schema
}

/** `ring: sales` or `ring: { to: sales, for: 20s }`. */
export function shortOrLong<S extends z.ZodType, L extends z.ZodType>(
  short: S,
  long: L,
): z.ZodType<z.output<S> | z.output<L>, unknown> {
  return choose<z.output<S> | z.output<L>>([short, long], (value) => (isMap(value) ? long : short))
}

/** `a` or `[a, b]`; always a list once loaded. */
export function oneOrMany<T extends z.ZodType>(item: T): z.ZodType<z.output<T>[], unknown> {
  const one = item.transform((value) => [value])
  const many = z.array(item).min(1, 'empty-list')
  return choose<z.output<T>[]>([one, many], (value) => (Array.isArray(value) ? many : one))
}

function byKey<B extends Branches, Out>(branches: () => B, result: (kind: string, value: object) => Out) {
  return z.unknown().transform((value, ctx): Out => {
    const known = Object.keys(branches())
    const found = isMap(value) ? Object.keys(value) : []
    const kinds = found.filter((kind) => known.includes(kind))
    const kind = kinds[0]
    if (kind !== undefined && kinds.length === 1) {
      const parsed = branches()[kind]!.safeParse(value)
      if (parsed.success) return result(kind, parsed.data)
      return passOn(ctx, parsed.error, value)
    }
    const id = !isMap(value) ? 'not-a-step' : kinds.length > 1 ? 'two-steps' : 'unknown-step'
    ctx.addIssue({ code: 'custom', params: { id, found, kinds, known } })
    return z.NEVER
  })
}

function choose<Out>(options: z.ZodType[], pick: (value: unknown) => z.ZodType) {
  const schema = z.unknown().transform((value, ctx): Out => {
    const parsed = pick(value).safeParse(value)
    return parsed.success ? (parsed.data as Out) : passOn(ctx, parsed.error, value)
  })
  schema.register(jsonShapes, { shape: { anyOf: () => options } })
  return schema
}

function passOn(ctx: z.RefinementCtx, error: z.ZodError, input: unknown): never {
  for (const issue of error.issues) ctx.issues.push({ ...issue, input } as (typeof ctx.issues)[number])
  return z.NEVER
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
