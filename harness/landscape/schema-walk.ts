import { z } from 'zod'
import type { Path } from './problem.ts'

/** The value under a key of plain data, undefined where there is none. */
export function childOf(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  const child: unknown = Reflect.get(value, key)
  return child
}

/** The schema without defaults, optional and null around it. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    // zod types the inner schema by its core, of which every schema made through `z` is the full kind.
    return unwrapped(schema.unwrap() as z.ZodType)
  }
  return schema
}

/** The values that tell a union's members apart. */
export const discriminatorValues = (schema: z.ZodType | undefined, key: string): string[] =>
  membersOf(schema).flatMap((member) => literalsOf(member.shape[key]))

/** The schema under a key; `raw` is the data at `schema`, which picks the member of a union. */
export function stepInto(schema: z.ZodType, key: string | number, raw: unknown): z.ZodType | undefined {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodRecord) return asSchema(inner.valueType)
  if (inner instanceof z.ZodArray) return asSchema(inner.element)
  const object = objectFor(inner, raw)
  return object && Object.hasOwn(object.shape, key) ? asSchema(object.shape[key]) : undefined
}

/** The keys that the object at `path` may have. */
export function keysAt(schema: z.ZodType, raw: unknown, path: Path): readonly string[] {
  let at: z.ZodType | undefined = schema
  let value = raw
  for (const part of path) {
    at = at && stepInto(at, part, value)
    value = childOf(value, part)
  }
  const object = at && objectFor(unwrapped(at), value)
  return object ? Object.keys(object.shape) : []
}

function objectFor(schema: z.ZodType, raw: unknown): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return undefined
  const key = schema.def.discriminator
  const given = String(childOf(raw, key))
  return membersOf(schema).find((member) => literalsOf(member.shape[key]).includes(given))
}

const membersOf = (schema: z.ZodType | undefined): z.ZodObject[] =>
  schema instanceof z.ZodDiscriminatedUnion ? schema.options.filter((option) => option instanceof z.ZodObject) : []

const literalsOf = (schema: unknown): string[] =>
  schema instanceof z.ZodLiteral ? [...schema.values].map((value) => String(value)) : []

const asSchema = (schema: unknown): z.ZodType | undefined => (schema instanceof z.ZodType ? schema : undefined)
