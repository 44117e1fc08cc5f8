/** Function calls: found by name in the tables of functions, with their arguments bound. */

import { type DataType, maxLength, textType, types } from '../../tds/data-type.ts'
import type { Expr } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { bitFunctions } from '../functions/bit-functions.ts'
import { dateFunctions } from '../functions/date-functions.ts'
import { formatFunctions } from '../functions/format-functions.ts'
import { hashFunctions } from '../functions/hash-functions.ts'
import { jsonFunctions } from '../functions/json-functions.ts'
import { mathFunctions } from '../functions/math-functions.ts'
import { momentFunctions } from '../functions/moment-functions.ts'
import { nullFunctions } from '../functions/null-functions.ts'
import { systemFunctions } from '../functions/system-functions.ts'
import { textFunctions } from '../functions/text-functions.ts'
import { unsupported } from '../sql-error.ts'
import { bindAggregate, bindWindow, isWindowFunction } from './aggregate-call.ts'
import { aggregateNames } from './aggregates.ts'
import type { Binder } from './binder.ts'
import type { Bound } from './bound.ts'
import { convertBound } from './convert-bound.ts'
import { bindExpr } from './expression.ts'
import { bindMethod, memberOfColumn } from './method-call.ts'
import type { Scope } from './scope.ts'
import { bindScalarFunction } from './user-function.ts'

type CallExpr = Extract<Expr, { kind: 'call' }>

/** A call as the tables of functions see it. */
export class Call {
  readonly binder: Binder
  readonly scope: Scope
  readonly expr: CallExpr
  readonly name: string
  readonly #args: (Bound | undefined)[] = []

  constructor(binder: Binder, scope: Scope, expr: CallExpr) {
    this.binder = binder
    this.scope = scope
    this.expr = expr
    this.name = (expr.name.at(-1) ?? '').toUpperCase()
  }

  get args(): readonly Bound[] {
    return this.expr.args.map((_, at) => this.arg(at))
  }

  get count(): number {
    return this.expr.args.length
  }

  arg(at: number): Bound {
    const given = this.expr.args[at]
    if (!given) throw errors.argumentCount(this.name, at + 1, this.expr.line)
    const bound = this.#args[at] ?? bindExpr(this.binder, this.scope, given)
    this.#args[at] = bound
    return bound
  }

  /** The text of one argument, converted. */
  as(at: number, type: DataType): string {
    return convertBound(this.arg(at), type).sql
  }

  text(at: number): string {
    return this.as(at, textType('nvarchar', maxLength, this.binder.environment.collation))
  }

  int(at: number): string {
    return this.as(at, types.int)
  }

  nvarchar(length: number): DataType {
    return textType('nvarchar', length, this.binder.environment.collation)
  }

  result(sql: string, type: DataType, nullable = true): Bound {
    return { sql, type, nullable }
  }
}

export type FunctionTable = Readonly<Record<string, readonly [min: number, max: number, bind: (call: Call) => Bound]>>

let table: ReadonlyMap<string, FunctionTable[string]> | undefined

// Built at first use: the tables and this file need one another.
const functions = (): ReadonlyMap<string, FunctionTable[string]> => {
  table ??= new Map(
    Object.entries({
      ...textFunctions,
      ...mathFunctions,
      ...dateFunctions,
      ...nullFunctions,
      ...systemFunctions,
      ...jsonFunctions,
      ...momentFunctions,
      ...hashFunctions,
      ...formatFunctions,
      ...bitFunctions,
    }),
  )
  return table
}

export function bindCall(b: Binder, scope: Scope, expr: CallExpr): Bound {
  if (expr.name.length > 1) {
    const member = memberOfColumn(scope, expr.name, expr.line, expr.args)
    if (member) return bindMethod(b, scope, member)
  }
  const call = new Call(b, scope, expr)
  const own = expr.name.length === 1 || ['sys', 'dbo'].includes((expr.name.at(-2) ?? '').toLowerCase())
  if (expr.name.length === 1 && (aggregateNames.has(call.name) || isWindowFunction(call.name))) {
    return expr.over ? bindWindow(call) : bindAggregate(call)
  }
  const entry = own ? functions().get(call.name) : undefined
  if (!entry) {
    const own = bindScalarFunction(b, scope, expr)
    if (own) return own
    if (expr.name.length > 1) throw errors.unknownUserFunction(expr.name.join('.'), expr.line)
    if (known.has(call.name)) throw unsupported(`the function ${call.name}`, expr.line)
    throw errors.unknownFunction(expr.name.join('.'), expr.line)
  }
  const [min, max, bind] = entry
  if (call.count < min || call.count > max) throw errors.argumentCount(call.name, min, expr.line)
  return bind(call)
}

/** Functions that SQL Server has and the simulator does not. */
const known = new Set([
  'ENCRYPTBYKEY',
  'DECRYPTBYKEY',
  'ENCRYPTBYPASSPHRASE',
  'DECRYPTBYPASSPHRASE',
  'FILE_ID',
  'INDEX_COL',
  'STATS_DATE',
  'FULLTEXTSERVICEPROPERTY',
  'IDENTITY',
  'CONTAINS',
  'FREETEXT',
  'TEXTPTR',
  'TEXTVALID',
  'CURSOR_STATUS',
  'EVENTDATA',
  'MIN_ACTIVE_ROWVERSION',
  'CERTENCODED',
  'SIGNBYCERT',
])
