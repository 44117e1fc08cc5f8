import { z } from 'zod'
import { identifier, literal } from './quote.ts'
import type { SqlPool } from './sql-pool.ts'

export interface DatabaseNames {
  readonly data: string
  readonly config: string
}

/** What a server keeps of itself in its own configuration database. */
export interface Configuration {
  /** Made with the configuration database: a rebuilt one is a new installation for the license server. */
  readonly machineId: string
  readonly allowedOrigins: readonly string[] | undefined
}

const setting = z.object({ name: z.string(), value: z.string() })

/** Makes the table when it is missing, then reads everything. */
export const readConfiguration = (newMachineId: string): string => `
IF OBJECT_ID(N'dbo.settings', N'U') IS NULL
BEGIN
CREATE TABLE dbo.settings (
  name NVARCHAR(100) NOT NULL CONSTRAINT PK_settings PRIMARY KEY,
  value NVARCHAR(4000) NOT NULL
);
INSERT INTO dbo.settings (name, value) VALUES (N'machineId', ${literal(newMachineId)});
END;
SELECT name, value FROM dbo.settings;`

export function configurationOf(rows: readonly unknown[]): Configuration {
  const values = new Map(rows.map((row) => setting.parse(row)).map(({ name, value }) => [name, value]))
  const origins = values.get('allowedOrigins')
  return {
    machineId: values.get('machineId') ?? '',
    allowedOrigins: origins === undefined ? undefined : z.array(z.string()).parse(JSON.parse(origins)),
  }
}

const kept = z.object({ failure: z.string().nullable() })

/**
 * Writes a setting over a connection to the data database, which is left as it was: a login for each would cost more
 * than all the rest. Rejects with SQL Server's text.
 */
export async function writeSetting(pool: SqlPool, names: DatabaseNames, name: string, value: string): Promise<void> {
  const { sets } = await pool.batch(`
USE ${identifier(names.config)};
DECLARE @failure NVARCHAR(2048);
BEGIN TRY
UPDATE dbo.settings SET value = ${literal(value)} WHERE name = ${literal(name)};
IF @@ROWCOUNT = 0 INSERT INTO dbo.settings (name, value) VALUES (${literal(name)}, ${literal(value)});
END TRY
BEGIN CATCH
SET @failure = ERROR_MESSAGE();
END CATCH;
USE ${identifier(names.data)};
SELECT @failure AS failure;`)
  const { failure } = kept.parse(sets.at(-1)?.[0])
  if (failure !== null) throw new Error(failure)
}
