/** What OUTPUT tells of the other tables of a change: those of FROM, and the source of a MERGE. */
import type { DataType } from '../../tds/data-type.ts'
import type { Scope } from '../binder/scope.ts'

export interface OutputSources {
  readonly sources: readonly {
    readonly name: string
    readonly schema?: string
    readonly database?: string
    readonly columns: readonly { readonly name: string; readonly type: DataType; readonly nullable: boolean }[]
  }[]
  /** Where their first cell stands in a row of the change's query. */
  readonly first: number
  readonly width: number
}

/** Puts the columns of all sources but the target, `alias` in SQLite, behind a query's list. */
export function addSources(scope: Scope, alias: string, list: string[]): OutputSources {
  const first = list.length
  const sources = scope.sources.filter(
    (source) => !source.columns.some(({ bound }) => bound.sql.startsWith(`${alias}.c`)),
  )
  for (const { columns } of sources) list.push(...columns.map(({ bound }) => bound.sql))
  return {
    first,
    width: list.length - first,
    sources: sources.map(({ name, schema, database, columns }) => ({
      name,
      ...(schema === undefined ? {} : { schema }),
      ...(database === undefined ? {} : { database }),
      columns: columns.map(({ name, bound }) => ({ name, type: bound.type, nullable: true })),
    })),
  }
}
