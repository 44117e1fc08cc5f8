import { z } from 'zod'
import type { Json } from '../../../../harness/context/json.ts'
import { StartRefused } from '../product/start-refused.ts'
import type { Configuration } from './configuration.ts'

const typeNames: Readonly<Record<string, string>> = {
  number: 'System.Int32',
  int: 'System.Int32',
  boolean: 'System.Boolean',
}

/**
 * A section as typed settings, as .NET's binder makes them: keys and names of options in any case, texts of the environment
 * turned into what is wanted, unknown keys ignored. Throws `StartRefused` with the binder's words; no value is in them.
 */
export function bind<S extends z.ZodType>(configuration: Configuration, section: string, schema: S): z.output<S> {
  const given = spelled(schema, configuration.get(section) ?? {})
  const first = schema.safeParse(given)
  if (first.success) return first.data
  const converted = first.error.issues.reduce<unknown>((value, issue) => convert(value, issue.path, issue), given)
  const second = schema.safeParse(converted)
  if (second.success) return second.data
  const [issue] = second.error.issues
  const path = [...(section === '' ? [] : [section]), ...(issue?.path ?? [])].join(':')
  throw new StartRefused(
    'setting-invalid',
    `System.InvalidOperationException: Failed to convert configuration value at '${path}'${wantedText(issue)}.`,
  )
}

/** What the value was to become: a type, or one of an option's names. Empty where it is only out of bounds. */
function wantedText(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_value') return ` to one of ${issue.values.map(String).join(', ')}`
  if (issue?.code === 'invalid_type') return ` to type '${typeNames[issue.expected] ?? 'System.String'}'`
  return ''
}

/** With the keys spelled as the schema has them. */
function spelled(schema: z.ZodType, value: Json): Json {
  const inner = unwrapped(schema)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value
  if (inner instanceof z.ZodRecord) {
    const of = inner.valueType as z.ZodType // a record's values are checked by a schema of zod's own
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, spelled(of, one ?? null)]))
  }
  if (!(inner instanceof z.ZodObject)) return value
  const names = new Map(Object.keys(inner.shape).map((key) => [key.toLowerCase(), key]))
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      const name = names.get(key.toLowerCase()) ?? key
      // An empty setting is none.
      if (one === null || one === undefined) return []
      const of: unknown = inner.shape[name]
      return [[name, of instanceof z.ZodType ? spelled(of, one) : one]]
    }),
  )
}

function unwrapped(schema: z.ZodType): z.ZodType {
  let inner: unknown = schema
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault ||
    inner instanceof z.ZodNullable
  ) {
    inner = inner.unwrap()
  }
  return inner instanceof z.ZodType ? inner : schema
}

interface Issue {
  readonly code?: string | undefined
  readonly expected?: unknown
  readonly values?: unknown
}

function convert(value: unknown, path: readonly PropertyKey[], issue: Issue): unknown {
  const [key, ...rest] = path
  if (key === undefined) return converted(value, issue)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one, index) => (index === key ? convert(one, rest, issue) : one))
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, name === key ? convert(one, rest, issue) : one]),
  )
}

function converted(value: unknown, { code, expected, values }: Issue): unknown {
  if (code === 'invalid_value' && Array.isArray(values) && typeof value === 'string') {
    return values.find((one) => typeof one === 'string' && one.toLowerCase() === value.toLowerCase()) ?? value
  }
  if (code !== 'invalid_type') return value
  if (expected === 'boolean' && typeof value === 'string' && /^(true|false)$/i.test(value)) {
    return value.toLowerCase() === 'true'
  }
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) {
    return Number(value)
  }
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value)
  return value
}
