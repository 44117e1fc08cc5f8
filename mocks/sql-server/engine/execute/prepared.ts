/** sp_executesql, sp_prepare, sp_execute: text with declared parameters. */

import { type DataType, types } from '../../tds/data-type.ts'
import type { Parameter } from '../../tsql/ast.ts'
import { parseParameterList } from '../../tsql/parser.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import type { TableDef } from '../catalog/definitions.ts'
import { userType } from '../catalog/user-types.ts'
import { errors } from '../errors.ts'
import { newFrame, type Variable } from '../session/frame.ts'
import { SqlError, unsupportedNumber } from '../sql-error.ts'
import { statementsOf } from './batch.ts'
import { requireSound } from './check-batch.ts'
import { convertFor } from './convert-for.ts'
import type { Execution } from './execution.ts'
import { type Argument, runText } from './procedure.ts'
import { checkQuery } from './select.ts'
import { requireReadOnly, TableArguments } from './table-arguments.ts'

export interface PreparedStatement {
  readonly text: string
  readonly declarations: string
  readonly parameters: readonly {
    readonly parameter: Parameter
    readonly type: DataType
    readonly table?: TableDef
  }[]
}
export type PrepareRequest = PreparedStatement

export function prepare(x: Execution, declarations: string, text: string): PreparedStatement {
  const declared = x.session.instance.parameterLists.get(declarations, () => parseParameterList(declarations))
  requireReadOnly(x, declared, 1)
  const parameters = declared.map((parameter) => {
    const made = userType(x, parameter.type)
    return made?.table
      ? { parameter, type: types.int, table: made.table }
      : { parameter, type: made?.alias?.type ?? typeOfRef(parameter.type, x.session.collation) }
  })
  return { text, declarations, parameters }
}

/** Behind what is wrong with the statement stands that it was not prepared. */
export function preparing(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (error instanceof SqlError && error.number !== unsupportedNumber)
      error.others = [...error.others, errors.notPrepared()]
    throw error
  }
}

/** sp_prepare finds what is wrong with a statement at once, missing objects too. */
export function checkPrepared(x: Execution, prepared: PreparedStatement): void {
  const variables = new Map<string, Variable>(
    prepared.parameters.map(({ parameter, type }) => [parameter.name.toLowerCase(), { type, value: null }]),
  )
  const tables = new Map<string, TableDef>()
  for (const { parameter, table } of prepared.parameters) if (table) tables.set(parameter.name.toLowerCase(), table)
  const inner: Execution = {
    ...x,
    frame: newFrame({ depth: 1, done: 'doneInProc', quotedIdentifier: x.frame.quotedIdentifier, variables, tables }),
  }
  const statements = statementsOf(x, prepared.text, x.frame.quotedIdentifier, prepared.declarations)
  requireSound(inner, statements)
  for (const statement of statements) if (statement.kind === 'query') checkQuery(inner, statement)
}

export async function executePrepared(
  x: Execution,
  prepared: PreparedStatement,
  values: readonly Argument[],
): Promise<void> {
  const variables = new Map<string, Variable>()
  const placed: { variable: Variable; argument: Argument }[] = []
  using tables = new TableArguments(x)
  for (const [i, { parameter, type }] of prepared.parameters.entries()) {
    const key = parameter.name.toLowerCase()
    const argument =
      values.find((candidate) => candidate.name?.toLowerCase() === key) ?? (values[i]?.name ? undefined : values[i])
    if (await tables.bind(parameter, argument)) continue
    if (!argument || argument.useDefault)
      throw errors.queryParameterMissing(`(${prepared.declarations})${prepared.text}`, parameter.name)
    const variable: Variable = { type, value: convertFor(x.session, argument.value, argument.type, type) }
    variables.set(key, variable)
    if (parameter.output && argument.place) placed.push({ variable, argument })
  }
  for (const { name } of values)
    if (name && !variables.has(name.toLowerCase()) && !tables.tables.has(name.toLowerCase()))
      throw errors.notAParameter(name, 'sp_executesql')
  await runText(x, prepared.text, variables, prepared.declarations, tables)
  for (const { variable, argument } of placed)
    if (argument.place) argument.place.value = convertFor(x.session, variable.value, variable.type, argument.place.type)
}

export function unprepare(x: Execution, handle: number): void {
  if (!x.session.prepared.delete(handle)) throw errors.noHandle(handle)
}
