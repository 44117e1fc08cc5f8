/** Expressions: SQLite's text with SQL Server's types and rules. */

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
import type { Expr } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { unsupported } from '../sql-error.ts'
import { parseDecimal, rescale } from '../values/decimal-math.ts'
import type { Binder } from './binder.ts'
import { type Bound, quoteText } from './bound.ts'
import { bindCall } from './call.ts'
import { convertBound } from './convert-bound.ts'
import { bindPredicate, isPredicate } from './predicate.ts'
import { bindQuery } from './query.ts'
import type { Scope } from './scope.ts'
import { asDecimal, commonType, decimalResult, needCollation, typeOfRef } from './type-rules.ts'

/** Binds a value. What is a condition is refused here. */
export function bindExpr(b: Binder, scope: Scope, expr: Expr): Bound {
  const { grouping } = b
  if (!grouping || grouping.inAggregate > 0) return bindValue(b, scope, expr)
  const before = grouping.problems.length
  const bound = bindValue(b, scope, expr)
  // A whole expression that is grouped by makes its columns good.
  if (grouping.keys.has(bound.sql)) grouping.problems.length = before
  return bound
}

export const nullBound: Bound = { sql: 'NULL', type: types.int, nullable: true, untyped: true }

function bindValue(b: Binder, scope: Scope, expr: Expr): Bound {
  switch (expr.kind) {
    case 'literal':
      return bindLiteral(b, expr.type, expr.text)
    case 'column':
      return bindColumn(b, scope, expr)
    case 'variable':
      return expr.name.startsWith('@@')
        ? bindCall(b, scope, {
            kind: 'call',
            name: [expr.name],
            args: [],
            distinct: false,
            star: false,
            line: expr.line,
          })
        : b.variable(expr.name, expr.line)
    case 'unary':
      return bindUnary(expr.op, bindExpr(b, scope, expr.of))
    case 'binary':
      return bindBinary(expr.op, bindExpr(b, scope, expr.left), bindExpr(b, scope, expr.right))
    case 'case':
      return bindCase(b, scope, expr)
    case 'cast': {
      const collation = b.environment.collation
      const to = typeOfRef(expr.type, collation, 30)
      const style = expr.style ? styleOf(expr.style) : undefined
      return convertBound(bindExpr(b, scope, expr.of), to, {
        trying: expr.trying,
        ...(style === undefined ? {} : { style }),
      })
    }
    case 'call':
      return bindCall(b, scope, expr)
    case 'subquery': {
      const query = bindQuery(b, expr.query, scope)
      const [column] = query.columns
      if (!column || query.columns.length !== 1) throw errors.subqueryOneColumn()
      const sql = query.oneRow ? `(${query.sql})` : `(SELECT one_row(o1) FROM (${query.sql}))`
      return { sql, type: column.type, nullable: true }
    }
    case 'collate': {
      const of = bindExpr(b, scope, expr.of)
      return {
        sql: of.sql,
        nullable: of.nullable,
        type: { ...of.type, collation: needCollation(expr.collation) },
        explicitCollation: true,
      }
    }
    case 'default':
      throw errors.badOperator('DEFAULT', 'expression')
    default:
      if (isPredicate(expr)) throw errors.notBoolean('', 0)
      throw unsupported(`the expression ${expr.kind}`)
  }
}

function styleOf(expr: Expr): number {
  if (expr.kind === 'literal' && expr.type === 'int') return Number(expr.text)
  throw unsupported('CONVERT with a style that is not a number')
}

export function bindLiteral(b: Binder, kind: Extract<Expr, { kind: 'literal' }>['type'], text: string): Bound {
  const collation = b.environment.collation
  switch (kind) {
    case 'null':
      return nullBound
    case 'int':
      return { sql: String(Number(text)), type: types.int, nullable: false, literal: { kind: 'int', text } }
    case 'float':
      if (!Number.isFinite(Number(text))) throw errors.floatRange(text)
      return {
        sql:
          `${Number(text)}`.includes('e') || `${Number(text)}`.includes('.') ? `${Number(text)}` : `${Number(text)}.0`,
        type: types.float,
        nullable: false,
      }
    case 'decimal':
    case 'money': {
      const parsed = parseDecimal(text === '' ? '0' : text) ?? { unscaled: 0n, scale: 0 }
      if (kind === 'money')
        return { sql: `'${decimalKey(rescale(parsed.unscaled, parsed.scale, 4))}'`, type: types.money, nullable: false }
      const digits = parsed.unscaled.toString().replace('-', '').length
      const precision = Math.max(digits, parsed.scale, 1)
      if (precision > 38) throw errors.overflow('numeric', 'numeric')
      const whole = /^0*\d/.test(text) && digits <= parsed.scale ? parsed.scale + 1 : precision
      return {
        sql: `'${decimalKey(parsed.unscaled)}'`,
        type: decimalType(Math.min(38, text.startsWith('.') ? precision : whole), parsed.scale, 'numeric'),
        nullable: false,
        literal: { kind: 'decimal', text },
      }
    }
    case 'string':
      return {
        sql: quoteText(text),
        type: textType('varchar', text.length > 8000 ? maxLength : Math.max(1, text.length), collation),
        nullable: false,
        literal: { kind: 'text', text },
      }
    case 'nstring':
      return {
        sql: quoteText(text),
        type: textType('nvarchar', text.length > 4000 ? maxLength : Math.max(1, text.length), collation),
        nullable: false,
        literal: { kind: 'text', text },
      }
    case 'binary': {
      const hex = text.slice(2).length % 2 === 0 ? text.slice(2) : `0${text.slice(2)}`
      return { sql: `x'${hex}'`, type: binaryType('varbinary', Math.max(1, hex.length / 2)), nullable: false }
    }
  }
}

function bindColumn(b: Binder, scope: Scope, expr: Extract<Expr, { kind: 'column' }>): Bound {
  const [only] = expr.parts
  if (expr.parts.length === 1 && only === '$action') throw errors.noColumn('$action', expr.line)
  const { column, scope: owner } = scope.column(expr.parts, expr.line)
  const { grouping } = b
  if (grouping && owner === grouping.scope) {
    grouping.used = true
    if (grouping.inAggregate === 0 && !grouping.keys.has(column.bound.sql)) {
      grouping.problems.push(errors.notGrouped(column.bound.origin?.qualified ?? expr.parts.join('.')))
    }
  }
  return column.bound
}

function bindUnary(op: '-' | '+' | '~', of: Bound): Bound {
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

export function bindBinary(op: string, left: Bound, right: Bound): Bound {
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
  const nullable = left.nullable || right.nullable
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
  if (old(left.type) && old(right.type)) throw unsupported('the sum or difference of two datetimes')
  if (number(left) || number(right)) throw errors.operandClash(left.type.name, right.type.name)
  throw errors.badOperator((familyOf(left.type) === 'temporal' ? left : right).type.name, words[op] ?? op)
}

/** The branches of CASE, IIF and COALESCE in their common type. */
export function unify(branches: readonly Bound[]): { readonly type: DataType; readonly sides: readonly Bound[] } {
  const typed = branches.filter((branch) => !branch.untyped)
  const type = typed.slice(1).reduce((so, branch) => commonType(so, branch.type), typed[0]?.type ?? types.int)
  return { type, sides: branches.map((branch) => convertBound(branch, type, { implicit: true })) }
}

function bindCase(b: Binder, scope: Scope, expr: Extract<Expr, { kind: 'case' }>): Bound {
  const { of } = expr
  const conditions = expr.whens.map(({ when }) =>
    bindPredicate(b, scope, of ? { kind: 'compare', op: '=', left: of, right: when } : when),
  )
  const results = expr.whens.map(({ result }) => bindExpr(b, scope, result))
  const otherwise = expr.otherwise ? bindExpr(b, scope, expr.otherwise) : nullBound
  const { type, sides } = unify([...results, otherwise])
  const whens = conditions.map((condition, i) => `WHEN ${condition} THEN ${sides[i]?.sql}`).join(' ')
  const last = sides.at(-1)
  return {
    sql: `(CASE ${whens} ELSE ${last?.sql} END)`,
    type,
    nullable: !expr.otherwise || sides.some((side) => side.nullable),
  }
}
