/** Calls of user-defined functions: scalar ones are called row by row, inline ones become the query that they hold. */
import { type DataType, familyOf } from '../../tds/data-type.ts'
import type { Expr, Source } from '../../tsql/ast.ts'
import type { ModuleDef } from '../catalog/definitions.ts'
import { type ModuleStatement, moduleStatement } from '../catalog/module-statement.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { Binder } from './binder.ts'
import { type Bound, quoteText } from './bound.ts'
import { convertBound } from './convert-bound.ts'
import type { Environment } from './environment.ts'
import { bindExpr } from './expression.ts'
import { noteUses } from './module-uses.ts'
import { bindQuery } from './query.ts'
import { Scope, type ScopeColumn } from './scope.ts'
import { typeOfRef } from './type-of-ref.ts'

interface Found {
  readonly module: ModuleDef
  readonly environment: Environment
}

function bindArguments(
  b: Binder,
  scope: Scope,
  call: { readonly args: readonly Expr[]; readonly name: readonly string[]; readonly line: number },
  found: Found,
): { readonly name: string; readonly bound: Bound }[] {
  const { parameters } = moduleStatement(found.module)
  const display = call.name.join('.')
  const state = found.module.functionType === 'FN' ? 2 : 3
  if (call.args.length < parameters.length) throw errors.fewArguments(display, state, call.line)
  if (call.args.length > parameters.length) throw errors.manyArguments(display, state, call.line)
  return parameters.map((parameter, i) => {
    const type = typeOfRef(parameter.type, found.environment.collation)
    const given = call.args[i]
    if (given && given.kind !== 'default')
      return { name: parameter.name, bound: convertBound(bindExpr(b, scope, given), type, { implicit: true }) }
    const value = parameter.value ? bindExpr(b, new Scope(), parameter.value) : undefined
    return {
      name: parameter.name,
      bound: value ? convertBound(value, type, { implicit: true }) : { sql: 'NULL', type, nullable: true },
    }
  })
}

/** A scalar function; undefined when the name is none of a user's. */
export function bindScalarFunction(b: Binder, scope: Scope, expr: Extract<Expr, { kind: 'call' }>): Bound | undefined {
  // The schema is part of the call, always.
  if (expr.name.length < 2) return undefined
  const found = b.environment.functionOf(expr.name)
  if (found?.module.functionType !== 'FN') return undefined
  const { function: shape } = moduleStatement(found.module)
  if (shape?.kind !== 'scalar') return undefined
  const args = bindArguments(b, scope, expr, found).map(({ bound }) => bound.sql)
  b.uses.push({ database: found.environment.database, object: found.module, hints: ['(execute)'], columns: new Set() })
  noteUses(b, found.module, found.environment)
  return {
    sql: `fn_(${[quoteText(found.environment.database), found.module.id, ...args].join(',')})`,
    type: typeOfRef(shape.returns, found.environment.collation),
    nullable: true,
  }
}

/** A function in FROM: its source in SQLite, or undefined when the name is none of a user's table functions. */
export function bindUserTable(
  b: Binder,
  scope: Scope,
  source: Extract<Source, { kind: 'function' }>,
  add: (columns: readonly ScopeColumn[]) => void,
): string | undefined {
  const found = b.environment.functionOf(source.name)
  if (!found || found.module.functionType === 'FN') return undefined
  const statement = moduleStatement(found.module)
  b.uses.push({ database: found.environment.database, object: found.module, hints: [], columns: new Set() })
  b.readsRows = true
  const alias = b.fresh('s')
  const constant = bindConstant(b, source, found)
  if (constant && statement.function?.kind === 'inline') {
    const inner = new Binder(
      found.environment,
      new Map(constant.map(({ name, bound }) => [name.toLowerCase(), withoutConstant(bound)])),
    )
    const query = bindQuery(inner, statement.function.query)
    const under = { database: found.environment.database, object: found.module }
    for (const use of inner.uses) b.uses.push({ ...use, under: use.under ?? under })
    add(
      query.columns.map((column, i) => ({
        name: column.name,
        bound: { sql: `${alias}.o${i + 1}`, type: column.type, nullable: column.nullable },
      })),
    )
    return `(${query.sql}) ${alias}`
  }
  const args = bindArguments(b, scope, source, found).map(({ bound }) => bound.sql)
  noteUses(b, found.module, found.environment)
  add(
    tableFunctionColumns(statement, found.environment).map((column, i) => ({
      name: column.name,
      bound: { sql: cellSql(`${alias}.value->>${i}`, column.type), type: column.type, nullable: column.nullable },
    })),
  )
  return `json_each(tvf_(${[quoteText(found.environment.database), found.module.id, ...args].join(',')})) ${alias}`
}

/** Its value counts, not its text: a parameter is no constant. */
function withoutConstant(bound: Bound): Bound {
  const { literal: _, untyped: __, ...rest } = bound
  return { ...rest, sql: `(${rest.sql})`, nullable: true }
}

/** The arguments bound without the sources around them; undefined when they need those. */
function bindConstant(b: Binder, source: Extract<Source, { kind: 'function' }>, found: Found) {
  const uses = b.uses.length
  const { readsRows } = b
  try {
    return bindArguments(b, new Scope(), source, found)
  } catch (error) {
    if (!(error instanceof SqlError) || (error.number !== 207 && error.number !== 4104)) throw error
    b.uses.length = uses
    b.readsRows = readsRows
    return undefined
  }
}

const cellSql = (sql: string, type: DataType): string => {
  const family = familyOf(type)
  if (family === 'binary') return `unhex(${sql})`
  return family === 'approximate' ? `CAST(${sql} AS REAL)` : sql
}

/** The columns that a table function gives. */
export function tableFunctionColumns(
  statement: ModuleStatement,
  environment: Environment,
): readonly { readonly name: string; readonly type: DataType; readonly nullable: boolean }[] {
  const { function: shape } = statement
  if (shape?.kind === 'inline') {
    const variables = new Map(
      statement.parameters.map((parameter) => [
        parameter.name.toLowerCase(),
        typeOfRef(parameter.type, environment.collation),
      ]),
    )
    return bindQuery(new Binder(environment.withVariables(variables)), shape.query).columns
  }
  if (shape?.kind !== 'table') return []
  return shape.columns.map((column) => {
    if (!column.type) throw unsupported(`the computed column ${column.name} of a function's table`, column.line)
    return {
      name: column.name,
      type: typeOfRef(column.type, environment.collation),
      nullable: column.nullable ?? !column.constraints.some((constraint) => constraint.kind === 'primary'),
    }
  })
}
