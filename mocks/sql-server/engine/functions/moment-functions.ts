/** Dates cut, put into buckets, moved between offsets and time zones, and made of parts. */

import { type DataType, familyOf, timeType, types } from '../../tds/data-type.ts'
import type { Call, FunctionTable } from '../binder/call.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { SqlError } from '../sql-error.ts'
import { datePart, momentType } from './date-functions.ts'

const spec = (type: DataType): string => `'${type.name}',${type.scale}`

const notSupported = (call: Call, part: string, type: DataType): SqlError =>
  new SqlError(
    9810,
    16,
    1,
    `The datepart ${part} is not supported by date function ${call.name.toLowerCase()} for data type ${type.name}.`,
    { line: call.expr.line },
  )

/** The scale of a datetimeoffset that comes of another type. */
const digits = (type: DataType): number =>
  type.name === 'datetime' ? 3 : type.name === 'smalldatetime' || type.name === 'date' ? 0 : type.scale

/** The last argument of the …FROMPARTS functions: the digits of the fraction, which must be written out. */
function precision(call: Call, at: number, type: string): number {
  const expr = call.expr.args[at]
  const scale = expr?.kind === 'literal' && expr.type === 'int' ? Number(expr.text) : Number.NaN
  if (Number.isInteger(scale) && scale >= 0 && scale <= 7) return scale
  if (expr?.kind === 'literal' && expr.type === 'int')
    throw new SqlError(1002, 15, 1, `Line ${call.expr.line}: Specified scale ${expr.text} is invalid.`, {
      line: call.expr.line,
    })
  throw new SqlError(
    10760,
    16,
    1,
    `Scale argument is not valid. Valid expressions for data type ${type} scale argument are integer constants and integer constant expressions.`,
    { line: call.expr.line },
  )
}

const ints = (call: Call, count: number): string => Array.from({ length: count }, (_, i) => call.int(i)).join(',')

export const momentFunctions: FunctionTable = {
  DATETRUNC: [
    2,
    2,
    (call) => {
      const part = datePart(call)
      const type = momentType(call.arg(1).type)
      if (part === 'weekday' || part === 'nanosecond' || part === 'tzoffset') throw notSupported(call, part, type)
      return call.result(
        `t_trunc('${part}',${convertBound(call.arg(1), type).sql},${spec(type)},sys_('@@DATEFIRST'))`,
        type,
      )
    },
  ],
  DATE_BUCKET: [
    3,
    4,
    (call) => {
      const part = datePart(call)
      const type = momentType(call.arg(2).type)
      if (['weekday', 'nanosecond', 'microsecond', 'tzoffset', 'dayofyear', 'iso_week'].includes(part))
        throw notSupported(call, part, type)
      const origin = call.count > 3 ? convertBound(call.arg(3), type).sql : "''"
      return call.result(
        `t_bucket('${part}',${convertBound(call.arg(1), types.int).sql},${convertBound(call.arg(2), type).sql},${spec(type)},${origin})`,
        type,
      )
    },
  ],
  SWITCHOFFSET: [
    2,
    2,
    (call) => {
      const { type: given } = call.arg(0)
      const type = timeType('datetimeoffset', familyOf(given) === 'temporal' ? digits(given) : 7)
      return call.result(`t_offset(${call.as(0, type)},${spec(type)},${offset(call)},1)`, type)
    },
  ],
  TODATETIMEOFFSET: [
    2,
    2,
    (call) => {
      const from = momentType(call.arg(0).type)
      const type = timeType('datetimeoffset', digits(from))
      return call.result(
        `t_offset(${convertBound(convertBound(call.arg(0), from), type).sql},${spec(type)},${offset(call)},0)`,
        type,
      )
    },
  ],
  'AT TIME ZONE': [
    2,
    2,
    (call) => {
      const from = momentType(call.arg(0).type)
      const type = timeType('datetimeoffset', digits(from))
      const local = from.name === 'datetimeoffset' ? 0 : 1
      return call.result(
        `t_zone(${convertBound(convertBound(call.arg(0), from), type).sql},${spec(type)},${call.text(1)},${local})`,
        type,
      )
    },
  ],
  TIMEFROMPARTS: [
    5,
    5,
    (call) => {
      const type = timeType('time', precision(call, 4, 'time'))
      return call.result(`t_make(${spec(type)},1900,1,1,${ints(call, 4)})`, type)
    },
  ],
  SMALLDATETIMEFROMPARTS: [
    5,
    5,
    (call) => call.result(`t_make('smalldatetime',0,${ints(call, 5)},0,0)`, types.smalldatetime),
  ],
  DATETIMEOFFSETFROMPARTS: [
    10,
    10,
    (call) => {
      const type = timeType('datetimeoffset', precision(call, 9, 'datetimeoffset'))
      const parts = `t_make('datetime2',${type.scale},${ints(call, 7)})`
      const plain = convertBound({ sql: parts, type: timeType('datetime2', type.scale), nullable: true }, type).sql
      return call.result(`t_offset(${plain},${spec(type)},(${call.int(7)}*60+${call.int(8)}),0)`, type)
    },
  ],
}

/** An offset is minutes as a number, or `+hh:mm`. */
const offset = (call: Call): string => (familyOf(call.arg(1).type) === 'integer' ? call.arg(1).sql : call.text(1))
