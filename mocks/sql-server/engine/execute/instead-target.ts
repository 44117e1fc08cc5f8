/** A view as the target of a change that an INSTEAD OF trigger takes over. */
import { Binder } from '../binder/binder.ts'
import { bindQuery } from '../binder/query.ts'
import type { ModuleDef, TableDef } from '../catalog/definitions.ts'
import { moduleStatement } from '../catalog/module-statement.ts'
import { unsupported } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { withSession } from '../udf/running-session.ts'
import type { Execution } from './execution.ts'
import type { ChangedTable } from './resolve-target.ts'
import { sessionEnvironment } from './session-environment.ts'

const tables = new WeakMap<ModuleDef, { stamp: number; table: TableDef; sql: string }>()

/** The view's columns as those of a table, and its rows as a source in SQLite. */
export function viewTarget(x: Execution, view: ModuleDef, database: SqlDatabase): ChangedTable {
  const { session } = x
  const stamp = session.transaction.catalogOf(database).stamp
  let made = tables.get(view)
  if (made?.stamp !== stamp) {
    const statement = moduleStatement(view)
    const { query } = statement
    if (!query) throw unsupported(`the text of ${view.name}`)
    const environment = sessionEnvironment(session, x.frame, { catalogs: new Map(), temporary: false }, database)
    const bound = withSession(session, () => bindQuery(new Binder(environment), query))
    const columns = bound.columns.map((column, i) => ({
      id: i + 1,
      name: statement.columns?.[i] ?? column.name,
      type: column.type,
      nullable: true,
    }))
    const { kind: _, text: __, ...object } = view
    made = {
      stamp,
      table: {
        ...object,
        kind: 'table',
        columns,
        keys: [],
        checks: [],
        foreignKeys: [],
        nextColumnId: columns.length + 1,
      },
      sql: `(SELECT ${columns.map((column) => `o${column.id} AS c${column.id}`).join(',')}${columns.length > 0 ? ',' : ''}row_number() OVER () AS rowid FROM (${bound.sql}))`,
    }
    tables.set(view, made)
  }
  return {
    table: made.table,
    database,
    sql: made.sql,
    display: `${database.name}.${view.schema}.${view.name}`,
    view,
  }
}
