import { types } from '../../tds/data-type.ts'
import type { Name } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import type { RowKey } from './binder.ts'
import type { Bound } from './bound.ts'

export interface ScopeColumn {
  readonly name: string
  readonly bound: Bound
}

export interface ScopeSource {
  /** The alias, or the table's own name. */
  readonly name: string
  /** Schema and database, where a table stands without alias. */
  readonly schema?: string
  readonly database?: string
  /** The table itself, where its rows stand here as they are. */
  readonly key?: RowKey
  readonly columns: readonly ScopeColumn[]
  /** Takes the names of the columns that are used, in lower case: rights can be on columns. */
  readonly touched?: Set<string>
}

/** The name under which a statement of the engine's own reads where a row lies. No user can write it. */
export const rowColumn = '\u0001row'

/** Columns by what they are. */
const specials: ReadonlyMap<string, (column: ScopeColumn) => boolean> = new Map([
  ['$IDENTITY', (column: ScopeColumn) => column.bound.origin?.identity === true],
])

const equal = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Tables without alias may be called alike in other schemas or databases. */
const sameOwner = (a: ScopeSource, z: ScopeSource): boolean =>
  a.schema === undefined ||
  z.schema === undefined ||
  (equal(a.schema, z.schema) && equal(a.database ?? '', z.database ?? ''))

/** The sources of one SELECT, and the scope around it. */
export class Scope {
  readonly sources: ScopeSource[] = []
  readonly parent: Scope | undefined

  constructor(parent?: Scope) {
    this.parent = parent
  }

  add(source: ScopeSource): void {
    this.sources.push(source)
  }

  /** Every source must have a name of its own. */
  checkNames(): void {
    for (let i = 1; i < this.sources.length; i += 1) {
      const source = this.sources[i]
      if (!source || source.name === '') continue
      const twin = this.sources.slice(0, i).find((other) => equal(other.name, source.name) && sameOwner(other, source))
      if (!twin) continue
      const plain = source.schema !== undefined && twin.schema !== undefined
      throw plain ? errors.sameExposed(twin.name, source.name) : errors.sameAlias(source.name)
    }
  }

  #special(qualifier: Name, is: (column: ScopeColumn) => boolean, line: number) {
    for (const source of this.sourcesOf(qualifier)) {
      const column = source.columns.find(is)
      if (!column) continue
      source.touched?.add(column.name.toLowerCase())
      return { column, scope: this }
    }
    throw errors.noColumn('$IDENTITY', line)
  }

  #row(qualifier: Name, line: number): { readonly column: ScopeColumn; readonly scope: Scope } {
    for (const source of this.sourcesOf(qualifier)) {
      const own = source.columns.find((column) => column.name === rowColumn)
      if (own) return { column: own, scope: this }
      if (!source.key) continue
      const bound = { sql: `${source.key.alias}.rowid`, type: types.bigint, nullable: false }
      return { column: { name: rowColumn, bound }, scope: this }
    }
    throw errors.noColumn(rowColumn, line)
  }

  #matches(source: ScopeSource, qualifier: Name): boolean {
    const [table, schema, database] = [...qualifier].reverse()
    if (table === undefined || !equal(source.name, table)) return false
    if (schema && (source.schema === undefined || !equal(source.schema, schema))) return false
    return !database || (source.database !== undefined && equal(source.database, database))
  }

  sourcesOf(qualifier: Name): ScopeSource[] {
    return qualifier.length === 0 ? this.sources : this.sources.filter((source) => this.#matches(source, qualifier))
  }

  /** The name of the one source of this scope that has a column. */
  sourceOf(parts: Name): string | undefined {
    const name = parts.at(-1) ?? ''
    return this.sourcesOf(parts.slice(0, -1)).find((source) =>
      source.columns.some((column) => equal(column.name, name)),
    )?.name
  }

  /** True when the name is that of a column, here or further out. */
  has(parts: Name): boolean {
    return this.sourceOf(parts) !== undefined || (this.parent?.has(parts) ?? false)
  }

  /** The column of a name; looks outward where this scope has none. */
  column(parts: Name, line: number): { readonly column: ScopeColumn; readonly scope: Scope } {
    const name = parts.at(-1) ?? ''
    const qualifier = parts.slice(0, -1)
    if (name === rowColumn) return this.#row(qualifier, line)
    const special = specials.get(name.toUpperCase())
    if (special) return this.#special(qualifier, special, line)
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      const found: ScopeColumn[] = []
      for (const source of scope.sourcesOf(qualifier)) {
        for (const column of source.columns) {
          if (!equal(column.name, name)) continue
          found.push(column)
          source.touched?.add(name.toLowerCase())
        }
      }
      if (found.length > 1) throw errors.ambiguous(name, line)
      if (found[0]) return { column: found[0], scope }
      if (qualifier.length > 0 && scope.sourcesOf(qualifier).length > 0) throw errors.noColumn(name, line)
    }
    throw qualifier.length > 0 ? errors.notBound(parts.join('.'), line) : errors.noColumn(name, line)
  }
}
