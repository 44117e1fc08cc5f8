/** Conditions: comparisons, LIKE, IN, EXISTS and their combinations, as SQLite expressions of 1, 0 and NULL. */

import { latin1 } from '../../tds/collation.ts'
import { type DataType, familyOf, maxLength, textType } from '../../tds/data-type.ts'
import type { Expr } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { keyNameOf } from '../values/text-key.ts'
import type { Binder } from './binder.ts'
import type { Bound } from './bound.ts'
import { comparable, convertBound, equatable } from './convert-bound.ts'
import { bindExpr } from './expression.ts'
import { checkOrder } from './named-rows.ts'
import { bindQuery } from './query.ts'
import type { Scope } from './scope.ts'
import { checkImplicit, commonType } from './type-rules.ts'
import { checkOperands } from './uncomparable.ts'

export function bindPredicate(b: Binder, scope: Scope, expr: Expr): string {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return `(${b.each([expr.left, expr.right], (side) => bindPredicate(b, scope, side)).join(expr.kind === 'and' ? ' AND ' : ' OR ')})`
    case 'not':
      return `(NOT ${bindPredicate(b, scope, expr.of)})`
    case 'compare':
      if (!b.environment.options.ansiNulls && (expr.op === '=' || expr.op === '<>') && nullable(expr))
        return sameOrNull(expr.op, bindExpr(b, scope, expr.left), bindExpr(b, scope, expr.right))
      return compare(expr.op, bindExpr(b, scope, expr.left), bindExpr(b, scope, expr.right))
    case 'isNull':
      return `(${bindExpr(b, scope, expr.of).sql} IS ${expr.not ? 'NOT ' : ''}NULL)`
    case 'between': {
      const of = bindExpr(b, scope, expr.of)
      const inside = `(${compare('>=', of, bindExpr(b, scope, expr.low))} AND ${compare('<=', of, bindExpr(b, scope, expr.high))})`
      return expr.not ? `(NOT ${inside})` : inside
    }
    case 'in':
      return bindIn(b, scope, expr)
    case 'inQuery': {
      const of = bindExpr(b, scope, expr.of)
      const query = bindQuery(b, checkOrder(expr.query), scope)
      const [column] = query.columns
      if (!column || query.columns.length !== 1) throw errors.subqueryOneColumn()
      const { left, right } = sides(of, { sql: 'o1', type: column.type, nullable: true })
      return `(${equatable(left)} ${expr.not ? 'NOT ' : ''}IN (SELECT ${equatable(right)} FROM (${query.sql})))`
    }
    case 'exists':
      return `EXISTS (${bindQuery(b, checkOrder(expr.query), scope).sql})`
    case 'quantified':
      return bindQuantified(b, scope, expr)
    case 'like':
      return bindLike(b, scope, expr)
    default: {
      const near =
        expr.kind === 'column'
          ? (expr.parts.at(-1) ?? '')
          : expr.kind === 'literal'
            ? expr.text
            : expr.kind === 'variable'
              ? expr.name
              : ')'
      throw errors.notBoolean(near, 0)
    }
  }
}

/** With ANSI_NULLS OFF, NULL written as such or in a variable equals NULL. */
const nullable = (expr: Extract<Expr, { kind: 'compare' }>): boolean =>
  [expr.left, expr.right].some((side) => side.kind === 'variable' || (side.kind === 'literal' && side.type === 'null'))

function sameOrNull(op: string, a: Bound, c: Bound): string {
  const { left, right } = sides(a, c)
  return `(${equatable(left)} IS ${op === '=' ? '' : 'NOT '}${equatable(right)})`
}

/** Both sides in the type in which they are compared. */
export function sides(left: Bound, right: Bound): { left: Bound; right: Bound } {
  if (left.untyped && right.untyped) return { left, right }
  if (left.untyped) return { left: convertBound(left, right.type), right }
  if (right.untyped) return { left, right: convertBound(right, left.type) }
  const bothText = familyOf(left.type) === 'text' && familyOf(right.type) === 'text'
  if (bothText) {
    const collation = collationFor(left, right)
    return {
      left: { ...left, type: { ...left.type, collation } },
      right: { ...right, type: { ...right.type, collation } },
    }
  }
  const type: DataType = commonType(left.type, right.type)
  checkImplicit(left.type, type)
  checkImplicit(right.type, type)
  // Comparing needs no room for every length: a text is compared whole.
  const target = familyOf(type) === 'text' ? textType('nvarchar', maxLength, type.collation ?? latin1) : type
  return { left: convertBound(left, target), right: convertBound(right, target) }
}

function collationFor(left: Bound, right: Bound) {
  const a = left.type.collation ?? latin1
  const c = right.type.collation ?? latin1
  if (left.explicitCollation) return a
  if (right.explicitCollation) return c
  if (a.name === c.name) return a
  // A column's collation goes before that of a literal or variable.
  if (left.origin && !right.origin) return a
  if (right.origin && !left.origin) return c
  if (left.origin && right.origin) {
    throw new SqlError(
      468,
      16,
      9,
      `Cannot resolve the collation conflict between "${c.name}" and "${a.name}" in the equal to operation.`,
    )
  }
  return a
}

export function compare(op: string, a: Bound, c: Bound): string {
  checkOperands(op, a.type, c.type)
  const { left, right } = sides(a, c)
  if (familyOf(left.type) === 'text' && (left.type.name === 'text' || left.type.name === 'ntext') && !right.untyped) {
    throw new SqlError(
      402,
      16,
      1,
      `The data types ${left.type.name} and ${right.type.name} are incompatible in the ${op === '=' ? 'equal to' : 'comparison'} operator.`,
    )
  }
  const form = op === '=' || op === '<>' ? equatable : comparable
  return `(${form(left)} ${op} ${form(right)})`
}

function bindIn(b: Binder, scope: Scope, expr: Extract<Expr, { kind: 'in' }>): string {
  const of = bindExpr(b, scope, expr.of)
  const list = expr.list.map((item) => bindExpr(b, scope, item))
  const simple = list.every(
    (item) =>
      item.untyped ||
      (familyOf(item.type) === familyOf(of.type) &&
        familyOf(of.type) !== 'temporal' &&
        (familyOf(of.type) !== 'text' || !item.origin)),
  )
  if (!simple) {
    const any = list.map((item) => compare('=', of, item)).join(' OR ')
    return expr.not ? `(NOT (${any}))` : `(${any})`
  }
  if (familyOf(of.type) === 'exact') {
    const type = list.reduce((so, item) => (item.untyped ? so : commonType(so, item.type)), of.type)
    return `(${convertBound(of, type).sql} ${expr.not ? 'NOT ' : ''}IN (${list.map((item) => convertBound(item, type).sql).join(',')}))`
  }
  const collation = of.type.collation
  const form = (item: Bound): string =>
    equatable(collation && !item.untyped ? { ...item, type: { ...item.type, collation } } : item)
  return `(${equatable(of)} ${expr.not ? 'NOT ' : ''}IN (${list.map(form).join(',')}))`
}

function bindQuantified(b: Binder, scope: Scope, expr: Extract<Expr, { kind: 'quantified' }>): string {
  const left = bindExpr(b, scope, expr.left)
  const query = bindQuery(b, checkOrder(expr.query), scope)
  const [column] = query.columns
  if (!column || query.columns.length !== 1) throw errors.subqueryOneColumn()
  const right: Bound = { sql: 'o1', type: column.type, nullable: true }
  const all = `(SELECT ${expr.all ? 'min' : 'max'}(${compare(expr.op, left, right)}) FROM (${query.sql}))`
  const nulls = `(SELECT count(*) FROM (${query.sql}) WHERE ${compare(expr.op, left, right)} IS NULL)`
  if (expr.all) return `(CASE WHEN ${all}=0 THEN 0 WHEN ${nulls}>0 THEN NULL ELSE 1 END)`
  return `(CASE WHEN ${all}=1 THEN 1 WHEN ${nulls}>0 THEN NULL ELSE 0 END)`
}

function bindLike(b: Binder, scope: Scope, expr: Extract<Expr, { kind: 'like' }>): string {
  const of = bindExpr(b, scope, expr.of)
  const pattern = bindExpr(b, scope, expr.pattern)
  if (familyOf(of.type) === 'binary') throw unsupported('LIKE over binary')
  const text = (bound: Bound): string =>
    familyOf(bound.type) === 'text' || bound.untyped
      ? bound.sql
      : convertBound(bound, textType('nvarchar', 4000, b.environment.collation)).sql
  const collation = of.explicitCollation
    ? of.type.collation
    : pattern.explicitCollation
      ? pattern.type.collation
      : (of.type.collation ?? pattern.type.collation)
  const key = keyNameOf(collation ?? latin1)
  const escaper = expr.escape ? text(bindExpr(b, scope, expr.escape)) : 'NULL'
  const sql = `like_(${text(of)},${text(pattern)},${escaper},'${key}')`
  return expr.not ? `(NOT ${sql})` : sql
}
