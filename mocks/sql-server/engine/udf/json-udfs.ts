import type { Cell } from '../../tds/data-type.ts'
import { shapedCell } from '../functions/row-shapes.ts'
import { SqlError } from '../sql-error.ts'
import { jsonModify } from '../values/json-modify.ts'
import { jsonAt, jsonPath } from '../values/json-path.ts'
import { jsonText } from '../values/json-rows.ts'
import { type JsonKind, type JsonPart, jsonMembers, jsonRoot, jsonValue } from '../values/json-text.ts'
import { strict, type Udf } from './udf.ts'

const compound = (part: JsonPart): boolean => part.kind === 'array' || part.kind === 'object'

const longestValue = 4000

/** JSON_VALUE: a scalar of up to 4,000 characters. */
function scalar(text: string, pathText: string): Cell {
  const path = jsonPath(pathText)
  const part = jsonAt(text, path)
  if (!part || part.kind === 'null') return null
  if (compound(part)) {
    if (path.strict) throw new SqlError(13623, 16, 2, 'Scalar value cannot be found in the specified JSON path.')
    return null
  }
  const value = jsonValue(text, part)
  if (value.length <= longestValue) return value
  if (path.strict) throw new SqlError(13625, 16, 2, 'String value in the specified JSON path would be truncated.')
  return null
}

/** JSON_QUERY: an object or array, as it is written. */
function fragment(text: string, pathText: string): Cell {
  const path = jsonPath(pathText)
  const part = jsonAt(text, path)
  if (part && compound(part)) return text.slice(part.start, part.end)
  if (path.strict && part)
    throw new SqlError(13624, 16, 2, 'Object or array cannot be found in the specified JSON path.')
  return null
}

const kinds: Readonly<Record<JsonKind, number>> = { null: 0, string: 1, number: 2, boolean: 3, array: 4, object: 5 }

const isJson = (text: string, type: string): number => {
  try {
    const { kind } = jsonRoot(text)
    if (type === 'VALUE') return 1
    if (type === 'SCALAR') return kind === 'string' || kind === 'number' ? 1 : 0
    return (type === 'ARRAY' || type === '' ? kind === 'array' : false) ||
      (type === 'OBJECT' || type === '' ? kind === 'object' : false)
      ? 1
      : 0
  } catch (error) {
    if (error instanceof SqlError) return 0
    throw error
  }
}

export const jsonUdfs: readonly Udf[] = [
  strict('json_valid_', (json, type) => isJson(String(json), String(type))),
  strict('json_value_', (json, path) => scalar(String(json), String(path))),
  strict('json_query_', (json, path) => fragment(String(json), String(path))),
  strict('json_exists_', (json, path) => (jsonAt(String(json), { ...jsonPath(String(path)), strict: false }) ? 1 : 0)),
  {
    name: 'json_modify_',
    pure: true,
    call: (json, path, value) =>
      json === null || path === null
        ? null
        : jsonModify(String(json), jsonPath(String(path)), value === null ? undefined : String(value)),
  },
  {
    name: 'json_cell_',
    pure: true,
    bigInts: true,
    call: (shape, cell) => shapedCell(Number(shape), cell),
  },
  {
    name: 'json_member_',
    pure: true,
    call: (key, value) => (value === null ? null : `${jsonText(String(key))}:${String(value)}`),
  },
  // OPENJSON: an array of name, value and kind for each member.
  strict('json_members_', (json, path) => {
    const text = String(json)
    const part = jsonAt(text, jsonPath(String(path)))
    if (!part) return '[]'
    return JSON.stringify(
      jsonMembers(text, part).map((member) => [
        String(member.key),
        member.kind === 'null' ? null : jsonValue(text, member),
        kinds[member.kind],
      ]),
    )
  }),
  // OPENJSON … WITH takes an object as one row and an array as many.
  strict('json_rows', (json, path) => {
    const text = String(json)
    const part = jsonAt(text, jsonPath(String(path)))
    if (!part) return '[]'
    const rows: readonly JsonPart[] = part.kind === 'array' ? jsonMembers(text, part) : [part]
    return JSON.stringify(rows.map((row) => text.slice(row.start, row.end)))
  }),
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
