import { latin1 } from '../../tds/collation.ts'
import {
  binaryType,
  type DataType,
  decimalType,
  familyOf,
  isUnicode,
  maxLength,
  textType,
  types,
} from '../../tds/data-type.ts'
import { decimalKey } from '../../tds/types/decimal.ts'
import { errors } from '../errors.ts'
import { unsupported } from '../sql-error.ts'
import { parseDecimal } from '../values/decimal-math.ts'
import { type Bound, withoutLiteral } from './bound.ts'
import { convertBound } from './convert-bound.ts'
import { asDecimal, commonType, decimalResult } from './type-rules.ts'
import { checkOperands } from './uncomparable.ts'

export function bindUnary(op: '-' | '+' | '~', of: Bound): Bound {
  const family = familyOf(of.type)
  if (op === '+') return of
  if (op === '~') {
    if (family !== 'integer') throw errors.badOperator(of.type.name, "'~'")
    return {
      sql: of.type.name === 'bit' ? `(1-${of.sql})` : of.type.name === 'tinyint' ? `(255-${of.sql})` : `(~${of.sql})`,
      type: of.type,
      nullable: of.nullable,
    }
  }
  if (of.untyped) return of
  if (of.literal && of.literal.kind !== 'text') {
    const text = of.literal.text.startsWith('-') ? of.literal.text.slice(1) : `-${of.literal.text}`
    if (of.literal.kind === 'int') return { ...of, sql: `(${text})`, literal: { kind: 'int', text } }
    const parsed = parseDecimal(text)
    if (parsed) return { ...of, sql: `'${decimalKey(parsed.unscaled)}'`, literal: { kind: 'decimal', text } }
  }
  if (family === 'integer') return arithmetic('-', { sql: '0', type: of.type, nullable: false }, of)
  if (family === 'approximate') return { sql: `(-${of.sql})`, type: of.type, nullable: of.nullable }
  if (family === 'exact') return { sql: `d_neg(${of.sql})`, type: of.type, nullable: of.nullable }
  throw errors.badOperator(of.type.name, 'minus')
}

/** With CONCAT_NULL_YIELDS_NULL OFF a NULL is an empty text where texts are joined. */
export function bindConcat(left: Bound, right: Bound): Bound {
  const joined = bindBinary('+', left, right)
  const texts = [left, right].every((side) => familyOf(side.type) === 'text' || side.untyped)
  if (familyOf(joined.type) !== 'text' || !texts) return joined
  const solid = (side: Bound): Bound =>
    side.untyped
      ? { sql: "''", type: joined.type, nullable: false }
      : side.nullable
        ? { ...withoutLiteral(side), sql: `coalesce(${side.sql},'')` }
        : side
  return { ...bindBinary('+', solid(left), solid(right)), nullable: false }
}

export function bindBinary(op: string, left: Bound, right: Bound): Bound {
  if (familyOf(left.type) === 'clr' || familyOf(right.type) === 'clr') checkOperands(op, left.type, right.type)
  const families = [familyOf(left.type), familyOf(right.type)]
  if (op === '+' && families.every((family) => family === 'text' || family === 'binary') && families.includes('text'))
    return concat(left, right)
  if (op === '+' && families[0] === 'text' && right.untyped) return concat(left, convertBound(right, left.type))
  if (op === '+' && families[1] === 'text' && left.untyped) return concat(convertBound(left, right.type), right)
  if (op === '+' && families[0] === 'binary' && families[1] === 'binary') {
    const length =
      left.type.length === maxLength || right.type.length === maxLength
        ? maxLength
        : Math.min(8000, left.type.length + right.type.length)
    return {
      sql: `b_concat(${left.sql},${right.sql})`,
      type: binaryType('varbinary', length),
      nullable: left.nullable || right.nullable,
    }
  }
  if (families.includes('temporal')) return dateArithmetic(op, left, right)
  if (op === '&' || op === '|' || op === '^') {
    const type = families.every((family) => family === 'integer') ? commonType(left.type, right.type) : types.int
    if (families.some((family) => family !== 'integer' && family !== 'binary'))
      throw errors.badOperator((families[0] === 'integer' ? right : left).type.name, `'${op}'`)
    const [l, r] = [convertBound(left, type).sql, convertBound(right, type).sql]
    return {
      sql: op === '^' ? `((${l}|${r})-(${l}&${r}))` : `(${l}${op}${r})`,
      type,
      nullable: left.nullable || right.nullable,
    }
  }
  return arithmetic(op, left, right)
}

function concat(left: Bound, right: Bound): Bound {
  const unicode = isUnicode(left.type) || isUnicode(right.type)
  const max = left.type.length === maxLength || right.type.length === maxLength
  const limit = unicode ? 4000 : 8000
  const type = textType(
    unicode ? 'nvarchar' : 'varchar',
    max ? maxLength : Math.min(limit, left.type.length + right.type.length),
    left.explicitCollation ? (left.type.collation ?? latin1) : (right.type.collation ?? left.type.collation ?? latin1),
  )
  const text = (side: Bound): string => (familyOf(side.type) === 'text' ? side.sql : convertBound(side, type).sql)
  const sql = `(${text(left)}||${text(right)})`
  const cut = !max && left.type.length + right.type.length > limit
  return { sql: cut ? `substr(${sql},1,${limit})` : sql, type, nullable: left.nullable || right.nullable }
}

const integerBounds: Readonly<Record<string, string>> = { bit: '1', tinyint: '1', smallint: '2', int: '4' }

const names: Readonly<Record<string, 'add' | 'sub' | 'mul' | 'div' | 'mod'>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
}

const words: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
}

export function arithmetic(op: string, leftSide: Bound, rightSide: Bound): Bound {
  const left = leftSide.untyped ? convertBound(leftSide, rightSide.type) : leftSide
  const right = rightSide.untyped ? convertBound(rightSide, left.type) : rightSide
  // What overflows may be NULL, so only constants are certain not to be.
  const nullable = left.nullable || right.nullable || !left.literal || !right.literal
  const common = commonType(left.type, right.type)
  const name = names[op] ?? 'add'
  switch (familyOf(common)) {
    case 'integer': {
      const type = common.name === 'bit' ? types.bit : common
      if (type.name === 'bit') throw errors.badOperator('bit', words[op] ?? op)
      const [l, r] = [
        convertBound(left, type, { implicit: true }).sql,
        convertBound(right, type, { implicit: true }).sql,
      ]
      if (type.name === 'bigint') return { sql: `b_${name}(${l},${r})`, type, nullable }
      return { sql: `i_${name}(${l},${r},${integerBounds[type.name] ?? 4})`, type, nullable }
    }
    case 'approximate': {
      const [l, r] = [
        convertBound(left, types.float, { implicit: true }).sql,
        convertBound(right, types.float, { implicit: true }).sql,
      ]
      if (op === '%') throw errors.badOperator('float', 'modulo')
      return { sql: op === '/' ? `f_div(${l},${r})` : `f_ok(${l}${op}${r})`, type: common, nullable }
    }
    case 'exact': {
      const money = common.name === 'money' || common.name === 'smallmoney'
      const l = operand(left, common)
      const r = operand(right, common)
      const type: DataType = money ? common : decimalResult(op, l.type, r.type)
      return {
        sql: `d_op('${name}',${l.sql},${r.sql},${l.type.scale},${r.type.scale},${type.precision},${type.scale})`,
        type,
        nullable,
      }
    }
    default:
      throw errors.badOperator((familyOf(left.type) === familyOf(common) ? left : right).type.name, words[op] ?? op)
  }
}

/** One side of decimal arithmetic: an integer literal counts only the digits that it has. */
function operand(side: Bound, common: DataType): Bound {
  if (familyOf(side.type) === 'exact') return side
  if (familyOf(side.type) === 'text') return convertBound(side, common, { implicit: true })
  if (familyOf(side.type) !== 'integer') throw unsupported(`arithmetic between ${side.type.name} and ${common.name}`)
  const literal = side.literal?.kind === 'int' ? side.literal.text.replace('-', '').length : undefined
  return convertBound(side, literal === undefined ? asDecimal(side.type) : decimalType(Math.max(1, literal), 0))
}

function dateArithmetic(op: string, left: Bound, right: Bound): Bound {
  const old = (type: DataType) => type.name === 'datetime' || type.name === 'smalldatetime'
  const number = (bound: Bound) => ['integer', 'exact', 'approximate'].includes(familyOf(bound.type))
  if (familyOf(left.type) === 'temporal' && old(left.type) && number(right) && (op === '+' || op === '-')) {
    return {
      sql: `t_days(${convertBound(left, types.datetime).sql},${op === '-' ? '-' : ''}${convertBound(right, types.float).sql})`,
      type: types.datetime,
      nullable: left.nullable || right.nullable,
    }
  }
  if (familyOf(right.type) === 'temporal' && old(right.type) && number(left) && op === '+')
    return dateArithmetic('+', right, left)
  const datetime = (side: Bound): Bound | undefined =>
    old(side.type) || familyOf(side.type) === 'text' || side.untyped
      ? convertBound(side, types.datetime, { implicit: true })
      : undefined
  const [a, z] = [datetime(left), datetime(right)]
  if (a && z && (op === '+' || op === '-'))
    return { sql: `t_sum(${a.sql},${z.sql},${op === '-' ? -1 : 1})`, type: types.datetime, nullable: true }
  if (number(left) || number(right)) throw errors.operandClash(left.type.name, right.type.name)
  throw errors.badOperator((familyOf(left.type) === 'temporal' ? left : right).type.name, words[op] ?? op)
}
