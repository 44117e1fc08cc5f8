import { type DataType, decimalType, familyOf, types } from '../../tds/data-type.ts'
import { arithmetic } from '../binder/arithmetic.ts'
import type { Call, FunctionTable } from '../binder/call.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { asDecimal } from '../binder/type-rules.ts'
import { errors } from '../errors.ts'

/** Functions over floats that SQLite has under the same name; bad arguments are an error 3623, not NULL. */
const real = (native: string) => (call: Call) =>
  call.result(`f_math('${native}',${call.as(0, types.float)})`, types.float)

/** The type in which a number goes in: text counts as float. */
function numeric(call: Call, at = 0): DataType {
  const { type } = call.arg(at)
  const family = familyOf(type)
  if (family === 'text' || family === 'approximate') return types.float
  if (family === 'integer' || family === 'exact') return type
  throw errors.badOperator(type.name, call.name.toLowerCase())
}

const whole = (direction: 'ceil' | 'floor') => (call: Call) => {
  const type = numeric(call)
  const { sql } = convertBound(call.arg(0), type)
  if (familyOf(type) === 'integer') return call.result(sql, type)
  if (familyOf(type) === 'approximate') return call.result(`${direction}(${sql})`, types.float)
  const money = type.name === 'money' || type.name === 'smallmoney'
  const result = money ? type : decimalType(type.precision, 0)
  return call.result(`d_whole('${direction}',${sql},${type.scale},${result.scale})`, result)
}

export const mathFunctions: FunctionTable = {
  ABS: [
    1,
    1,
    (call) => {
      const type = numeric(call)
      const { sql } = convertBound(call.arg(0), type)
      return call.result(
        familyOf(type) === 'exact'
          ? `d_abs(${sql})`
          : familyOf(type) === 'integer' && type.name !== 'bigint'
            ? `i_fit(abs(${sql}))`
            : `abs(${sql})`,
        type,
      )
    },
  ],
  SIGN: [
    1,
    1,
    (call) => {
      const type = numeric(call)
      const { sql } = convertBound(call.arg(0), types.float)
      return convertBound(call.result(`CAST(sign(${sql}) AS INTEGER)`, types.int), type)
    },
  ],
  CEILING: [1, 1, whole('ceil')],
  FLOOR: [1, 1, whole('floor')],
  ROUND: [
    2,
    3,
    (call) => {
      const type = numeric(call)
      const { sql } = convertBound(call.arg(0), type)
      const cut = call.count > 2 ? call.int(2) : '0'
      if (familyOf(type) === 'approximate') return call.result(`f_round(${sql},${call.int(1)},${cut})`, types.float)
      if (familyOf(type) === 'integer')
        return call.result(`i_round(${sql},${call.int(1)},${cut})`, type.name === 'bigint' ? types.bigint : types.int)
      return call.result(`d_round(${sql},${type.scale},${type.precision},${call.int(1)},${cut})`, type)
    },
  ],
  POWER: [
    2,
    2,
    (call) => {
      const type = numeric(call)
      const value = call.result(`f_power(${call.as(0, types.float)},${call.as(1, types.float)})`, types.float)
      if (familyOf(type) === 'approximate') return value
      return convertBound(
        value,
        familyOf(type) === 'integer'
          ? type.name === 'bigint'
            ? types.bigint
            : types.int
          : decimalType(38, asDecimal(type).scale),
      )
    },
  ],
  SQUARE: [
    1,
    1,
    (call) => {
      const value = convertBound(call.arg(0), types.float)
      return arithmetic('*', value, value)
    },
  ],
  SQRT: [1, 1, real('sqrt')],
  EXP: [1, 1, real('exp')],
  LOG: [
    1,
    2,
    (call) =>
      call.count === 2
        ? call.result(
            `(f_math('log',${call.as(0, types.float)})/f_math('log',${call.as(1, types.float)}))`,
            types.float,
          )
        : real('log')(call),
  ],
  LOG10: [1, 1, real('log10')],
  SIN: [1, 1, real('sin')],
  COS: [1, 1, real('cos')],
  TAN: [1, 1, real('tan')],
  ASIN: [1, 1, real('asin')],
  ACOS: [1, 1, real('acos')],
  ATAN: [1, 1, real('atan')],
  ATN2: [2, 2, (call) => call.result(`atan2(${call.as(0, types.float)},${call.as(1, types.float)})`, types.float)],
  DEGREES: [1, 1, (call) => call.result(`degrees(${call.as(0, types.float)})`, types.float)],
  RADIANS: [1, 1, (call) => call.result(`radians(${call.as(0, types.float)})`, types.float)],
  PI: [0, 0, (call) => call.result('pi()', types.float, false)],
  RAND: [0, 1, (call) => call.result(`f_random(${call.count > 0 ? call.int(0) : ''})`, types.float, false)],
}
