/** User-defined functions at work: called by SQLite in the midst of a statement, so nothing in them waits. */
import { ownerOf } from '../../security/permissions.ts'
import type { Cell, DataType } from '../../tds/data-type.ts'
import type { Statement } from '../../tsql/ast.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import type { ModuleDef, TableDef } from '../catalog/definitions.ts'
import { type ModuleStatement, moduleStatement } from '../catalog/module-statement.ts'
import { cursorNow } from '../cursors/function-cursor.ts'
import { assignCursor } from '../cursors/named-cursors.ts'
import { errors } from '../errors.ts'
import type { ResultSink } from '../result-sink.ts'
import { type Frame, newFrame, type Variable } from '../session/frame.ts'
import type { SqlSession } from '../session.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { reentered } from '../storage/store.ts'
import { currentSession } from '../udf/running-session.ts'
import { arithmeticAssign } from './assign.ts'
import { buildTable } from './build-table.ts'
import { enterModule } from './execute-as.ts'
import { catalogOf, type Execution } from './execution.ts'
import { assignNow, changeNow, evaluateNow, holdsNow, rowsNow } from './immediate.ts'
import { scratchTable } from './scratch-table.ts'

const maxNesting = 32
const never = new AbortController().signal
const refuse = (): never => {
  throw functionOutput()
}
const functionOutput = (): SqlError =>
  new SqlError(444, 16, 2, 'Select statements included within a function cannot return data to a client.')

const noSink: ResultSink = {
  columns: refuse,
  row: refuse,
  breathe: () => undefined,
  done: () => {},
  message: () => {},
  envChange: () => {},
  returnStatus: () => {},
  returnValue: () => {},
}

/** `fn_(database, id, …)` in a bound statement. */
export function callScalar(database: Cell, id: Cell, args: readonly Cell[]): Cell {
  return within(database, id, args, (x, statement) => {
    const { function: shape } = statement
    if (shape?.kind !== 'scalar') throw errors.noObject(statement.name.join('.'), 0)
    const type = typeOfRef(shape.returns, x.session.collation)
    if (statement.nullOnNull && args.includes(null)) return null
    const run = new FunctionRun(x, type)
    run.list(statement.body)
    return run.value
  })
}

/** `tvf_(database, id, …)`: the rows as JSON, each an array of cells. */
export function callTable(database: Cell, id: Cell, args: readonly Cell[]): string {
  return within(database, id, args, (x, statement) => {
    const { function: shape } = statement
    if (shape?.kind === 'inline') return rowsAsJson(x, inlineQuery(statement, shape.query))
    if (shape?.kind !== 'table') throw errors.noObject(statement.name.join('.'), 0)
    x.frame.tables.set(shape.variable.toLowerCase(), functionTable(x, shape.variable, shape))
    new FunctionRun(x, undefined).list(statement.body)
    return rowsAsJson(x, wholeTable(statement, shape.variable))
  })
}

const queries = new WeakMap<ModuleStatement, Extract<Statement, { kind: 'query' }>>()

function inlineQuery(
  statement: ModuleStatement,
  query: Extract<Statement, { kind: 'query' }>['query'],
): Extract<Statement, { kind: 'query' }> {
  const known = queries.get(statement)
  if (known) return known
  const made = { kind: 'query', line: query.line, query } as const
  queries.set(statement, made)
  return made
}

const wholeTable = (statement: ModuleStatement, variable: string): Extract<Statement, { kind: 'query' }> =>
  inlineQuery(statement, {
    ctes: [],
    order: [],
    line: statement.line,
    body: {
      kind: 'select',
      distinct: false,
      items: [{ kind: 'star', qualifier: [], line: statement.line }],
      from: { kind: 'variable', name: variable, line: statement.line },
      groupBy: [],
      line: statement.line,
    },
  })

function rowsAsJson(x: Execution, query: Extract<Statement, { kind: 'query' }>): string {
  const { rows } = rowsNow(x, query)
  return `[${rows.map((row) => `[${row.map(cellJson).join(',')}]`).join(',')}]`
}

const cellJson = (cell: Cell): string =>
  cell instanceof Uint8Array
    ? `"${Buffer.from(cell).toString('hex')}"`
    : typeof cell === 'bigint'
      ? cell.toString()
      : JSON.stringify(cell)

function within<T>(
  databaseName: Cell,
  id: Cell,
  args: readonly Cell[],
  work: (x: Execution, statement: ModuleStatement) => T,
): T {
  const session = currentSession()
  const database = session.instance.findDatabase(String(databaseName))
  const entry = database && catalogOf(session, database).entry(Number(id))
  if (!database || entry?.kind !== 'function') throw errors.noObject(`function ${String(id)}`, 0)
  if (session.nesting >= maxNesting) throw errors.nesting()
  const statement = moduleStatement(entry)
  const { rowCount } = session
  return session.inDatabase(database, () => {
    const frame = functionFrame(session, entry, statement, args)
    const x: Execution = { session, sink: noSink, signal: never, frame }
    session.frames.push(frame)
    const contexts = session.contexts.depth
    session.nesting += 1
    try {
      enterModule(x, database, entry)
      return reentered(() => work(x, statement))
    } catch (error) {
      if (error instanceof SqlError && error.procedure === '') error.procedure = entry.name
      throw error
    } finally {
      session.contexts.unwind(contexts)
      session.nesting -= 1
      session.frames.pop()
      session.rowCount = rowCount
    }
  })
}

function functionFrame(
  session: SqlSession,
  module: ModuleDef,
  statement: ModuleStatement,
  args: readonly Cell[],
): Frame {
  const variables = new Map<string, Variable>()
  statement.parameters.forEach((parameter, i) => {
    const type = typeOfRef(parameter.type, session.collation)
    variables.set(parameter.name.toLowerCase(), { type, value: plainCell(args[i] ?? null, type) })
  })
  return newFrame({
    depth: session.frames.length + 1,
    done: 'doneInProc',
    quotedIdentifier: module.quotedIdentifier,
    procedure: module.name,
    module: module.id,
    variables,
    chained: true,
    chain: { database: session.database, owner: ownerOf(session, session.database, module) },
  })
}

/** Integers reach us as bigints, since some of them need it. */
const plainCell = (cell: Cell, type: DataType): Cell =>
  typeof cell === 'bigint' && type.name !== 'bigint' && type.name !== 'sql_variant' ? Number(cell) : cell

type TableShape = Pick<Parameters<typeof buildTable>[2], 'columns' | 'constraints'>

/** A table of a function, empty: the same one for every call of this depth. */
function functionTable(x: Execution, name: string, shape: TableShape): TableDef {
  return scratchTable(x, shape, String(x.session.nesting), (newId) =>
    buildTable(
      x,
      { database: x.session.database, schema: 'dbo', name },
      { columns: shape.columns, constraints: shape.constraints, indexes: [] },
      { temporary: 'variable', newId },
    ),
  )
}

type Flow = 'next' | 'break' | 'continue' | 'return'

class FunctionRun {
  readonly #x: Execution
  /** What RETURN gives; undefined in a table function. */
  readonly #returns: DataType | undefined
  value: Cell = null

  constructor(x: Execution, returns: DataType | undefined) {
    this.#x = x
    this.#returns = returns
  }

  list(statements: readonly Statement[]): Flow {
    for (const statement of statements) {
      let flow: Flow
      try {
        flow = this.#one(statement)
      } catch (error) {
        if (error instanceof SqlError && error.line === 0) error.line = statement.line
        throw error
      }
      if (flow !== 'next') return flow
    }
    return 'next'
  }

  #one(s: Statement): Flow {
    const x = this.#x
    switch (s.kind) {
      case 'block':
        return this.list(s.body)
      case 'if':
        if (holdsNow(x, s.condition)) return this.list([s.then])
        return s.otherwise ? this.list([s.otherwise]) : 'next'
      case 'while':
        return this.#while(s)
      case 'break':
      case 'continue':
        return s.kind
      case 'return':
        if (s.value && this.#returns) this.value = evaluateNow(x, s.value, this.#returns)
        return 'return'
      case 'declare':
        this.#declare(s)
        return 'next'
      case 'setVariable': {
        const variable = x.frame.variables.get(s.name.toLowerCase())
        if (!variable && assignCursor(x, s)) return 'next'
        if (!variable) throw errors.mustDeclare(s.name, s.line)
        variable.value = evaluateNow(x, assignment(s), variable.type)
        return 'next'
      }
      case 'query':
        assignNow(x, s)
        return 'next'
      case 'insert':
      case 'update':
      case 'delete':
        changeNow(x, s)
        return 'next'
      case 'nothing':
      case 'label':
        return 'next'
      case 'exec':
        throw new SqlError(
          557,
          16,
          2,
          'Only functions and some extended stored procedures can be executed from within a function.',
        )
      case 'declareCursor':
      case 'setCursor':
      case 'openCursor':
      case 'closeCursor':
      case 'deallocateCursor':
      case 'fetch':
        cursorNow(x, s)
        return 'next'
      default:
        throw unsupported(`${s.kind} in a function`, s.line)
    }
  }

  #while(s: Extract<Statement, { kind: 'while' }>): Flow {
    while (holdsNow(this.#x, s.condition)) {
      const flow = this.list([s.body])
      if (flow === 'break') break
      if (flow === 'return') return flow
    }
    return 'next'
  }

  #declare(s: Extract<Statement, { kind: 'declare' }>): void {
    const x = this.#x
    for (const declared of s.variables) {
      const key = declared.name.toLowerCase()
      if (declared.table) {
        if (!x.frame.tables.has(key)) x.frame.tables.set(key, functionTable(x, declared.name, declared.table))
        continue
      }
      if (!declared.type) {
        x.frame.cursorVariables.set(key, null)
        continue
      }
      const type = typeOfRef(declared.type, x.session.collation)
      x.frame.variables.set(key, { type, value: declared.value ? evaluateNow(x, declared.value, type) : null })
    }
  }
}

const assigned = new WeakMap<Statement, ReturnType<typeof arithmeticAssign>>()

function assignment(s: Extract<Statement, { kind: 'setVariable' }>): ReturnType<typeof arithmeticAssign> {
  let expr = assigned.get(s)
  if (!expr) {
    expr = arithmeticAssign(s.name, s.op, s.value, s.line)
    assigned.set(s, expr)
  }
  return expr
}
