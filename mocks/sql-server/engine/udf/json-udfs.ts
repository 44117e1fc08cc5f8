import type { Cell } from '../../tds/data-type.ts'
import { SqlError } from '../sql-error.ts'
import { strict, type Udf } from './udf.ts'

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new SqlError(
      13609,
      16,
      4,
      `JSON text is not properly formatted. Unexpected character '${json.trim()[0] ?? ''}' is found at position 0.`,
    )
  }
}

/** Walks a path (`$.a[0]."b c"`); undefined where it leads nowhere. `strict` makes that an error. */
function walk(value: unknown, path: string): unknown {
  const mode = /^\s*(lax|strict)\s+/i.exec(path)
  const rest = path.slice(mode?.[0].length ?? 0).trim()
  if (!rest.startsWith('$'))
    throw new SqlError(
      13607,
      16,
      4,
      `JSON path is not properly formatted. Unexpected character '${rest[0] ?? ''}' is found at position 0.`,
    )
  let at = value
  for (const [, plain, quoted, index] of rest.slice(1).matchAll(/\.(?:([^.["]+)|"([^"]*)")|\[(\d+)\]/g)) {
    const key = plain ?? quoted
    if (key !== undefined)
      at =
        at !== null && typeof at === 'object' && !Array.isArray(at) && Object.hasOwn(at, key)
          ? Reflect.get(at, key)
          : undefined
    else at = Array.isArray(at) ? at[Number(index)] : undefined
    if (at === undefined) break
  }
  if (at === undefined && mode?.[1]?.toLowerCase() === 'strict')
    throw new SqlError(13608, 16, 2, 'Property cannot be found on the specified JSON path.')
  return at
}

const scalar = (value: unknown): Cell => {
  if (value === undefined || value === null || typeof value === 'object') return null
  return typeof value === 'boolean' ? String(value) : String(value)
}

const kinds: Readonly<Record<string, number>> = {
  null: 0,
  text: 1,
  integer: 2,
  real: 2,
  true: 3,
  false: 3,
  array: 4,
  object: 5,
}

export const jsonUdfs: readonly Udf[] = [
  {
    name: 'json_valid_',
    pure: true,
    call: (json) => {
      if (json === null) return null
      try {
        const value: unknown = JSON.parse(String(json))
        return typeof value === 'object' && value !== null ? 1 : 0
      } catch {
        return 0
      }
    },
  },
  strict('json_value_', (json, path) => scalar(walk(parse(String(json)), String(path)))),
  strict('json_strict', (json) => {
    parse(String(json))
    return json
  }),
  strict('json_at', (json, path, fragment) => {
    const value = walk(typeof json === 'string' && /^\s*[[{"]/.test(json) ? parse(json) : json, String(path))
    if (fragment) return value !== null && typeof value === 'object' ? JSON.stringify(value) : null
    return scalar(value)
  }),
  // OPENJSON … WITH takes an object as one row and an array as many.
  strict('json_rows', (json, path) => {
    const value = walk(parse(String(json)), String(path))
    if (value === undefined) return '[]'
    return JSON.stringify(
      (Array.isArray(value) ? value : [value])
        .map((item) => JSON.stringify(item))
        .map((item) => JSON.parse(item) as unknown),
    )
  }),
  {
    name: 'json_plain',
    pure: true,
    call: (value, type) => (type === 'true' || type === 'false' ? String(type) : value === null ? null : String(value)),
  },
  strict('json_kind', (type) => kinds[String(type)] ?? 0),
  strict('split_json', (text, separator) => {
    if (String(separator).length !== 1)
      throw new SqlError(214, 16, 11, "Procedure expects parameter 'separator' of type 'nchar(1)/nvarchar(1)'.")
    return JSON.stringify(String(text).split(String(separator)))
  }),
  {
    name: 'series_json',
    pure: true,
    call: (from, to, step) => {
      if (from === null || to === null) return '[]'
      const by = step === null || step === undefined ? (Number(from) <= Number(to) ? 1 : -1) : Number(step)
      if (by === 0)
        throw new SqlError(4199, 16, 1, 'Argument value 0 is invalid for argument 3 of generate_series function.')
      const count = Math.floor((Number(to) - Number(from)) / by) + 1
      if (count > 5_000_000)
        throw new SqlError(50900, 16, 1, 'not supported by the simulator: GENERATE_SERIES of more than 5,000,000 rows')
      return JSON.stringify(Array.from({ length: Math.max(0, count) }, (_, i) => Number(from) + i * by))
    },
  },
]
