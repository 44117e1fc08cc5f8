/** A statement reads tables of another database that its own transaction has changed there: only the connection that wrote sees them. */
import type { Statement } from '../../tsql/ast.ts'
import { unsupported } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { Execution } from './execution.ts'

export class ReadElsewhere extends Error {
  override readonly name = 'ReadElsewhere'
  readonly database: SqlDatabase

  constructor(database: SqlDatabase) {
    super(`the tables of ${database.name} are read where they were written`)
    this.database = database
  }
}

const collected = new WeakMap<Statement, Statement>()

/** INSERT … SELECT as one that has its rows before it goes to its table. */
function collecting(s: Statement): Statement {
  if (s.kind !== 'insert' || s.source.kind !== 'query') return s
  const known = collected.get(s)
  if (known) return known
  const { query } = s.source
  const exec: Statement = { kind: 'query', line: s.line, query: { ...query, ctes: [...s.ctes, ...query.ctes] } }
  const made: Statement = { ...s, ctes: [], source: { kind: 'exec', exec } }
  collected.set(s, made)
  return made
}

/** Runs the statement again where those tables can be read. */
export async function readThere<T>(
  x: Execution,
  { database }: ReadElsewhere,
  s: Statement,
  work: (s: Statement) => Promise<T> | T,
): Promise<T> {
  try {
    const instead = collecting(s)
    return await (instead === s ? x.session.within(database, async () => work(s)) : work(instead))
  } catch (error) {
    if (error instanceof ReadElsewhere)
      throw unsupported('reading tables of two databases in the transaction that has changed both', s.line)
    throw error
  }
}
