/** CREATE INDEX and DROP INDEX. */
import { hasPermission } from '../../security/permissions.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { KeyInfo, TableDef } from '../catalog/definitions.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { Store } from '../storage/store.ts'
import { cellText } from '../values/to-text.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import type { Execution } from './execution.ts'
import { wide } from './plan.ts'
import { findTable } from './resolve-target.ts'
import { indexKey } from './table-keys.ts'
import { createIndexSql, duplicateSql, keyParts } from './table-sql.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

export async function runCreateIndex(x: Execution, s: Of<'createIndex'>): Promise<void> {
  const target = findTable(x, s.table, s.line)
  const { table, database } = target
  if (target.view) throw unsupported('indexed views', s.line)
  if (!table.temporary && !hasPermission(x.session, database, 'ALTER', table))
    throw new SqlError(
      1088,
      16,
      12,
      `Cannot find the object "${table.name}" because it does not exist or you do not have permissions.`,
    )
  const key = indexKey(table, s.index, table.temporary ? Math.abs(x.session.newTemporaryId()) : database.newObjectId())
  const changed: TableDef = { ...table, keys: [...table.keys, key] }
  await changeCatalog(x, database, [table], (store) => {
    makeIndex(store, changed, key)
    if (table.temporary) x.session.setTemporary(table.name, changed)
    else putEntries(x, database, store, [changed])
  })
  x.sink.done({ kind: x.frame.done, command: statementCodes.createIndex })
}

/** Duplicates that are there already are error 1505. */
export function makeIndex(store: Store, table: TableDef, key: KeyInfo): void {
  try {
    store.exec(createIndexSql(table, key))
  } catch (error) {
    if (error instanceof Error && error.message.includes('UNIQUE constraint failed')) {
      throw new SqlError(
        1505,
        16,
        1,
        `The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '${table.schema}.${table.name}' and the index name '${key.name}'. The duplicate key value is (${duplicate(store, table, key)}).`,
      )
    }
    throw error
  }
}

function duplicate(store: Store, table: TableDef, key: KeyInfo): string {
  const columns = keyParts(table, key).map(({ column }) => column)
  const bigInts = columns.some((column) => wide(column.type))
  const [row = []] = store.all(duplicateSql(table, key), [], bigInts)
  return columns.map(({ type }, i) => (row[i] == null ? '<NULL>' : cellText(row[i], type))).join(', ')
}

export async function runDropIndex(x: Execution, s: Of<'dropIndex'>): Promise<void> {
  for (const { name, table: tableName } of s.drops) {
    const { table, database } = findTable(x, tableName, s.line)
    const key = table.keys.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
    if (!key) {
      if (s.ifExists) continue
      throw new SqlError(
        3701,
        11,
        7,
        `Cannot drop the index '${tableName.join('.')}.${name}', because it does not exist or you do not have permission.`,
      )
    }
    if (key.kind !== 'index')
      throw new SqlError(
        3723,
        16,
        5,
        `An explicit DROP INDEX is not allowed on index '${tableName.join('.')}.${name}'. It is being used for ${key.kind === 'primary' ? 'PRIMARY' : 'UNIQUE'} KEY constraint enforcement.`,
      )
    const changed: TableDef = { ...table, keys: table.keys.filter((candidate) => candidate !== key) }
    await changeCatalog(x, database, [table], (store) => {
      store.exec(`DROP INDEX IF EXISTS ${table.temporary ? 'temp' : 'main'}."i${key.id}"`)
      if (table.temporary) x.session.setTemporary(table.name, changed)
      else putEntries(x, database, store, [changed])
    })
  }
  x.sink.done({ kind: x.frame.done, command: statementCodes.dropIndex })
}
