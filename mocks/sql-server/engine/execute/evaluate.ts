/** Expressions outside queries: SET, IF, WHILE, arguments. */

import type { Cell, DataType } from '../../tds/data-type.ts'
import { types } from '../../tds/data-type.ts'
import type { Expr } from '../../tsql/ast.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { bindExpr } from '../binder/expression.ts'
import { bindPredicate } from '../binder/predicate.ts'
import { Scope } from '../binder/scope.ts'
import { withSession } from '../udf/running-session.ts'
import type { Execution } from './execution.ts'
import { type Plan, planOf, storeOf, valuesOf, wide, withReads } from './plan.ts'

export function planValue(x: Execution, expr: Expr, to: DataType | undefined): Plan<DataType> {
  return planOf<DataType>(x, expr, (b) => {
    const bound = bindExpr(b, new Scope(), expr)
    const value = to ? convertBound(bound, to, { implicit: true }) : bound
    return { sql: `SELECT ${value.sql}`, columns: [{ name: '', type: value.type, nullable: true }], extra: value.type }
  })
}

export interface Value {
  readonly value: Cell
  readonly type: DataType
}

export const firstValue = (x: Execution, plan: Plan): Cell =>
  withSession(
    x.session,
    () => storeOf(x, plan).all(plan.sql, valuesOf(x, plan), wide(plan.columns[0]?.type ?? types.int))[0]?.[0] ?? null,
  )

/** An expression's value, in the type of its place when that is given. The same node must always have the same place. */
export function evaluate(x: Execution, expr: Expr, to?: DataType): Promise<Value> | Value {
  return withReads(
    x,
    () => planValue(x, expr, to),
    (plan) => ({ value: firstValue(x, plan), type: plan.extra }),
  )
}

export const planCondition = (x: Execution, expr: Expr): Plan<null> =>
  planOf<null>(x, expr, (b) => {
    const sql = bindPredicate(b, new Scope(), expr)
    return { sql: `SELECT ${sql}`, columns: [{ name: '', type: types.int, nullable: true }], extra: null }
  })

export function evaluateCondition(x: Execution, expr: Expr): Promise<boolean> | boolean {
  return withReads(
    x,
    () => planCondition(x, expr),
    (plan) => Number(firstValue(x, plan) ?? 0) !== 0,
  )
}
