/** Statements at once, without waiting for anything: inside functions, whose callers hold the locks already. */
import type { Cell, DataType } from '../../tds/data-type.ts'
import type { Expr, Statement } from '../../tsql/ast.ts'
import { withSession } from '../udf/running-session.ts'
import { deletePlanned, planDelete } from './delete.ts'
import { firstValue, planCondition, planValue } from './evaluate.ts'
import type { Execution } from './execution.ts'
import { insertPlanned, planInsert } from './insert.ts'
import { type Plan, storeOf, valuesOf } from './plan.ts'
import { resolveTarget } from './resolve-target.ts'
import { assignRow, planQuery } from './select.ts'
import { planUpdate, updatePlanned } from './update.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

export const evaluateNow = (x: Execution, expr: Expr, to?: DataType): Cell => firstValue(x, planValue(x, expr, to))

export const holdsNow = (x: Execution, expr: Expr): boolean => Number(firstValue(x, planCondition(x, expr)) ?? 0) !== 0

export function rowsNow(x: Execution, statement: Of<'query'>): { plan: Plan<readonly string[]>; rows: Cell[][] } {
  const plan = planQuery(x, statement)
  const rows = withSession(x.session, () => storeOf(x, plan).all(plan.sql, valuesOf(x, plan), plan.bigInts))
  return { plan, rows }
}

export function assignNow(x: Execution, statement: Of<'query'>): void {
  const { plan, rows } = rowsNow(x, statement)
  assignRow(x, plan.extra, rows.at(-1))
  x.session.rowCount = rows.length
}

/** A change of a table variable. */
export function changeNow(x: Execution, s: Of<'insert' | 'update' | 'delete'>): void {
  const target = resolveTarget(x, s.target, s.kind === 'insert' ? undefined : s.from)
  const store = x.session.store(target.database)
  const rows =
    s.kind === 'insert'
      ? insertPlanned(x, s, target, store, planInsert(x, s, target))
      : s.kind === 'update'
        ? updatePlanned(x, s, target, store, planUpdate(x, s, target))
        : deletePlanned(x, s, target, store, planDelete(x, s, target))
  x.session.rowCount = rows.length
}
