import type { ConnectionPool, IResult, Request, Transaction } from 'mssql'
import type { HostClients, SqlSettings } from '../../../../harness/clients/index.ts'
import { sqlFailure } from '../../../../harness/clients/sql-failure.ts'

export type SqlValue = string | number | boolean | Buffer | Date | null
export type SqlParameters = Readonly<Record<string, SqlValue>>

/** What a statement gave: its result sets, to be parsed by who asked, and the rows that each statement changed. */
export interface SqlAnswer {
  readonly sets: readonly (readonly unknown[])[]
  readonly rowsAffected: readonly number[]
}

/** Something that runs T-SQL: a pool, or a transaction on one of its connections. */
export interface SqlRunner {
  /** A statement with parameters (sp_executesql). */
  run(text: string, parameters?: SqlParameters): Promise<SqlAnswer>
}

/** A pool that has logged in. Rejects with `mssql`'s own errors. */
export interface SqlPool extends SqlRunner, AsyncDisposable {
  /** Whether new requests can still get a connection. */
  readonly open: boolean
  /** A batch as it stands, which DDL and USE need. */
  batch(text: string): Promise<SqlAnswer>
  transaction<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T>
}

export async function connectSql(clients: HostClients, settings: SqlSettings): Promise<SqlPool> {
  // A closed socket is noticed without asking SQL Server before every statement, as the library otherwise does.
  const pool = await clients.sql.connect({ validateConnection: 'socket', ...settings })
  const library = await clients.sql.library()
  return {
    get open() {
      return pool.connected
    },
    run: (text, parameters) => rerunVictims(() => run(pool.request(), text, parameters)),
    batch: async (text) => answerOf(await pool.request().batch(text)),
    transaction: (work) =>
      rerunVictims(async () => {
        const transaction = new library.Transaction(pool)
        await transaction.begin()
        try {
          const value = await work({ run: (text, parameters) => run(transaction.request(), text, parameters) })
          await transaction.commit()
          return value
        } catch (error) {
          await rolledBack(transaction)
          throw error
        }
      }),
    [Symbol.asyncDispose]: () => closed(pool),
  }
}

const DEADLOCK_VICTIM = 1205
const RERUNS = 3

/** What SQL Server asks of the victim of a deadlock: “Rerun the transaction.” All of it has been rolled back. */
async function rerunVictims<T>(work: () => Promise<T>): Promise<T> {
  for (let rerun = 0; ; rerun++) {
    try {
      return await work()
    } catch (error) {
      const isVictim = sqlFailure(error).all.some(({ number }) => number === DEADLOCK_VICTIM)
      if (!isVictim || rerun === RERUNS) throw error
    }
  }
}

async function run(request: Request, text: string, parameters: SqlParameters = {}): Promise<SqlAnswer> {
  for (const [name, value] of Object.entries(parameters)) request.input(name, value)
  return answerOf(await request.query(text))
}

const answerOf = (result: IResult<unknown>): SqlAnswer => ({
  // Without `arrayRowMode` a result's sets are an array.
  sets: result.recordsets as unknown[][],
  rowsAffected: result.rowsAffected,
})

/** A transaction that the server has ended already (XACT_ABORT, a broken connection) cannot be rolled back again. */
async function rolledBack(transaction: Transaction): Promise<void> {
  try {
    await transaction.rollback()
  } catch (error) {
    if (!(error instanceof Error)) throw error
  }
}

async function closed(pool: ConnectionPool): Promise<void> {
  if (pool.connected) await pool.close()
}
