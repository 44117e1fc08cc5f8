import type { z } from 'zod'
import type { JsonObject } from '../context/json.ts'
import { suggestion } from './nearest.ts'
import { childOf, keysAt } from './schema-walk.ts'

/**
 * What is wrong with a key path into a kind's settings: an unknown key, with the nearest known one. `alsoKnown` are
 * names that may stand beside the settings and are worth suggesting.
 */
export function unknownSetting(
  settings: z.ZodType,
  raw: JsonObject,
  keys: readonly string[],
  alsoKnown: readonly string[] = [],
): string | undefined {
  for (const [index, key] of keys.entries()) {
    const known = keysAt(settings, raw, keys.slice(0, index))
    // Below a list or a free mapping the schema names no keys; checking the value then decides.
    if (known.length === 0) return undefined
    const names = index === 0 ? [...known, ...alsoKnown] : known
    if (!known.includes(key)) return `unknown setting "${key}"${suggestion(key, names, 'settings')}`
  }
  return undefined
}

/** A copy with another value at a key path; what stands in the way becomes a mapping. */
export function withValueAt(data: JsonObject, keys: readonly string[], value: unknown): JsonObject {
  const [key, ...rest] = keys
  if (key === undefined) return data
  const inner = childOf(data, key)
  const below = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? { ...inner } : {}
  // A value that is no JSON is refused when the settings are checked.
  return { ...data, [key]: (rest.length === 0 ? value : withValueAt(below, rest, value)) as JsonObject[string] }
}
