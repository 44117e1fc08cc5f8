import type { DataType } from '../../tds/data-type.ts'
import type { Cte } from '../../tsql/ast.ts'
import type { TableDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import type { Bound } from './bound.ts'
import type { Environment, TableUse } from './environment.ts'
import type { Scope } from './scope.ts'

/** What a CTE's name stands for while its query is bound. */
export interface BoundCte {
  readonly name: string
  readonly sql: string
  readonly columns: readonly { readonly name: string; readonly bound: Bound }[]
  /** Set while the recursive part is bound: the level column of the part before. */
  recursion?: { level: string }
}

/** A table whose rows can be found again by `alias.rowid`. */
export interface RowKey {
  readonly table: TableDef
  readonly alias: string
}

/** A grouped SELECT: what may stand outside aggregates. */
export interface Grouping {
  readonly scope: Scope
  readonly keys: ReadonlySet<string>
  /** The keys of the grouping set that is bound; the others are NULL in it. */
  readonly active?: ReadonlySet<string>
  inAggregate: number
  /** Names of columns that are neither grouped nor aggregated. */
  readonly problems: string[]
  used: boolean
}

/** Invalid, ambiguous and unbound names. */
const nameProblems = new Set([207, 209, 4104])

/** The state of binding one statement: names given out, variables met, tables read. */
export class Binder {
  readonly environment: Environment
  /** Variables by the number of their SQLite parameter, from 1. */
  readonly variables: string[] = []
  readonly uses: TableUse[] = []
  readonly ctes: BoundCte[] = []
  /** Inside an inline function: what its parameters stand for. */
  readonly parameters: ReadonlyMap<string, Bound>
  grouping: Grouping | undefined
  /** The statement needs the session's own connection: it reads rows. */
  readsRows = false
  /** Set where a cursor asks for them: the outermost SELECT then ends with its tables' row ids. */
  rowKeys: readonly RowKey[] = []
  #wantsKeys = false
  #names = 0

  constructor(environment: Environment, parameters: ReadonlyMap<string, Bound> = new Map()) {
    this.environment = environment
    this.parameters = parameters
  }

  /** What is wrong with a name in some part of the statement, so that the other parts can be told of with it. */
  nameProblem(bind: () => unknown): SqlError | undefined {
    try {
      bind()
      return undefined
    } catch (error) {
      if (error instanceof SqlError && nameProblems.has(error.number)) return error
      throw error
    }
  }

  /** Binds one part after the other; of names that stand for nothing, all are told together. */
  each<T, R>(parts: readonly T[], bind: (part: T) => R, before?: SqlError): R[] {
    const problems: SqlError[] = before ? [before, ...before.others] : []
    const bound: R[] = []
    for (const part of parts) {
      const problem = this.nameProblem(() => bound.push(bind(part)))
      if (problem) problems.push(problem, ...problem.others)
    }
    const [first, ...others] = problems
    if (!first) return bound
    first.others = others
    throw first
  }

  /** A name that no other part of the statement has. */
  fresh(prefix: string): string {
    this.#names += 1
    return `${prefix}${this.#names}`
  }

  wantKeys(): void {
    this.#wantsKeys = true
  }

  /** True once, for the SELECT that is bound first. */
  takeWantsKeys(): boolean {
    const wanted = this.#wantsKeys
    this.#wantsKeys = false
    return wanted
  }

  variable(name: string, line: number): Bound {
    const key = name.toLowerCase()
    const parameter = this.parameters.get(key)
    if (parameter) return parameter
    const type: DataType | undefined = this.environment.variable(name)
    if (!type) throw errors.mustDeclare(name, line)
    let at = this.variables.indexOf(key)
    if (at === -1) at = this.variables.push(key) - 1
    return { sql: `?${at + 1}`, type, nullable: true }
  }

  cte(name: string): BoundCte | undefined {
    const wanted = name.toLowerCase()
    for (let i = this.ctes.length - 1; i >= 0; i -= 1) {
      const cte = this.ctes[i]
      if (cte && cte.name.toLowerCase() === wanted) return cte
    }
    return undefined
  }
}

export type CteList = readonly Cte[]
