/** The catalogue views: each a list of columns and a function that gives its rows, read by SQLite as JSON. */

import { latin1 } from '../../tds/collation.ts'
import { binaryType, type Cell, type DataType, familyOf, textType, types } from '../../tds/data-type.ts'
import { quoteText } from '../binder/bound.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { informationViews } from './information-views.ts'
import { objectViews } from './object-views.ts'
import { serverViews } from './server-views.ts'

export interface SystemColumn {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
}

export interface SystemView {
  readonly id: number
  readonly schema: string
  readonly name: string
  readonly columns: readonly SystemColumn[]
  readonly rows: (session: SqlSession, database: SqlDatabase) => Iterable<Readonly<Record<string, Cell | undefined>>>
}

/** Columns in short: `name:kind`, with a ? for those that may be NULL. */
export type ViewDeclaration = readonly [columns: string, rows: SystemView['rows']]

const name128 = textType('nvarchar', 128, latin1)
const kinds: Readonly<Record<string, DataType>> = {
  int: types.int,
  smallint: types.smallint,
  tinyint: types.tinyint,
  bigint: types.bigint,
  bit: types.bit,
  name: name128,
  datetime: types.datetime,
  guid: types.uniqueidentifier,
  variant: types.variant,
  text: textType('nvarchar', -1, latin1),
  n60: textType('nvarchar', 60, latin1),
  c2: textType('char', 2, latin1),
  c1: textType('char', 1, latin1),
  v60: textType('varchar', 60, latin1),
  bin: binaryType('varbinary', 85),
  n256: textType('nvarchar', 256, latin1),
}

const columnsOf = (text: string): SystemColumn[] =>
  text
    .trim()
    .split(/\s+/)
    .map((part) => {
      const [name = '', kind = 'int'] = part.split(':')
      return { name, type: kinds[kind.replace('?', '')] ?? types.int, nullable: part.endsWith('?') }
    })

let registry: ReadonlyMap<string, SystemView> | undefined

function all(): ReadonlyMap<string, SystemView> {
  if (registry) return registry
  const views = new Map<string, SystemView>()
  let id = -100
  for (const [full, [columns, rows]] of Object.entries({ ...objectViews, ...serverViews, ...informationViews })) {
    const [schema = '', name = ''] = full.split('.')
    views.set(full.toLowerCase(), { id: id--, schema, name, columns: columnsOf(columns), rows })
  }
  registry = views
  return views
}

/** The view of a name. The old names (sysobjects) are found without a schema too. */
export function systemView(schema: string, name: string): SystemView | undefined {
  const key = name.toLowerCase()
  if (schema === '' || schema.toLowerCase() === 'dbo')
    return ['sysobjects', 'syscolumns', 'sysdatabases', 'sysusers', 'sysprocesses', 'syslogins'].includes(key)
      ? all().get(`sys.${key}`)
      : undefined
  return all().get(`${schema.toLowerCase()}.${key}`)
}

/** The view as a source of rows: columns v0, v1, … */
export function systemViewSql(view: SystemView, database: string): string {
  const columns = view.columns.map((column, i) =>
    familyOf(column.type) === 'binary' ? `unhex(value->>${i}) AS v${i}` : `value->>${i} AS v${i}`,
  )
  return `(SELECT ${columns.join(',')} FROM json_each(cat_(${quoteText(`${view.schema}.${view.name}`)},${quoteText(database)})))`
}

export function systemViewJson(session: SqlSession, name: string, databaseName: string): string {
  const view = all().get(name.toLowerCase())
  const database = session.instance.findDatabase(databaseName)
  if (!view || !database) return '[]'
  const rows: unknown[][] = []
  for (const row of view.rows(session, database)) {
    rows.push(view.columns.map((column) => plain(row[column.name] ?? null)))
  }
  return JSON.stringify(rows)
}

const plain = (cell: Cell): unknown =>
  cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : typeof cell === 'bigint' ? Number(cell) : cell
