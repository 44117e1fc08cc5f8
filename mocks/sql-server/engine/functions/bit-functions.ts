import { familyOf, types } from '../../tds/data-type.ts'
import type { Call, FunctionTable } from '../binder/call.ts'
import { comparable } from '../binder/convert-bound.ts'
import { unify } from '../binder/expression.ts'
import { errors } from '../errors.ts'
import { unsupported } from '../sql-error.ts'

/** GREATEST and LEAST: NULLs do not count. */
const extreme = (direction: 'ASC' | 'DESC') => (call: Call) => {
  const { type, sides } = unify(call.args)
  const key = comparable({ sql: 'column1', type, nullable: true })
  const rows = sides.map((side) => `(${side.sql})`).join(',')
  return call.result(
    `(SELECT column1 FROM (VALUES ${rows}) WHERE column1 IS NOT NULL ORDER BY ${key} ${direction} LIMIT 1)`,
    type,
    sides.every((side) => side.nullable),
  )
}

const widths: Readonly<Record<string, number>> = { bit: 1, tinyint: 8, smallint: 16, int: 32, bigint: 64 }

const bits = (call: Call): number => {
  const { type } = call.arg(0)
  if (familyOf(type) === 'binary') throw unsupported(`${call.name} of ${type.name}`, call.expr.line)
  const width = widths[type.name]
  if (familyOf(type) !== 'integer' || !width) throw errors.badOperator(type.name, call.name.toLowerCase())
  return width
}

const shifted = (left: boolean) => (call: Call) =>
  call.result(`bits_shift(${call.arg(0).sql},${left ? '' : '-'}${call.int(1)},${bits(call)})`, call.arg(0).type)

export const bitFunctions: FunctionTable = {
  GREATEST: [1, 254, extreme('DESC')],
  LEAST: [1, 254, extreme('ASC')],
  BIT_COUNT: [1, 1, (call) => call.result(`bits_count(${call.arg(0).sql},${bits(call)})`, types.bigint)],
  GET_BIT: [2, 2, (call) => call.result(`bits_get(${call.arg(0).sql},${call.int(1)},${bits(call)})`, types.bit)],
  SET_BIT: [
    2,
    3,
    (call) =>
      call.result(
        `bits_set(${call.arg(0).sql},${call.int(1)},${call.count > 2 ? call.int(2) : '1'},${bits(call)})`,
        call.arg(0).type,
      ),
  ],
  LEFT_SHIFT: [2, 2, shifted(true)],
  RIGHT_SHIFT: [2, 2, shifted(false)],
}
