import type { Collation } from '../../tds/collation.ts'
import type { DataType } from '../../tds/data-type.ts'
import type { Name } from '../../tsql/ast.ts'
import type { ModuleDef, SequenceDef, TableDef } from '../catalog/definitions.ts'
import type { SystemView } from '../catalog/system-view.ts'

/** What a name in FROM stands for. */
export type Resolved =
  | { readonly kind: 'table'; readonly table: TableDef; readonly database: string; readonly sql: string }
  | { readonly kind: 'view'; readonly view: ModuleDef; readonly database: string; readonly environment: Environment }
  | { readonly kind: 'system'; readonly view: SystemView; readonly database: string }

/** What the binder may know of the session that it binds for. */
export interface Environment {
  readonly database: string
  readonly collation: Collation
  /** SET options that change what a statement means. */
  readonly options: { readonly ansiNulls: boolean; readonly concatNullYieldsNull: boolean }
  variable(name: string): DataType | undefined
  tableVariable(name: string): TableDef | undefined
  /** Throws error 208 for what is not there. */
  resolve(name: Name, line: number): Resolved
  /** A function by its name; undefined when there is none. */
  functionOf(name: Name): { readonly module: ModuleDef; readonly environment: Environment } | undefined
  /** Throws error 208 for what is not there. */
  sequenceOf(name: Name, line: number): { readonly sequence: SequenceDef; readonly database: string }
  /** The same names with these variables instead: for the body of a function. */
  withVariables(variables: ReadonlyMap<string, DataType>): Environment
}

/** A table that a statement reads: locked while it runs, and checked for SELECT. */
export interface TableUse {
  readonly database: string
  readonly object: TableDef | ModuleDef
  readonly hints: readonly string[]
  /** Names of the columns that the statement touches, in lower case; filled while it is bound. */
  readonly columns: Set<string>
  /** The view that it is read through. */
  readonly under?: { readonly database: string; readonly object: ModuleDef }
  /** What the statement changes: read only if one of its columns is. */
  readonly target?: true
}
