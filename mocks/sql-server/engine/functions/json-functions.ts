import { maxLength, types } from '../../tds/data-type.ts'
import type { Bound } from '../binder/bound.ts'
import type { Call, FunctionTable } from '../binder/call.ts'
import { errors } from '../errors.ts'
import { shapeNumber } from './row-shapes.ts'

const path = (call: Call, at = 1): string => (call.count > at ? call.text(at) : "'$'")

const json = (call: Call, sql: string, nullable = true): Bound => ({
  ...call.result(sql, call.nvarchar(maxLength), nullable),
  json: true,
})

/** A value as FOR JSON would write it; NULL gives `null`. */
const written = ({ sql, type, json: raw }: Bound): string =>
  `json_cell_(${shapeNumber([{ name: '', type, ...(raw ? { json: true } : {}) }], noClause)},${sql})`

const noClause = { kind: 'json', mode: 'PATH', includeNulls: true, withoutArray: true } as const

export const jsonFunctions: FunctionTable = {
  ISJSON: [
    1,
    2,
    (call) => {
      const kind = call.expr.args[1]
      const word = kind?.kind === 'column' ? (kind.parts[0] ?? '').toUpperCase() : ''
      if (kind && !['VALUE', 'ARRAY', 'OBJECT', 'SCALAR'].includes(word)) throw errors.syntax(word, call.expr.line)
      return call.result(`json_valid_(${call.text(0)},'${word}')`, types.int)
    },
  ],
  JSON_VALUE: [2, 2, (call) => call.result(`json_value_(${call.text(0)},${path(call)})`, call.nvarchar(4000))],
  JSON_QUERY: [1, 2, (call) => json(call, `json_query_(${call.text(0)},${path(call)})`)],
  JSON_PATH_EXISTS: [2, 2, (call) => call.result(`json_exists_(${call.text(0)},${path(call)})`, types.int)],
  JSON_MODIFY: [
    3,
    3,
    (call) => {
      const value = call.arg(2)
      const sql = value.untyped ? 'NULL' : `iif(${value.sql} IS NULL,NULL,${written(value)})`
      return json(call, `json_modify_(${call.text(0)},${path(call)},${sql})`)
    },
  ],
  JSON_OBJECT: [
    0,
    2000,
    (call) => {
      const absent = call.expr.onNull === 'absent'
      const parts: string[] = []
      for (let at = 0; at < call.count; at += 2)
        parts.push(`json_member_(${call.text(at)},${value(call.arg(at + 1), absent)})`)
      return json(call, `('{'||${joined(parts)}||'}')`, false)
    },
  ],
  JSON_ARRAY: [
    0,
    2000,
    (call) => {
      // Without a word about them, NULLs are left out of arrays.
      const absent = call.expr.onNull !== 'null'
      return json(call, `('['||${joined(call.args.map((arg) => value(arg, absent)))}||']')`, false)
    },
  ],
}

const value = (bound: Bound, absent: boolean): string =>
  bound.untyped
    ? absent
      ? 'NULL'
      : "'null'"
    : absent
      ? `iif(${bound.sql} IS NULL,NULL,${written(bound)})`
      : written(bound)

const joined = (parts: readonly string[]): string =>
  parts.length === 0 ? "''" : `ifnull(concat_ws(',',${parts.join(',')}),'')`
