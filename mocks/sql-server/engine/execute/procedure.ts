/** EXEC: stored procedures with parameters and return status, system procedures, and strings. */

import { ownerOf, requireObject } from '../../security/permissions.ts'
import { type Cell, type DataType, maxLength, textType, types } from '../../tds/data-type.ts'
import type { ExecArgument, Parameter, Statement } from '../../tsql/ast.ts'
import type { ModuleDef, ObjectDef } from '../catalog/definitions.ts'
import { moduleStatement } from '../catalog/module-statement.ts'
import { declaredType } from '../catalog/user-types.ts'
import { errors } from '../errors.ts'
import { newFrame, type Variable } from '../session/frame.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { withSession } from '../udf/running-session.ts'
import { statementsOf } from './batch.ts'
import { callScalar } from './call-function.ts'
import { requireSound } from './check-batch.ts'
import { convertFor } from './convert-for.ts'
import { evaluate } from './evaluate.ts'
import { executeAs, inModuleContext } from './execute-as.ts'
import { catalogOf, type Execution } from './execution.ts'
import { runStatements } from './interpreter.ts'
import { restoreSettings } from './own-settings.ts'
import { shaped } from './result-shapes.ts'
import { isSystemProcedure, runSystemProcedure } from './system-procedures.ts'
import { type TableArgument, TableArguments } from './table-arguments.ts'

type ExecStatement = Extract<Statement, { kind: 'exec' }>
type Procedure = Extract<Statement, { kind: 'createModule' }>

/** An argument, worked out; `place` is the variable that an OUTPUT goes back to. */
export interface Argument {
  readonly name?: string
  readonly value: Cell
  readonly type: DataType
  readonly output: boolean
  readonly useDefault: boolean
  readonly place?: Variable
  /** A table instead of a value. */
  readonly table?: TableArgument
}

const maxNesting = 32

export async function runExec(outer: Execution, s: ExecStatement): Promise<void> {
  const x = s.shapes ? shaped(outer, s.shapes) : outer
  const name =
    typeof s.procedure === 'string'
      ? String(x.frame.variables.get(s.procedure.toLowerCase())?.value ?? '').split('.')
      : s.procedure
  const args: Argument[] = []
  for (const argument of s.args) args.push(await argumentOf(x, argument))
  const before = x.session.transaction.count
  const { database, name: own } = calledIn(x, name)
  const scalar = database ? undefined : scalarFunctionOf(x, own)
  if (scalar) {
    const target = s.result ? x.frame.variables.get(s.result.toLowerCase()) : undefined
    const { value, type } = await callFunction(x, scalar, args)
    if (target) target.value = convertFor(x.session, value, type, target.type)
    return
  }
  const status = await callProcedure(x, name, args, s.line)
  const result = s.result ? x.frame.variables.get(s.result.toLowerCase()) : undefined
  if (s.result && !result) throw errors.mustDeclare(s.result, s.line)
  if (result) result.value = status
  if (x.frame.depth === 0 && x.frame.done === 'done') {
    x.sink.returnStatus(status)
    x.sink.done({ kind: 'doneProc', command: 0xe0 })
  }
  const after = x.session.transaction.count
  if (before !== after) throw errors.countMismatch(before, after)
}

async function argumentOf(x: Execution, argument: ExecArgument): Promise<Argument> {
  const named = argument.name ? { name: argument.name } : {}
  if (argument.value.kind === 'default')
    return { ...named, value: null, type: types.int, output: false, useDefault: true }
  const table = argument.value.kind === 'variable' ? x.frame.tables.get(argument.value.name.toLowerCase()) : undefined
  if (table)
    return {
      ...named,
      value: null,
      type: types.int,
      output: false,
      useDefault: false,
      table: { kind: 'table', table },
    }
  const { value, type } = await evaluate(x, argument.value)
  const place =
    argument.output && argument.value.kind === 'variable'
      ? x.frame.variables.get(argument.value.name.toLowerCase())
      : undefined
  return { ...named, value, type, output: argument.output, useDefault: false, ...(place ? { place } : {}) }
}

/** Calls by name, in the database of what is called; gives the return status. Output arguments are written to their places. */
export function callProcedure(
  x: Execution,
  name: readonly string[],
  args: readonly Argument[],
  line: number,
): Promise<number> | number {
  const { database, name: own } = calledIn(x, name)
  const missing = () =>
    new SqlError(2812, 16, 62, `Could not find stored procedure '${name.filter((part) => part !== '').join('.')}'.`, {
      line,
    })
  return database
    ? x.session.visiting(database, async () => callHere(x, own, args, missing))
    : callHere(x, own, args, missing)
}

function callHere(
  x: Execution,
  name: readonly string[],
  args: readonly Argument[],
  missing: () => SqlError,
): Promise<number> | number {
  const procedure = isSystemProcedure(name) ? undefined : findProcedure(x, name)
  if (procedure) return callOwn(x, procedure, args)
  const status = runSystemProcedure(x, name, args)
  if (status === undefined) throw missing()
  return status
}

async function callOwn(x: Execution, procedure: ModuleDef, args: readonly Argument[]): Promise<number> {
  if (x.session.nesting >= maxNesting) throw errors.nesting()
  // What a #procedure does is asked of its caller: nobody lends rights with it.
  const temporary = procedure.name.startsWith('#')
  if (!temporary) requireObject(x, x.session.database, 'EXECUTE', procedure)
  const [created] = statementsOf(x, procedure.text, procedure.quotedIdentifier)
  if (created?.kind !== 'createModule') throw unsupported(`the text of ${procedure.name}`)
  using tables = new TableArguments(x)
  const variables = await bindParameters(x, created, procedure.name, args, tables)
  const frame = newFrame({
    depth: x.frame.depth + 1,
    done: 'doneInProc',
    quotedIdentifier: procedure.quotedIdentifier,
    procedure: procedure.name,
    module: procedure.id,
    variables,
    tables: tables.tables,
    borrowed: tables.borrowed,
    ...(temporary
      ? { chained: false }
      : {
          chained: true,
          chain: { database: x.session.database, owner: ownerOf(x.session, x.session.database, procedure) },
        }),
  })
  x.session.nesting += 1
  try {
    await inModuleContext(x, x.session.database, procedure, async (contexts) => {
      const inner: Execution = { ...x, frame: { ...frame, contexts } }
      requireSound(inner, created.body)
      try {
        await runStatements(inner, created.body)
      } finally {
        restoreSettings(inner)
      }
      frame.returnValue = inner.frame.returnValue
    })
  } finally {
    x.session.nesting -= 1
  }
  returnOutputs(x, created.parameters, variables, args)
  return frame.returnValue
}

/** EXEC of a scalar function, and its RPC: the value that it returns. */
export async function callFunction(
  x: Execution,
  module: ModuleDef,
  args: readonly Argument[],
): Promise<{ value: Cell; type: DataType }> {
  const statement = moduleStatement(module)
  if (statement.function?.kind !== 'scalar') throw unsupported(`calling the function ${module.name}`)
  requireObject(x, x.session.database, 'EXECUTE', module)
  using tables = new TableArguments(x)
  const variables = await bindParameters(x, statement, module.name, args, tables)
  const value = withSession(x.session, () =>
    callScalar(
      x.session.database.name,
      module.id,
      [...variables.values()].map((variable) => variable.value),
    ),
  )
  return { value, type: declaredType(x, statement.function.returns) }
}

export function scalarFunctionOf(x: Execution, name: readonly string[]): ModuleDef | undefined {
  const found = isSystemProcedure(name) ? undefined : objectOfName(x, name)
  return found?.kind === 'function' && found.functionType === 'FN' ? found : undefined
}

function objectOfName(x: Execution, name: readonly string[]): ObjectDef | undefined {
  const [object = '', schema = '', databaseName = ''] = [...name].reverse()
  if (databaseName !== '' && databaseName.toLowerCase() !== x.session.database.name.toLowerCase()) return undefined
  return objectIn(x, x.session.database, schema, object)
}

/** Where a procedure runs if not here, and its name there: synonyms may lead to other databases. */
function calledIn(x: Execution, name: readonly string[]): { database?: SqlDatabase; name: readonly string[] } {
  const { session } = x
  let here: SqlDatabase | undefined = session.database
  let current = name
  for (let hops = 0; hops < maxNesting; hops += 1) {
    const [object = '', schema = '', databaseName = ''] = [...current].reverse()
    if (databaseName !== '') here = session.instance.findDatabase(databaseName)
    if (!here || schema.toLowerCase() === 'sys' || isSystemProcedure(current)) break
    const found = objectIn(x, here, schema, object)
    if (found?.kind !== 'synonym') break
    current = found.target
  }
  if (!here || here === session.database) return { name: here ? current.slice(-2) : current }
  session.openableDatabase(here.name, name, 0)
  return { database: here, name: current.slice(-2) }
}

function objectIn(x: Execution, database: SqlDatabase, schema: string, object: string): ObjectDef | undefined {
  const catalog = catalogOf(x.session, database)
  return (
    catalog.object(schema || x.session.defaultSchema(database), object) ??
    (schema === '' ? catalog.object('dbo', object) : undefined)
  )
}

export function findProcedure(x: Execution, name: readonly string[]): ModuleDef | undefined {
  const [object = '', schema = '', databaseName = ''] = [...name].reverse()
  if (object.startsWith('#')) return x.session.temporaryProcedures.get(object)
  if (schema.toLowerCase() === 'sys' || databaseName !== '') return undefined
  const found = objectIn(x, x.session.database, schema, object)
  return found?.kind === 'procedure' ? found : undefined
}

async function bindParameters(
  x: Execution,
  procedure: Procedure,
  name: string,
  args: readonly Argument[],
  tables: TableArguments,
): Promise<Map<string, Variable>> {
  const variables = new Map<string, Variable>()
  const { parameters } = procedure
  const given = new Map<string, Argument>()
  args.forEach((argument, i) => {
    const parameter = argument.name
      ? parameters.find((candidate) => candidate.name.toLowerCase() === argument.name?.toLowerCase())
      : parameters[i]
    if (!parameter) throw argument.name ? errors.notAParameter(argument.name, name) : errors.tooManyArguments(name)
    given.set(parameter.name.toLowerCase(), argument)
  })
  for (const parameter of parameters) {
    const argument = given.get(parameter.name.toLowerCase())
    if (await tables.bind(parameter, argument)) continue
    const type = declaredType(x, parameter.type)
    let value: Cell = null
    if (argument && !argument.useDefault) value = convertFor(x.session, argument.value, argument.type, type)
    else if (parameter.value) value = (await evaluate(x, parameter.value, type)).value
    else if (!parameter.output) throw errors.missingParameter(name, parameter.name)
    variables.set(parameter.name.toLowerCase(), { type, value })
  }
  return variables
}

function returnOutputs(
  x: Execution,
  parameters: readonly Parameter[],
  variables: ReadonlyMap<string, Variable>,
  args: readonly Argument[],
): void {
  args.forEach((argument, i) => {
    const name = argument.name ?? parameters[i]?.name
    const variable = name === undefined ? undefined : variables.get(name.toLowerCase())
    if (argument.place && variable)
      argument.place.value = convertFor(x.session, variable.value, variable.type, argument.place.type)
  })
}

export async function runExecString(x: Execution, s: Extract<Statement, { kind: 'execString' }>): Promise<void> {
  const [first] = s.parts
  if (!first) return
  const { value } = await evaluate(x, first, textType('nvarchar', maxLength, x.session.collation))
  const inner = s.shapes ? shaped(x, s.shapes) : x
  const text = String(value ?? '')
  if (!s.as) return runText(inner, text, new Map())
  const { contexts } = x.session
  const before = contexts.depth
  await executeAs(x, { kind: 'executeAs', line: s.line, what: s.as.what, name: s.as.name, noRevert: false })
  try {
    await runText(inner, text, new Map())
  } finally {
    contexts.unwind(before)
  }
}

/** Text with variables of its own: EXEC(string) and sp_executesql. */
export async function runText(
  x: Execution,
  text: string,
  variables: Map<string, Variable>,
  context = '',
  tables?: TableArguments,
): Promise<void> {
  if (x.session.nesting >= maxNesting) throw errors.nesting()
  const frame = newFrame({
    depth: x.frame.depth + 1,
    done: 'doneInProc',
    quotedIdentifier: x.frame.quotedIdentifier,
    variables,
    ...(tables ? { tables: tables.tables, borrowed: tables.borrowed } : {}),
    chained: false,
    contexts: x.session.contexts.depth,
  })
  const inner: Execution = { ...x, frame }
  const statements = statementsOf(x, text, frame.quotedIdentifier, context)
  requireSound(inner, statements)
  const { database } = x.session
  x.session.nesting += 1
  try {
    await runStatements(inner, statements)
  } finally {
    x.session.nesting -= 1
    restoreSettings(inner)
    x.session.contexts.unwind(Math.min(x.session.contexts.depth, frame.contexts ?? 0))
    // USE inside ends with the text, unless a client sent it so.
    if (x.session.database !== database && !x.frame.call) x.session.use(database)
  }
}
