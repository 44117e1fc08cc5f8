import { HarnessError, messageOf } from '../../../harness/context/error.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'

export type SqlRow = Record<string, null | number | boolean | string>

/** sa of a real server, by the real client, from the server's own host. */
export interface Administrator {
  /** Runs a batch in a connection of its own; gives the rows of all its results. Throws `action-failed` with the server's text. */
  run(sql: string, database?: string): Promise<SqlRow[]>
  /** sa's password has become this one. */
  takePassword(password: string): void
}

const LOGIN_MS = 15_000
const APPLICATION = 'landscape-lab'

export function administratorOf(host: ComponentHost, port: number, firstPassword: string): Administrator {
  let password = firstPassword
  return {
    takePassword(next) {
      password = next
    },
    async run(sql, database = 'master') {
      try {
        const pool = await host.clients.sql.connect({
          ...{ server: '127.0.0.1', port, database, user: 'sa', password },
          // The way is this host's own loopback, and the certificate may be one that is to be refused.
          trustServerCertificate: true,
          serverName: 'localhost',
          connectTimeoutMs: LOGIN_MS,
          validateConnection: false,
          appName: APPLICATION,
          pool: { max: 1 },
        })
        try {
          const { recordsets } = await pool.request().batch(sql)
          // Without `arrayRowMode` the library gives a list of results.
          return (recordsets as Record<string, unknown>[][]).flat().map(plainRow)
        } finally {
          await pool.close()
        }
      } catch (error) {
        throw new HarnessError('action-failed', `sql-server on ${host.name}: ${messageOf(error)}`, { cause: error })
      }
    },
  }
}

/** Dates as text, bytes as hex, numbers that JSON would round as text: as the simulator gives them. */
const plainRow = (row: Record<string, unknown>): SqlRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))

function plain(value: unknown): SqlRow[string] {
  if (value === null || value === undefined) return null
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value
  if (value instanceof Date) return value.toISOString()
  if (Buffer.isBuffer(value)) return value.toString('hex')
  return String(value)
}

/** `N'…'` */
export const quoted = (text: string): string => `N'${text.replaceAll("'", "''")}'`

/** `[…]` */
export const named = (name: string): string => `[${name.replaceAll(']', ']]')}]`
