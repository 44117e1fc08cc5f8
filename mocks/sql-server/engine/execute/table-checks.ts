import { parseExpressionText } from '../../tsql/parser.ts'
import { Binder } from '../binder/binder.ts'
import { tableColumns } from '../binder/from.ts'
import { bindPredicate } from '../binder/predicate.ts'
import { Scope } from '../binder/scope.ts'
import type { TableDef } from '../catalog/definitions.ts'
import type { Execution } from './execution.ts'
import { sessionEnvironment } from './session-environment.ts'

const checkCache = new WeakMap<TableDef, readonly { name: string; sql: string; column: string }[]>()

export function checksOf(x: Execution, table: TableDef): readonly { name: string; sql: string; column: string }[] {
  const known = checkCache.get(table)
  if (known) return known
  const checks = table.checks
    .filter((check) => check.enabled)
    .map((check) => {
      const binder = new Binder(sessionEnvironment(x.session, x.frame, { catalogs: new Map(), temporary: false }))
      const scope = new Scope()
      const columns = tableColumns(binder, table, '')
      scope.add({ name: table.name, columns })
      const sql = bindPredicate(binder, scope, parseExpressionText(check.text))
      const used = table.columns.filter((column) => new RegExp(`\\bc${column.id}\\b`).test(sql))
      return { name: check.name, sql, column: used.length === 1 ? (used[0]?.name ?? '') : '' }
    })
  checkCache.set(table, checks)
  return checks
}
