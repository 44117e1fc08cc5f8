/** SELECT … INTO: a table made of a result's columns, and filled with its rows. */

import { statementCodes } from '../../tds/tokens/done.ts'
import type { Name, Statement } from '../../tsql/ast.ts'
import type { ColumnInfo, TableDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { isGlobalTemporary, isLocalTemporary } from '../session/temporary-name.ts'
import { SqlError } from '../sql-error.ts'
import { withSession } from '../udf/running-session.ts'
import { putEntries } from './catalog-change.ts'
import { makeTemporary, requireNewTemporary, requirePlace } from './create-table.ts'
import { atomically, catalogOf, type Execution } from './execution.ts'
import { insertRows } from './insert.ts'
import { placeOf } from './place.ts'
import { type Plan, valuesOf, withReads } from './plan.ts'
import { changedTable } from './resolve-target.ts'
import { limitRows } from './row-limit.ts'
import { RowWriter } from './row-writer.ts'
import { createSql } from './table-sql.ts'

export async function selectInto(
  x: Execution,
  s: Extract<Statement, { kind: 'query' }>,
  name: Name,
  find: () => Plan<readonly string[]>,
): Promise<void> {
  const place = placeOf(x, name)
  const temporary = isLocalTemporary(place.name)
  const { session } = x
  if (temporary) requireNewTemporary(x, place.name)
  else if (catalogOf(session, place.database).nameTaken(place.schema, place.name)) throw errors.exists(place.name)
  if (!temporary) {
    requirePlace(x, place)
  }
  const count = await withReads(x, find, async (plan) => {
    const now = session.instance.nowText()
    const identity = keepsIdentity(s.query) ? onlyIdentity(plan.columns) : undefined
    const columns = plan.columns.map((column, i): ColumnInfo => {
      if (column.name === '')
        throw new SqlError(
          1038,
          15,
          5,
          'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.',
        )
      return {
        id: i + 1,
        name: column.name,
        type: column.type,
        nullable: column.nullable,
        ...(identity === column ? { identity: { seed: 1, increment: 1 } } : {}),
      }
    })
    const table: TableDef = {
      kind: 'table',
      id: temporary ? session.newTemporaryId() : place.database.newObjectId(),
      schema: temporary ? 'dbo' : place.schema,
      name: place.name,
      columns,
      keys: [],
      checks: [],
      foreignKeys: [],
      nextColumnId: columns.length + 1,
      created: now,
      modified: now,
      ...(temporary ? { temporary: 'table' as const } : {}),
    }
    const rows = limitRows(
      x,
      withSession(session, () => session.store(session.database).all(plan.sql, valuesOf(x, plan), plan.bigInts)),
    )
    // The numbers of an identity column come along.
    session.identityInsert.add(table.id)
    try {
      const fill = (store: Parameters<Parameters<typeof atomically>[2]>[0]) => {
        const target = changedTable(table, place.database)
        insertRows(x, { target, store, writer: new RowWriter(x, target, store, 'INSERT') }, columns, rows, {
          columns: columns.map((column) => column.name),
        })
      }
      if (temporary) {
        makeTemporary(x, place.name, table)
        fill(session.store(session.database))
      } else {
        await atomically(x, place.database, (store) => {
          for (const sql of createSql(table)) store.exec(sql)
          putEntries(x, place.database, store, [table])
          fill(store)
        })
        if (isGlobalTemporary(place.name)) session.globalTemporaries.add(place.name)
      }
    } finally {
      session.identityInsert.delete(table.id)
    }
    return rows.length
  })
  session.rowCount = count
  x.sink.done({
    kind: x.frame.done,
    command: statementCodes.selectInto,
    count: session.settings.switches.has('NOCOUNT') ? undefined : count,
  })
}

/** A column stays an identity column where it comes from one table, of each row once. */
const keepsIdentity = ({ body }: Extract<Statement, { kind: 'query' }>['query']): boolean =>
  body.kind === 'select' && body.from?.kind !== 'join' && body.groupBy.length === 0

function onlyIdentity(columns: Plan<unknown>['columns']): Plan<unknown>['columns'][number] | undefined {
  const [only, ...more] = columns.filter((column) => column.origin?.identity)
  return more.length === 0 ? only : undefined
}
