/** What SQL Server refuses in a function when it is made. */

import type { Statement } from '../../tsql/ast.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import { tableFunctionColumns } from '../binder/user-function.ts'
import type { ModuleStatement } from '../catalog/module-statement.ts'
import { newFrame } from '../session/frame.ts'
import { SqlError } from '../sql-error.ts'
import { withSession } from '../udf/running-session.ts'
import { checkBatch } from './check-batch.ts'
import type { Execution } from './execution.ts'
import type { Place } from './place.ts'
import { sessionEnvironment } from './session-environment.ts'

const sideEffect = (what: string, state: number, line: number): SqlError =>
  new SqlError(443, 16, state, `Invalid use of a side-effecting operator '${what}' within a function.`, { line })

const effects: ReadonlyMap<Statement['kind'], readonly [what: string, state: number]> = new Map([
  ['print', ['PRINT', 14]],
  ['raiserror', ['RAISERROR', 14]],
  ['throw', ['THROW', 14]],
  ['execString', ['EXECUTE STRING', 14]],
  ['begin', ['BEGIN TRANSACTION', 14]],
  ['commit', ['COMMIT TRANSACTION', 14]],
  ['rollback', ['ROLLBACK TRANSACTION', 14]],
  ['save', ['SAVEPOINT', 14]],
  ['setOption', ['SET OPTION ON', 14]],
  ['setValue', ['SET COMMAND', 14]],
  ['setIsolation', ['SET TRANSACTION ISOLATION LEVEL', 14]],
  ['waitfor', ['WAITFOR', 14]],
  ['truncate', ['TRUNCATE TABLE', 14]],
  ['createTable', ['CREATE TABLE', 14]],
  ['alterTable', ['ALTER TABLE', 14]],
  ['drop', ['DROP OBJECT', 14]],
  ['try', ['BEGIN TRY', 14]],
  ['merge', ['MERGE', 15]],
  ['use', ['USE DATABASE', 14]],
])

export function checkFunction(x: Execution, s: ModuleStatement, place: Place): void {
  const { session } = x
  const variables = new Map(
    s.parameters.map((parameter) => [
      parameter.name.toLowerCase(),
      { type: typeOfRef(parameter.type, session.collation), value: null },
    ]),
  )
  const frame = newFrame({
    depth: 1,
    done: 'doneInProc',
    quotedIdentifier: x.frame.quotedIdentifier,
    procedure: place.name,
    variables,
  })
  const fail = (error: SqlError): never => {
    error.procedure = place.name
    throw error
  }
  try {
    if (s.function?.kind === 'inline') {
      const environment = sessionEnvironment(session, frame, { catalogs: new Map(), temporary: false }, place.database)
      const columns = withSession(session, () => tableFunctionColumns(s, environment))
      const nameless = columns.findIndex((column) => column.name === '')
      if (nameless !== -1)
        fail(
          new SqlError(
            4514,
            16,
            1,
            `CREATE FUNCTION failed because a column name is not specified for column ${nameless + 1}.`,
          ),
        )
      return
    }
    for (const statement of s.body) check(statement, s.function?.kind === 'scalar')
    if (!endsWithReturn(s.body))
      fail(
        new SqlError(455, 16, 2, 'The last statement included within a function must be a return statement.', {
          line: s.body.at(-1)?.line ?? s.line,
        }),
      )
    const [problem] = checkBatch({ ...x, frame }, s.body)
    if (problem && s.function?.kind === 'scalar') throw problem
  } catch (error) {
    if (error instanceof SqlError) fail(error)
    throw error
  }
}

const endsWithReturn = (body: readonly Statement[]): boolean => {
  const last = body.at(-1)
  return last?.kind === 'return' || (last?.kind === 'block' && endsWithReturn(last.body))
}

function check(s: Statement, scalar: boolean): void {
  const effect = effects.get(s.kind)
  if (effect) throw sideEffect(effect[0], effect[1], s.line)
  switch (s.kind) {
    case 'block':
      for (const inner of s.body) check(inner, scalar)
      return
    case 'if':
      check(s.then, scalar)
      if (s.otherwise) check(s.otherwise, scalar)
      return
    case 'while':
      check(s.body, scalar)
      return
    case 'query': {
      const assigns = s.query.body.kind === 'select' && s.query.body.items.every((item) => item.kind === 'assign')
      if (!assigns)
        throw new SqlError(444, 16, 2, 'Select statements included within a function cannot return data to a client.', {
          line: s.line,
        })
      break
    }
    case 'insert':
    case 'update':
    case 'delete':
      if (!s.target.variable && !aliasOfVariable(s)) throw sideEffect(s.kind.toUpperCase(), 15, s.line)
      if (s.kind === 'insert' && s.source.kind === 'exec') throw sideEffect('INSERT EXEC', 14, s.line)
      break
    case 'return':
      if (s.value && !scalar)
        throw new SqlError(178, 15, 1, 'A RETURN statement with a return value cannot be used in this context.', {
          line: s.line,
        })
      if (!s.value && scalar)
        throw new SqlError(156, 15, 1, 'RETURN statements in scalar valued functions must include an argument.', {
          line: s.line,
        })
      break
    default:
  }
  forbidden(s, s.line)
}

/** UPDATE a SET … FROM @t a. */
function aliasOfVariable(s: Extract<Statement, { kind: 'insert' | 'update' | 'delete' }>): boolean {
  return (
    s.kind !== 'insert' && s.from !== undefined && s.target.name?.length === 1 && !/^#/.test(s.target.name[0] ?? '')
  )
}

/** NEWID, RAND and temporary tables, wherever they stand. */
function forbidden(node: unknown, line: number): void {
  if (Array.isArray(node)) {
    for (const part of node) forbidden(part, line)
    return
  }
  if (typeof node !== 'object' || node === null) return
  const { kind, name } = node as { kind?: unknown; name?: unknown }
  if (Array.isArray(name)) {
    const last = String(name.at(-1))
    if (kind === 'call' && name.length === 1 && /^(newid|rand|newsequentialid)$/i.test(last))
      throw sideEffect(last.toLowerCase(), 1, line)
    if (kind === 'table' && last.startsWith('#'))
      throw new SqlError(2772, 16, 1, 'Cannot access temporary tables from within a function.', { line })
    if (kind === 'nextValue')
      throw new SqlError(
        11719,
        15,
        1,
        'NEXT VALUE FOR function is not allowed in check constraints, default objects, computed columns, views, user-defined functions, user-defined aggregates, user-defined table types, sub-queries, common table expressions, derived tables or return statements.',
        { line },
      )
  }
  for (const part of Object.values(node)) forbidden(part, line)
}
