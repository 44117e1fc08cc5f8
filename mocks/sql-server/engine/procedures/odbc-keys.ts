/** sp_pkeys, sp_fkeys, sp_statistics. */
import type { Cell } from '../../tds/data-type.ts'
import { definitionText } from '../catalog/definition-text.ts'
import type { ForeignKeyInfo, TableDef } from '../catalog/definitions.ts'
import { catalogOf } from '../execute/execution.ts'
import { SqlError } from '../sql-error.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'
import { compareText, matcher, maySee, oneObject, requireQualifier } from './visible-objects.ts'

const columnName = (table: TableDef, id: number): string => table.columns.find((column) => column.id === id)?.name ?? ''

function primaryKeys(call: ProcedureCall): void {
  const { session } = call.x
  requireQualifier(session, call.text('table_qualifier'))
  const table = oneObject(session, call.text('table_name') ?? '', call.text('table_owner'))
  const key = table?.kind === 'table' ? table.keys.find((candidate) => candidate.kind === 'primary') : undefined
  const rows =
    table?.kind === 'table' && key
      ? key.columns.map(
          ({ id }, i): ListedRow => [
            session.database.name,
            table.schema,
            table.name,
            columnName(table, id),
            i + 1,
            key.name,
          ],
        )
      : []
  call.send(
    'TABLE_QUALIFIER:name? TABLE_OWNER:name? TABLE_NAME:name COLUMN_NAME:name KEY_SEQ:smallint PK_NAME:name?',
    rows,
  )
}

/** The rules as ODBC numbers them. */
const rules: Readonly<Record<ForeignKeyInfo['onDelete'], number>> = {
  CASCADE: 0,
  'NO ACTION': 1,
  'SET NULL': 2,
  'SET DEFAULT': 3,
}
const notDeferrable = 7

function foreignKeys(call: ProcedureCall): void {
  const { session } = call.x
  const { database } = session
  const parentName = call.text('pktable_name')
  const childName = call.text('fktable_name')
  if (parentName === undefined && childName === undefined)
    throw new SqlError(15252, 11, 1, 'The primary or foreign key table name must be given.')
  requireQualifier(session, call.text('pktable_qualifier'))
  requireQualifier(session, call.text('fktable_qualifier'))
  const isParent = matcher(parentName, false)
  const ownsParent = matcher(call.text('pktable_owner'), false)
  const isChild = matcher(childName, false)
  const ownsChild = matcher(call.text('fktable_owner'), false)
  const catalog = catalogOf(session, database)
  const rows: Cell[][] = []
  for (const child of catalog.objects()) {
    if (child.kind !== 'table' || !isChild(child.name) || !ownsChild(child.schema) || !maySee(session, child)) continue
    for (const key of child.foreignKeys) {
      const parent = catalog.table(key.table)
      if (!parent || !isParent(parent.name) || !ownsParent(parent.schema)) continue
      const unique = parent.keys.find(
        (candidate) =>
          candidate.unique &&
          candidate.columns.length === key.referenced.length &&
          candidate.columns.every(({ id }) => key.referenced.includes(id)),
      )
      key.columns.forEach((id, i) => {
        rows.push([
          database.name,
          parent.schema,
          parent.name,
          columnName(parent, key.referenced[i] ?? 0),
          database.name,
          child.schema,
          child.name,
          columnName(child, id),
          i + 1,
          rules[key.onUpdate],
          rules[key.onDelete],
          key.name,
          unique?.name ?? null,
          notDeferrable,
        ])
      })
    }
  }
  // Sorted by the tables that were not asked for.
  const places = childName === undefined ? [5, 6, 8, 7] : [1, 2, 8, 3]
  const by = (a: Cell[], b: Cell[]): number => {
    for (const at of places) {
      const [left, right] = [a[at] ?? '', b[at] ?? '']
      const order = typeof left === 'number' ? left - Number(right) : compareText(String(left), String(right))
      if (order !== 0) return order
    }
    return 0
  }
  call.send(
    'PKTABLE_QUALIFIER:name? PKTABLE_OWNER:name? PKTABLE_NAME:name PKCOLUMN_NAME:name FKTABLE_QUALIFIER:name? FKTABLE_OWNER:name? FKTABLE_NAME:name FKCOLUMN_NAME:name KEY_SEQ:smallint UPDATE_RULE:smallint DELETE_RULE:smallint FK_NAME:name? PK_NAME:name? DEFERRABILITY:smallint',
    rows.sort(by),
  )
}

const clustered = 1
const other = 3

function statistics(call: ProcedureCall): void {
  const { session } = call.x
  const { database } = session
  requireQualifier(session, call.text('table_qualifier'))
  const table = oneObject(session, call.text('table_name') ?? '', call.text('table_owner'))
  const rows: ListedRow[] = []
  if (table?.kind === 'table') {
    const count = session.countRows(database, table)
    const place = [database.name, table.schema, table.name] as const
    rows.push([...place, null, null, null, 0, null, null, null, count, 1, null])
    const named = matcher(call.text('index_name'))
    const onlyUnique = call.text('is_unique')?.toUpperCase() === 'Y'
    const keys = table.keys
      .filter((key) => named(key.name) && (!onlyUnique || key.unique))
      .sort(
        (a, b) =>
          Number(b.unique) - Number(a.unique) ||
          Number(b.clustered) - Number(a.clustered) ||
          compareText(a.name, b.name),
      )
    for (const key of keys)
      key.columns.forEach(({ id, descending }, i) => {
        rows.push([
          ...place,
          key.unique ? 0 : 1,
          table.name,
          key.name,
          key.clustered ? clustered : other,
          i + 1,
          columnName(table, id),
          descending ? 'D' : 'A',
          count,
          1,
          key.where ? definitionText(key.where).slice(0, 128) : null,
        ])
      })
  }
  call.send(
    'TABLE_QUALIFIER:name? TABLE_OWNER:name? TABLE_NAME:name NON_UNIQUE:smallint? INDEX_QUALIFIER:name? INDEX_NAME:name? TYPE:smallint SEQ_IN_INDEX:smallint? COLUMN_NAME:name? COLLATION:c1? CARDINALITY:int? PAGES:int? FILTER_CONDITION:v128?',
    rows,
  )
}

const run = (parameters: string, work: (call: ProcedureCall) => void): SystemProcedure => ({
  parameters,
  run: (call) => {
    work(call)
    return 0
  },
})
const statisticsParameters =
  'table_name:name table_owner:name? table_qualifier:name? index_name:name? is_unique:c1? accuracy:c1?'

export const keyProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_pkeys: run('table_name:name table_owner:name? table_qualifier:name?', primaryKeys),
  sp_fkeys: run(
    'pktable_name:name? pktable_owner:name? pktable_qualifier:name? fktable_name:name? fktable_owner:name? fktable_qualifier:name?',
    foreignKeys,
  ),
  sp_statistics: run(statisticsParameters, statistics),
  sp_statistics_100: run(statisticsParameters, statistics),
}
