/** BULK INSERT: the rows of a file of text, inserted as a bulk load inserts those of a client. */
import { hasPermission, requireObject } from '../../security/permissions.ts'
import { maxLength, textType } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { ColumnInfo } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { Store } from '../storage/store.ts'
import { rowsOfText, terminator } from '../values/delimited-text.ts'
import { rowMaker } from './bulk-cells.ts'
import { readBulkFile, textOfFile } from './bulk-file.ts'
import type { Execution } from './execution.ts'
import { type Change, changeRows, everyColumn, insteadOf, triggersOf } from './fire-triggers.ts'
import { storeIdentity } from './identity-values.ts'
import { write } from './insert.ts'
import { reportError } from './interpreter.ts'
import { type ChangedTable, findTable, lockForChange } from './resolve-target.ts'
import { type Row, RowWriter } from './row-writer.ts'

type BulkInsert = Extract<Statement, { kind: 'bulkInsert' }>

const failed = (what: string, row: number, column: number, name: string, number: number): SqlError =>
  new SqlError(number, 16, 1, `Bulk load data conversion error (${what}) for row ${row}, column ${column} (${name}).`)

export async function runBulkInsert(x: Execution, s: BulkInsert): Promise<void> {
  const { session } = x
  let target = findTable(x, s.table, s.line)
  if (target.view) throw unsupported('bulk load into a view', s.line)
  requireRights(x, s, target)
  const fields = fieldsOf(x, s)
  if (!(await lockForChange(x, target, 'INSERT'))) target = findTable(x, s.table, s.line)
  const triggers = s.options.has('FIRE_TRIGGERS') ? triggersOf(session, target.database, target.table.id, 'INSERT') : []
  if (insteadOf(triggers)) throw unsupported('BULK INSERT … FIRE_TRIGGERS where an INSTEAD OF trigger stands', s.line)
  const { table } = target
  let count = 0
  if (triggers.length === 0) count = await write(x, target, (store) => insertAll(x, s, target, store, fields).length)
  else
    count = await changeRows(x, target, ['INSERT'], { outputs: false }, async (store): Promise<Change[]> => {
      const rows = insertAll(x, s, target, store, fields).map((inserted) => ({ inserted }))
      return [{ event: 'INSERT', rows, updated: everyColumn(table) }]
    })
  session.rowCount = count
  const noCount = session.settings.switches.has('NOCOUNT')
  x.sink.done({ kind: x.frame.done, command: statementCodes.bulk, count: noCount ? undefined : count })
}

function requireRights(x: Execution, s: BulkInsert, { table, database }: ChangedTable): void {
  requireObject(x, database, 'INSERT', table)
  if (table.temporary) return
  const constrained = table.checks.some(({ enabled }) => enabled) || table.foreignKeys.some(({ enabled }) => enabled)
  const alters = (constrained && !s.options.has('CHECK_CONSTRAINTS')) || s.options.has('KEEPIDENTITY')
  if (alters && !hasPermission(x.session, database, 'ALTER', table)) throw errors.noObjectOrRight(s.table.join('.'))
}

/** The fields of the rows that FIRSTROW and LASTROW choose. */
function fieldsOf(x: Execution, s: BulkInsert): string[][] {
  const said = (name: string): string | undefined => {
    const value = s.options.get(name)
    return value === undefined ? undefined : String(value)
  }
  const type = (said('DATAFILETYPE') ?? 'char').toLowerCase()
  if (type !== 'char' && type !== 'widechar') throw unsupported(`BULK INSERT … DATAFILETYPE = '${type}'`, s.line)
  const csv = said('FORMAT')?.toUpperCase() === 'CSV'
  if (!csv && said('FORMAT') !== undefined)
    throw unsupported(`BULK INSERT … FORMAT = '${said('FORMAT') ?? ''}'`, s.line)
  const text = textOfFile(readBulkFile(x, s.file), { wide: type === 'widechar', codePage: said('CODEPAGE') })
  const rows = rowsOfText(text, {
    field: terminator(said('FIELDTERMINATOR') ?? (csv ? ',' : '\\t')),
    row: terminator(said('ROWTERMINATOR') ?? '\\n'),
    quote: csv ? (said('FIELDQUOTE') ?? '"') : '',
  })
  const first = Number(said('FIRSTROW') ?? 1)
  const last = Number(said('LASTROW') ?? 0)
  return [...rows].slice(first - 1, last > 0 ? last : undefined)
}

/** What is wrong with a row is told, and the row left out, up to MAXERRORS of them. */
function insertAll(x: Execution, s: BulkInsert, target: ChangedTable, store: Store, rows: readonly string[][]): Row[] {
  const { table } = target
  const writer = new RowWriter(x, target, store, 'INSERT')
  const inFile = table.columns.filter((column) => !column.computed && column.type.name !== 'timestamp')
  const kept = inFile.filter((column) => !column.identity || s.options.has('KEEPIDENTITY'))
  const places = kept.map((column) => inFile.indexOf(column))
  const text = textType('nvarchar', maxLength, target.database.collation)
  const make = rowMaker(
    x,
    { target, store, stored: writer.stored },
    { columns: kept, wire: kept.map(() => ({ wire: { type: text } })) },
    { declared: [], keepNulls: s.options.has('KEEPNULLS') },
  )
  const first = Number(s.options.get('FIRSTROW') ?? 1)
  const most = Number(s.options.get('MAXERRORS') ?? 10)
  const inserted: Row[] = []
  let wrong = 0
  const tellWrong = (error: SqlError) => {
    error.line = s.line
    reportError(x, error)
    wrong += 1
    if (wrong > most) throw tooManyErrors(most)
  }
  for (const [i, fields] of rows.entries()) {
    if (fields.length < inFile.length) {
      if (i < rows.length - 1 || fields.length > 1 || fields[0] !== '') throw endOfFile()
      continue
    }
    const rest = fields.slice(inFile.length)
    if (rest.length > 0) {
      const last = inFile.at(-1)
      tellWrong(failed('truncation', first + i, inFile.length, last?.name ?? '', 4863))
      continue
    }
    const problem = problemOf(kept, places, fields, first + i)
    if (problem) {
      tellWrong(problem)
      continue
    }
    let row: Row
    try {
      row = make(places.map((place) => fields[place] || null))
    } catch (error) {
      if (!(error instanceof SqlError) || !conversionErrors.has(error.number)) throw error
      const at = failingColumn(x, { target, store, writer }, kept, places, fields)
      const overflow = error.number === 8115 || error.number === 248 || error.number === 244
      tellWrong(
        failed(
          overflow ? 'overflow' : 'type mismatch or invalid character for the specified codepage',
          first + i,
          at + 1,
          inFile[at]?.name ?? '',
          overflow ? 4867 : 4864,
        ),
      )
      continue
    }
    if (s.options.has('CHECK_CONSTRAINTS')) writer.insert(row)
    else writer.insertUnchecked(row)
    inserted.push(row)
  }
  if (s.options.has('CHECK_CONSTRAINTS')) writer.checkParents(inserted)
  if (inserted.length > 0 && writer.stored.some((column) => column.identity)) storeIdentity(x, store, table)
  return inserted
}

const conversionErrors: ReadonlySet<number> = new Set([235, 241, 242, 244, 245, 248, 293, 295, 8114, 8115, 8169])

/** A text that is longer than its column. */
function problemOf(
  columns: readonly ColumnInfo[],
  places: readonly number[],
  fields: readonly string[],
  row: number,
): SqlError | undefined {
  for (const [i, { type, name }] of columns.entries()) {
    const place = places[i] ?? 0
    const length = (fields[place] ?? '').length
    if (/char/.test(type.name) && type.length !== maxLength && length > type.length)
      return failed('truncation', row, place + 1, name, 4863)
  }
  return undefined
}

/** Which column it was that could not be converted: the first that fails alone. */
function failingColumn(
  x: Execution,
  to: { target: ChangedTable; store: Store; writer: RowWriter },
  columns: readonly ColumnInfo[],
  places: readonly number[],
  fields: readonly string[],
): number {
  const text = textType('nvarchar', maxLength, to.target.database.collation)
  for (const [i, column] of columns.entries()) {
    const place = places[i] ?? 0
    try {
      rowMaker(
        x,
        { target: to.target, store: to.store, stored: [column] },
        { columns: [column], wire: [{ wire: { type: text } }] },
        { declared: [], keepNulls: true },
      )([fields[place] || null])
    } catch (error) {
      if (error instanceof SqlError) return place
      throw error
    }
  }
  return 0
}

function tooManyErrors(most: number): SqlError {
  const error = new SqlError(
    4865,
    16,
    1,
    `Cannot bulk load because the maximum number of errors (${most}) was exceeded.`,
  )
  error.others = providerErrors()
  return error
}

function endOfFile(): SqlError {
  const error = new SqlError(4832, 16, 1, 'Bulk load: An unexpected end of file was encountered in the data file.')
  error.others = providerErrors()
  return error
}

const providerErrors = (): SqlError[] => [
  new SqlError(
    7399,
    16,
    1,
    'The OLE DB provider "BULK" for linked server "(null)" reported an error. The provider did not give any information about the error.',
  ),
  new SqlError(7330, 16, 2, 'Cannot fetch a row from OLE DB provider "BULK" for linked server "(null)".'),
]
