import type { HostClients, SqlSettings } from '../../../../harness/clients/index.ts'
import { identifier, literal } from '../store/quote.ts'
import { connectSql } from '../store/sql-pool.ts'

export interface BackupPlace {
  readonly clients: HostClients
  readonly settings: Omit<SqlSettings, 'database' | 'pool'>
  readonly databaseName: string
}

/** SQL Server writes the file, on its own disk. Without a date in its name, the last one is overwritten. */
export async function backUp({ clients, settings, databaseName }: BackupPlace, path: string): Promise<void> {
  await using master = await connectSql(clients, { ...settings, database: 'master', pool: { max: 1 } })
  await master.batch(`BACKUP DATABASE ${identifier(databaseName)} TO DISK = ${literal(path)} WITH INIT;`)
}

/** Restores into the existing database: everybody else is put out of it first, and let in again in any case. */
export async function restore({ clients, settings, databaseName }: BackupPlace, path: string): Promise<void> {
  const name = identifier(databaseName)
  await using master = await connectSql(clients, { ...settings, database: 'master', pool: { max: 1 } })
  await master.batch(`ALTER DATABASE ${name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE;`)
  try {
    await master.batch(`RESTORE DATABASE ${name} FROM DISK = ${literal(path)} WITH REPLACE;`)
  } finally {
    await master.batch(`ALTER DATABASE ${name} SET MULTI_USER;`)
  }
}
