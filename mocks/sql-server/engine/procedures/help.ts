/** sp_help, sp_helptext, sp_helpdb, sp_spaceused. */
import { hasPermission } from '../../security/permissions.ts'
import type { DataType } from '../../tds/data-type.ts'
import { isUnicode, maxLength } from '../../tds/data-type.ts'
import { decimalKey } from '../../tds/types/decimal.ts'
import { definitionText } from '../catalog/definition-text.ts'
import type { ColumnInfo, ObjectDef } from '../catalog/definitions.ts'
import { columnsOfObject, parametersOf } from '../catalog/module-shape.ts'
import { SqlError } from '../sql-error.ts'
import { dataPages, logPages } from '../storage/database-size.ts'
import { objectLength, timePrecision } from '../values/object-length.ts'
import { localName, localObject, noObjectHere } from './find-object.ts'
import { helpConstraint, helpIndex } from './help-table.ts'
import { helpType, helpUserTypes } from './help-type.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'
import { compareText, visibleObjects } from './visible-objects.ts'

const kinds: Readonly<Record<string, string>> = {
  table: 'user table',
  view: 'view',
  procedure: 'stored procedure',
  function: 'scalar function',
  trigger: 'trigger',
  sequence: 'sequence object',
  synonym: 'synonym',
}

function objectNamed(call: ProcedureCall): ObjectDef {
  const given = call.text('objname') ?? ''
  const { object, schema } = localName(call.x.session, given)
  const found = localObject(call.x.session, object, schema)
  if (!found) throw noObjectHere(call.x.session, given)
  return found
}

const exact = new Set(['tinyint', 'smallint', 'int', 'bigint', 'decimal', 'numeric', 'money', 'smallmoney'])
const moments = new Set(['date', 'time', 'datetime2', 'datetimeoffset'])

/** Five places wide, as sp_help writes numbers; blank where a type has none. */
function sizes(type: DataType): readonly [precision: string, scale: string] {
  if (exact.has(type.name)) return [String(type.precision).padEnd(5), String(type.scale).padEnd(5)]
  if (type.name === 'float' || type.name === 'real') return [String(type.precision).padEnd(5), 'NULL']
  if (moments.has(type.name)) return [String(timePrecision(type)).padEnd(5), String(type.scale).padEnd(5)]
  return ['     ', '     ']
}

function columnRow(column: ColumnInfo): ListedRow {
  const [precision, scale] = sizes(column.type)
  const trims = /char$|^(?:var)?binary$/.test(column.type.name)
  return [
    column.name,
    column.type.name,
    column.computed ? 'yes' : 'no',
    objectLength(column.type),
    precision,
    scale,
    column.nullable ? 'yes' : 'no',
    trims && !isUnicode(column.type) ? 'no' : '(n/a)',
    trims && !isUnicode(column.type) ? (column.nullable ? 'yes' : 'no') : '(n/a)',
    column.type.collation && column.type.name !== 'xml' ? column.type.collation.name : null,
  ]
}

function help(call: ProcedureCall): number {
  const { session } = call.x
  const { database } = session
  if (call.text('objname') === undefined) {
    const rows = visibleObjects(session, undefined, undefined).map(
      (object): ListedRow => [object.name, object.schema, kinds[object.kind] ?? object.kind],
    )
    call.send(
      'Name:name Owner:name? Object_type:n31?',
      rows.sort((a, b) => compareText(String(a[2]), String(b[2]))),
    )
    helpUserTypes(call)
    return 0
  }
  const given = call.text('objname') ?? ''
  const { object: local, schema } = localName(session, given)
  if (!localObject(session, local, schema) && helpType(call, given)) return 0
  const object = objectNamed(call)
  call.send('Name:name Owner:name? Type:n31? Created_datetime:datetime', [
    [object.name, object.schema, kinds[object.kind] ?? object.kind, object.created],
  ])
  if (object.kind === 'procedure' || (object.kind as string) === 'function') {
    const parameters = 'text' in object ? parametersOf(database, object) : []
    if (parameters.length > 0)
      call.send(
        'Parameter_name:name? Type:name? Length:smallint Prec:int? Scale:int? Param_order:smallint? Collation:name?',
        parameters.map(
          (parameter, i): ListedRow => [
            parameter.name,
            parameter.type.name,
            objectLength(parameter.type),
            parameter.type.precision || parameter.type.length,
            exact.has(parameter.type.name) ? parameter.type.scale : null,
            i + 1,
            parameter.type.collation?.name ?? null,
          ],
        ),
      )
    return 0
  }
  const columns = columnsOfObject(session, database, object)
  if (columns.length === 0) return 0
  call.send(
    'Column_name:name? Type:name? Computed:v35? Length:int? Prec:c5? Scale:c5? Nullable:v35? TrimTrailingBlanks:v35? FixedLenNullInSource:v35? Collation:name?',
    columns.map(columnRow),
  )
  const identity = columns.find((column) => column.identity)
  call.send('Identity:name? Seed:dec38? Increment:dec38? Not~For~Replication:int?', [
    identity?.identity
      ? [identity.name, ...numbers(identity.identity), 0]
      : ['No identity column defined.', null, null, null],
  ])
  call.send('RowGuidCol:name?', [['No rowguidcol column defined.']])
  if (object.kind !== 'table') return 0
  call.send('Data_located_on_filegroup:name?', [['PRIMARY']])
  helpIndex(call)
  return helpConstraint(call)
}

const numericKey = (value: number): string => decimalKey(BigInt(value))
const numbers = (identity: { readonly seed: number; readonly increment: number }) => [
  numericKey(identity.seed),
  numericKey(identity.increment),
]

const noText = (call: ProcedureCall): SqlError =>
  new SqlError(15197, 16, 1, `There is no text for object '${call.text('objname')}'.`)

function helpText(call: ProcedureCall): number {
  const object = objectNamed(call)
  if (!hasPermission(call.x.session, call.x.session.database, 'VIEW DEFINITION', object)) throw noText(call)
  const computed =
    object.kind === 'table' && call.text('columnname') !== undefined
      ? object.columns.find((column) => column.name.toLowerCase() === call.text('columnname')?.toLowerCase())?.computed
      : undefined
  const text = computed ? definitionText(computed.text) : 'text' in object ? object.text : undefined
  if (text === undefined) throw noText(call)
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [text]
  call.send(
    'Text:n255?',
    lines.flatMap((line) => line.match(/.{1,255}/gs) ?? ['']).map((line): ListedRow => [line]),
  )
  return 0
}

const inMegabytes = (pages: number, width: number): string => `${(pages / 128).toFixed(2).padStart(width - 3)} MB`
const inKilobytes = (pages: number): string => `${pages * 8} KB`

function helpDatabase(call: ProcedureCall): number {
  const { session } = call.x
  const wanted = call.text('dbname')
  const found = session.instance
    .databases()
    .filter((database) => wanted === undefined || database.name.toLowerCase() === wanted.toLowerCase())
    .filter((database) => session.instance.canOpen(session.login, database.name))
  if (found.length === 0)
    throw new SqlError(
      15010,
      16,
      1,
      `The database '${wanted}' does not exist. Supply a valid database name. To see available databases, use sys.databases.`,
    )
  call.send(
    'name:name? db_size:n13? owner:name? dbid:smallint? created:n11? status:n600? compatibility_level:tinyint?',
    found
      .sort((a, b) => compareText(a.name, b.name))
      .map(
        (database): ListedRow => [
          database.name,
          inMegabytes(dataPages(session, database) + logPages, 13),
          'sa',
          database.id,
          shortDate(database.created),
          `Status=${database.state}, Updateability=${database.readOnly ? 'READ_ONLY' : 'READ_WRITE'}, UserAccess=${database.access}, Recovery=${database.recovery}, Version=957, Collation=${database.collation.name}, SQLSortOrder=${database.collation.name.startsWith('SQL_') ? 52 : 0}, IsAutoCreateStatistics, IsAutoUpdateStatistics`,
          160,
        ],
      ),
  )
  const [one] = found
  if (wanted === undefined || !one) return 0
  call.send('name:name? fileid:smallint? filename:n260? filegroup:name? size:n18? maxsize:n18? growth:n18? usage:v9?', [
    [
      one.name,
      1,
      `/var/opt/mssql/data/${one.name}.mdf`,
      'PRIMARY',
      inKilobytes(dataPages(session, one)),
      'Unlimited',
      '65536 KB',
      'data only',
    ],
    [
      `${one.name}_log`,
      2,
      `/var/opt/mssql/data/${one.name}_log.ldf`,
      null,
      inKilobytes(logPages),
      '2147483648 KB',
      '65536 KB',
      'log only',
    ],
  ])
  return 0
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const shortDate = (moment: string): string =>
  `${months[Number(moment.slice(5, 7)) - 1] ?? ''} ${String(Number(moment.slice(8, 10))).padStart(2)} ${moment.slice(0, 4)}`

function spaceUsed(call: ProcedureCall): number {
  const { session } = call.x
  const { database } = session
  const pages = dataPages(session, database)
  if (call.text('objname') === undefined) {
    const used = Math.ceil(pages / 2)
    call.send('database_name:name? database_size:v18? unallocated~space:v18?', [
      [database.name, inMegabytes(pages + logPages, 0).trim(), inMegabytes(pages - used, 0).trim()],
    ])
    const data = Math.floor(used / 2)
    call.send('reserved:v18? data:v18? index_size:v18? unused:v18?', [
      [inKilobytes(used), inKilobytes(data), inKilobytes(used - data), inKilobytes(0)],
    ])
    return 0
  }
  const object = objectNamed(call)
  if (object.kind !== 'table') throw new SqlError(15234, 16, 1, 'Objects of this type have no space allocated.')
  const rows = session.countRows(database, object)
  const width = object.columns.reduce((sum, column) => {
    const length = objectLength(column.type)
    return sum + (length === maxLength ? 64 : length)
  }, 11)
  const data = rows === 0 ? 0 : Math.ceil((rows * width) / 8096)
  const index = rows === 0 ? 0 : object.keys.length
  call.send('name:name rows:c20? reserved:v18? data:v18? index_size:v18? unused:v18?', [
    [object.name, String(rows).padEnd(20), inKilobytes(data + index), inKilobytes(data), inKilobytes(index), '0 KB'],
  ])
  return 0
}

export const helpProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_help: { parameters: 'objname:n776?', run: help },
  sp_helpindex: { parameters: 'objname:n776', run: helpIndex },
  sp_helpconstraint: { parameters: 'objname:n776 nomsg:v5?', run: helpConstraint },
  sp_helptext: { parameters: 'objname:n776 columnname:name?', run: helpText },
  sp_helpdb: { parameters: 'dbname:name?', run: helpDatabase },
  sp_spaceused: {
    parameters: 'objname:n776? updateusage:v5? mode:v11? oneresultset:bit? include_total_xtp_storage:bit?',
    run: spaceUsed,
  },
}
