import { z } from 'zod'
import { literal } from './quote.ts'
import type { SqlRunner } from './sql-pool.ts'

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

export async function writeSetting(runner: SqlRunner, name: string, value: string): Promise<void> {
  await runner.run(
    `UPDATE dbo.settings SET value = @value WHERE name = @name;
IF @@ROWCOUNT = 0 INSERT INTO dbo.settings (name, value) VALUES (@name, @value);`,
    { name, value },
  )
}
