import { familyOf, types } from '../../tds/data-type.ts'
import type { FunctionTable } from '../binder/call.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { bindExpr, unify } from '../binder/expression.ts'
import { bindPredicate, compare } from '../binder/predicate.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'

export const nullFunctions: FunctionTable = {
  /** The first argument's type rules, whatever the second is. */
  ISNULL: [
    2,
    2,
    (call) => {
      const first = call.arg(0)
      const second = call.arg(1)
      const type = first.untyped ? second.type : first.type
      return call.result(
        `ifnull(${convertBound(first, type).sql},${convertBound(second, type, { implicit: true }).sql})`,
        type,
        first.nullable && second.nullable,
      )
    },
  ],
  COALESCE: [
    2,
    254,
    (call) => {
      if (call.args.every((arg) => arg.untyped)) throw errors.coalesceNulls()
      const { type, sides } = unify(call.args)
      return call.result(
        `coalesce(${sides.map((side) => side.sql).join(',')})`,
        type,
        // Unlike ISNULL it always counts as one that may be NULL.
        true,
      )
    },
  ],
  NULLIF: [
    2,
    2,
    (call) => {
      if (call.arg(0).untyped) throw errors.nullifNull()
      return call.result(
        `(CASE WHEN ${compare('=', call.arg(0), call.arg(1))} THEN NULL ELSE ${call.arg(0).sql} END)`,
        call.arg(0).type,
      )
    },
  ],
  IIF: [
    3,
    3,
    (call) => {
      const [condition, yes, no] = call.expr.args
      if (!condition || !yes || !no) throw new SqlError(174, 15, 1, 'The iif function requires 3 argument(s).')
      const test = bindPredicate(call.binder, call.scope, condition)
      const { type, sides } = unify([bindExpr(call.binder, call.scope, yes), bindExpr(call.binder, call.scope, no)])
      return call.result(
        `(CASE WHEN ${test} THEN ${sides[0]?.sql} ELSE ${sides[1]?.sql} END)`,
        type,
        sides.some((side) => side.nullable),
      )
    },
  ],
  CHOOSE: [
    2,
    254,
    (call) => {
      const { type, sides } = unify(call.args.slice(1))
      return call.result(
        `(CASE ${call.int(0)} ${sides.map((side, i) => `WHEN ${i + 1} THEN ${side.sql}`).join(' ')} END)`,
        type,
      )
    },
  ],
  ISNUMERIC: [
    1,
    1,
    (call) => {
      const family = familyOf(call.arg(0).type)
      if (family === 'integer' || family === 'exact' || family === 'approximate')
        return call.result(`(${call.arg(0).sql} IS NOT NULL)`, types.int, false)
      return call.result(family === 'text' ? `s_numeric(${call.arg(0).sql})` : '0', types.int, false)
    },
  ],
}
