import type { ConnectionPool } from './sql-library.ts'

/** How mssql's pool makes and ends connections, which its types do not show. */
interface PoolParts {
  _poolCreate(): Promise<object>
  _poolDestroy(connection: object): Promise<void>
}

/**
 * Opens a pool that keeps the connection which it has logged in with. mssql tries its settings with one login, ends that
 * connection, and logs in again for the first request: no other driver does, and each login is a TLS handshake and more.
 */
export async function connectKeepingFirst(pool: ConnectionPool): Promise<ConnectionPool> {
  const parts = pool as unknown as PoolParts
  const create = parts._poolCreate
  const destroy = parts._poolDestroy
  let first: object | undefined
  parts._poolDestroy = async (connection) => {
    parts._poolDestroy = destroy
    first = connection
  }
  await pool.connect()
  if (first === undefined) return pool
  const kept = first
  parts._poolCreate = async () => {
    parts._poolCreate = create
    return kept
  }
  // From now on it is the pool's own, which checks and ends it as any other.
  pool.pool.release(await pool.pool.acquire().promise)
  return pool
}
