import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { HostClients, SqlSettings } from '../../../../harness/clients/index.ts'
import { sqlFailure } from '../../../../harness/clients/sql-failure.ts'
import { newDatabaseKey, seal, unseal, wrappingKey } from '../security/sealed.ts'
import { type Configuration, configurationOf, type DatabaseNames, readConfiguration } from './configuration.ts'
import type { FreshDatabase } from './content-statements.ts'
import { identifier } from './quote.ts'
import { alreadyThere, createDatabase, describe, provision } from './schema.ts'
import { connectSql, type SqlPool } from './sql-pool.ts'

export interface DatabaseAccess {
  readonly clients: HostClients
  readonly settings: Omit<SqlSettings, 'database' | 'pool'>
  readonly names: DatabaseNames
  readonly keyPassphrase: string
  /** First content, for a database that has none; sealed under the key given. */
  readonly firstContent: (key: Buffer) => Promise<Omit<FreshDatabase, 'wrappedKey'>>
  readonly maxConnections: number
}

/** The data database, open. `key` is missing when this server has not the database certificate. */
export interface OpenDatabase {
  readonly pool: SqlPool
  readonly configuration: Configuration
  readonly key: Buffer | undefined
}

const info = z.object({ patch_level: z.number(), wrapped_key: z.instanceof(Buffer) })

/** Connects, makes both databases and their content where they are missing. Rejects with `mssql`'s own errors. */
export async function openDatabase(
  access: DatabaseAccess,
  onConfiguration: (configuration: Configuration) => void,
): Promise<OpenDatabase> {
  const { clients, settings, names } = access
  const wrapping = wrappingKey(access.keyPassphrase, names.data)
  const [connected, fresh] = await Promise.allSettled([
    connectSql(clients, { ...settings, database: 'master', pool: { max: 1 } }),
    freshDatabase(access, wrapping),
  ])
  await using setup = resultOf(connected)
  await unlessThere(alreadyThere.database, setup.batch(createDatabase(names.data)))
  const [data, configured] = await Promise.allSettled([
    openData(access, resultOf(fresh)),
    openConfiguration(setup, names.config).then((configuration) => {
      onConfiguration(configuration)
      return configuration
    }),
  ])
  const { pool, wrappedKey } = resultOf(data)
  if (configured.status === 'rejected') await pool[Symbol.asyncDispose]()
  return { pool, configuration: resultOf(configured), key: unseal(wrapping, wrappedKey) }
}

function resultOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

async function freshDatabase(access: DatabaseAccess, wrapping: Buffer): Promise<FreshDatabase> {
  const key = newDatabaseKey()
  return { wrappedKey: seal(wrapping, key), ...(await access.firstContent(key)) }
}

async function openData(
  { clients, settings, names, maxConnections }: DatabaseAccess,
  content: FreshDatabase,
): Promise<{ readonly pool: SqlPool; readonly wrappedKey: Buffer }> {
  await using owned = new AsyncDisposableStack()
  const pool = owned.use(
    await connectSql(clients, { ...settings, database: names.data, pool: { max: maxConnections } }),
  )
  const made = await unlessThere(alreadyThere.object, pool.batch(provision(content)))
  const answer = made ?? (await pool.batch(describe))
  const { wrapped_key: wrappedKey } = info.parse(answer.sets.at(-1)?.[0])
  owned.move()
  return { pool, wrappedKey }
}

async function openConfiguration(setup: SqlPool, name: string): Promise<Configuration> {
  await unlessThere(alreadyThere.database, setup.batch(createDatabase(name)))
  const { sets } = await setup.batch(`USE ${identifier(name)};${readConfiguration(randomUUID())}`)
  return configurationOf(sets.at(-1) ?? [])
}

/** Waits for a statement; undefined when it failed only because another server had done the same. */
async function unlessThere<T>(number: number, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (sqlFailure(error).all.some((one) => one.number === number)) return undefined
    throw error
  }
}
