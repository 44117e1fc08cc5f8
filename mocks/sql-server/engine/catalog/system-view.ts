/** The catalogue views: each a list of columns and a function that gives its rows, read by SQLite as JSON. */

import { type Cell, familyOf } from '../../tds/data-type.ts'
import { quoteText } from '../binder/bound.ts'
import { showing } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { columnsOf, type ListedColumn } from './column-list.ts'
import { columnViews } from './column-views.ts'
import { dependencyViews } from './dependency-views.ts'
import { emptyViews } from './empty-views.ts'
import { informationModuleViews } from './information-module-views.ts'
import { informationViews } from './information-views.ts'
import { objectViews } from './object-views.ts'
import { propertyViews } from './property-views.ts'
import { securityViews } from './security-views.ts'
import { serverStateViews } from './server-state-views.ts'
import { serverViews } from './server-views.ts'
import { spaceViews } from './space-views.ts'
import { sptValues } from './spt-values.ts'
import { systemObjectViews } from './system-object-views.ts'

export interface SystemView {
  readonly id: number
  readonly schema: string
  readonly name: string
  readonly columns: readonly ListedColumn[]
  readonly rows: (session: SqlSession, database: SqlDatabase) => Iterable<Readonly<Record<string, Cell | undefined>>>
}

/** Columns as `column-list.ts` writes them, and the rows. */
export type ViewDeclaration = readonly [columns: string, rows: SystemView['rows']]

let registry: ReadonlyMap<string, SystemView> | undefined

function all(): ReadonlyMap<string, SystemView> {
  if (registry) return registry
  const views = new Map<string, SystemView>()
  let id = -100
  for (const [full, [columns, rows]] of Object.entries({
    ...objectViews,
    ...columnViews,
    ...spaceViews,
    ...emptyViews,
    ...dependencyViews,
    ...serverStateViews,
    ...propertyViews,
    ...systemObjectViews,
    ...serverViews,
    ...informationViews,
    ...informationModuleViews,
    ...securityViews,
  })) {
    const [schema = '', name = ''] = full.split('.')
    views.set(full.toLowerCase(), { id: id--, schema, name, columns: columnsOf(columns), rows })
  }
  registry = views
  return views
}

/** The view of a name. The old names (sysobjects) are found without a schema too. */
export function systemView(schema: string, name: string, database = ''): SystemView | undefined {
  const key = name.toLowerCase()
  if (key === 'spt_values' && database === 'master' && ['', 'dbo'].includes(schema.toLowerCase())) return sptValues
  if (schema === '' || schema.toLowerCase() === 'dbo')
    return key.startsWith('sys') && !key.startsWith('system_') ? all().get(`sys.${key}`) : undefined
  return all().get(`${schema.toLowerCase()}.${key}`)
}

/** All of them, as sys.all_views lists them. */
export const systemViews = (): Iterable<SystemView> => all().values()

/** The view as a source of rows: columns v0, v1, … */
export function systemViewSql(view: SystemView, database: string): string {
  const columns = view.columns.map((column, i) =>
    familyOf(column.type) === 'binary' ? `unhex(value->>${i}) AS v${i}` : `value->>${i} AS v${i}`,
  )
  return `(SELECT ${columns.join(',')} FROM json_each(cat_(${quoteText(`${view.schema}.${view.name}`)},${quoteText(database)})))`
}

export function systemViewJson(session: SqlSession, name: string, databaseName: string): string {
  const view = name === 'dbo.spt_values' ? sptValues : all().get(name.toLowerCase())
  const database = session.instance.findDatabase(databaseName)
  if (!view || !database) return '[]'
  const rows: unknown[][] = []
  showing(session, () => {
    for (const row of view.rows(session, database))
      rows.push(view.columns.map((column) => plain(row[column.name] ?? null)))
  })
  return JSON.stringify(rows)
}

const plain = (cell: Cell): unknown =>
  cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : typeof cell === 'bigint' ? Number(cell) : cell
