import type sql from 'mssql'
import { failure, startTestServer, type TestServer } from '../running-server.ts'

export const password = 'Secret#123'

export interface SignedIn extends AsyncDisposable {
  readonly server: TestServer
  readonly sa: sql.ConnectionPool
  /** Runs batches as sa, one after another; each starts in master. */
  prepare(...batches: readonly string[]): Promise<void>
  as(user: string, database?: string): Promise<sql.ConnectionPool>
}

export async function startSignedIn(): Promise<SignedIn> {
  const server = await startTestServer()
  const sa = await server.connect()
  return {
    server,
    sa,
    async prepare(...batches) {
      for (const batch of batches) {
        await sa.batch(batch)
        await sa.batch('USE master')
      }
    },
    as: (user, database) => server.connect({ user, password, ...(database ? { database } : {}) }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** Number, class, state and text of what a batch fails with. */
export async function refused(pool: sql.ConnectionPool, batch: string): Promise<readonly unknown[]> {
  const { number, class: severity, state, text } = await failure(pool.batch(batch))
  return [number, severity, state, text]
}

export const rows = async (pool: sql.ConnectionPool, batch: string): Promise<readonly unknown[][]> =>
  ((await pool.batch(batch)).recordset ?? []).map((row: Record<string, unknown>) => Object.values(row))
