/** The tedious that mssql brings along, for what only the driver itself can do. */
import { createRequire } from 'node:module'
import type * as Tedious from 'tedious'
import { saPassword, type TestServer } from './running-server.ts'

const require = createRequire(createRequire(import.meta.url).resolve('mssql'))
export const tedious: typeof Tedious = require('tedious')

export interface TediousClient extends AsyncDisposable {
  readonly connection: Tedious.Connection
  /** Runs a batch; gives its rows as arrays. */
  rows(sql: string): Promise<unknown[][]>
  /** A bulk load: resolves with the count of rows. */
  load(options: LoadOptions): Promise<number | undefined>
}

type AddColumn = Parameters<Tedious.BulkLoad['addColumn']>
export type ColumnType = AddColumn[1]

export interface LoadOptions {
  readonly table: string
  readonly columns: readonly (readonly [name: string, type: ColumnType, how: AddColumn[2]])[]
  readonly rows: Parameters<Tedious.Connection['execBulkLoad']>[1]
  readonly options?: Parameters<Tedious.Connection['newBulkLoad']>[1]
  /** Gets the load before it runs, as a caller that may cancel it. */
  readonly started?: (load: Tedious.BulkLoad) => void
}

export async function connectTedious(
  server: TestServer,
  options: Tedious.ConnectionOptions = {},
): Promise<TediousClient> {
  const connection = new tedious.Connection({
    server: '127.0.0.1',
    authentication: { type: 'default', options: { userName: 'sa', password: saPassword } },
    options: { port: server.port, encrypt: false, trustServerCertificate: true, ...options },
  })
  await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())))
  return {
    connection,
    rows: (sql) =>
      new Promise((resolve, reject) => {
        const rows: unknown[][] = []
        const request = new tedious.Request(sql, (error) => (error ? reject(error) : resolve(rows)))
        request.on('row', (columns: { value: unknown }[]) => rows.push(columns.map(({ value }) => value)))
        connection.execSqlBatch(request)
      }),
    load: ({ table, columns, rows, options: bulkOptions, started }) =>
      new Promise((resolve, reject) => {
        const load = connection.newBulkLoad(table, bulkOptions ?? {}, (error, count) =>
          error ? reject(error) : resolve(count),
        )
        for (const [name, type, how] of columns) load.addColumn(name, type, how)
        started?.(load)
        connection.execBulkLoad(load, rows)
      }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        connection.on('end', () => resolve())
        connection.close()
      }),
  }
}
