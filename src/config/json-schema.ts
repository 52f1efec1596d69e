/**
 * The JSON Schema that gives editors completion and descriptions, made of the same zod schema that the loader uses.
 *
 * An editor sees YAML's own types: where the loader reads the text of a scalar, `1` and `0101` are numbers to the editor, so a text that may
 * look like a number is allowed as one.
 */
import { z } from 'zod'
import { jsonShapes } from './json-shapes.ts'
import { schema } from './schema.ts'

export type JsonSchema = Record<string, unknown>

/** Draft 2020-12; steps stand under `$defs`, for they hold steps. */
export function configJsonSchema(): JsonSchema {
  const definitions = new Map<string, JsonSchema>()

  function shapeOf(part: z.ZodType): JsonSchema {
    const json = z.toJSONSchema(part, {
      io: 'input',
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        const shape = jsonShapes.get(zodSchema as unknown as z.ZodType)?.shape
        if (shape && 'keywords' in shape) Object.assign(jsonSchema, shape.keywords)
        else if (shape) choice(jsonSchema, shape.anyOf() as z.ZodType[], shape.name)
        else allowNumbers(jsonSchema)
      },
    })
    delete json.$schema
    return json
  }

  function choice(target: JsonSchema, options: readonly z.ZodType[], name: string | undefined): void {
    if (name === undefined) {
      target['anyOf'] = options.map(shapeOf)
      return
    }
    target['$ref'] = `#/$defs/${name}`
    if (definitions.has(name)) return
    definitions.set(name, {})
    definitions.set(name, { anyOf: options.map(shapeOf) })
  }

  const root = shapeOf(schema)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'perezvon.yaml',
    ...root,
    $defs: Object.fromEntries(definitions),
  }
}

function allowNumbers(json: JsonSchema): void {
  if (json['propertyNames']) json['propertyNames'] = { ...json['propertyNames'], type: 'string' }
  if (typeof json['const'] === 'string' && /^\d+$/.test(json['const'])) {
    json['enum'] = [json['const'], Number(json['const'])]
    delete json['const']
    delete json['type']
  }
  const pattern = typeof json['pattern'] === 'string' ? new RegExp(json['pattern'], 'u') : null
  const mayBeNumber =
    json['type'] === 'string' && !json['enum'] && !json['format'] && (!pattern || pattern.test('79161'))
  const mayBeKey = json['type'] === 'string' && pattern?.test('1')
  if (mayBeNumber || mayBeKey) json['type'] = ['string', 'number']
}
