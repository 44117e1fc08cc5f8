import 'reflect-metadata'
import { DataSource, type DataSourceOptions, type EntitySchema } from 'typeorm'
import { expect } from 'vitest'
import { saPassword, startTestServer } from '../running-server.ts'

export interface TypeOrmServer extends AsyncDisposable {
  /** A data source on a database of the server; all of them are closed with it. */
  open(
    database: string,
    entities: readonly EntitySchema<never>[],
    given?: Partial<DataSourceOptions>,
  ): Promise<DataSource>
}

/** A server with a database for each name, and TypeORM on it. */
export async function startTypeOrm(...databases: readonly string[]): Promise<TypeOrmServer> {
  const server = await startTestServer()
  const opened: DataSource[] = []
  const pool = await server.connect()
  for (const name of databases) await pool.query(`CREATE DATABASE [${name}]`)
  return {
    async open(database, entities, given) {
      const source = await new DataSource({
        type: 'mssql',
        host: '127.0.0.1',
        port: server.port,
        username: 'sa',
        password: saPassword,
        database,
        options: { encrypt: false, trustServerCertificate: true },
        entities,
        ...given,
      } as unknown as DataSourceOptions).initialize()
      opened.push(source)
      return source
    },
    async [Symbol.asyncDispose]() {
      for (const source of opened) if (source.isInitialized) await source.destroy()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** What TypeORM would change in the database: nothing, where the catalogue tells what TypeORM made. */
export async function expectInStep(source: DataSource): Promise<void> {
  const { upQueries } = await source.driver.createSchemaBuilder().log()
  expect(upQueries.map(({ query }) => query)).toEqual([])
}
