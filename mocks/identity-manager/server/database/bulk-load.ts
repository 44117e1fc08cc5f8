import type { HostClients } from '../../../../harness/clients/index.ts'
import { type Database, DatabaseUnavailable } from './database.ts'
import { databaseFacts, refusalOf } from './rights.ts'

/** Something that the product knows of: a person, an account, a group. */
export interface Resource {
  readonly entityType: string
  readonly identifier: string
  readonly displayName: string
  readonly mail?: string | undefined
}

export type BulkLoaded =
  | { readonly ok: true; readonly rows: number }
  | { readonly ok: false; readonly code: string; readonly text: string }

/**
 * Writes resources by a bulk load (INSERT BULK, as SqlBulkCopy does). The documentation wants bulkadmin and db_owner for
 * bulk operations: who has one of them not is refused by SQL Server with the statement that needs it.
 */
export async function bulkLoad(
  clients: HostClients,
  database: Database,
  resources: readonly Resource[],
): Promise<BulkLoaded> {
  const { login, missing } = await databaseFacts(database)
  for (const right of ['bulkadmin', 'db_owner'] as const) {
    if (!missing.includes(right)) continue
    const { number, text } = await refusalOf(database, right, login)
    return { ok: false, code: String(number ?? 'unknown'), text }
  }
  const { Table, NVarChar, MAX } = await clients.sql.library()
  const table = new Table('UR_Resource')
  table.columns.add('EntityType', NVarChar(100), { nullable: false })
  table.columns.add('Identifier', NVarChar(200), { nullable: false })
  table.columns.add('DisplayName', NVarChar(400), { nullable: false })
  table.columns.add('Mail', NVarChar(254), { nullable: true })
  table.columns.add('Attributes', NVarChar(MAX), { nullable: true })
  for (const { entityType, identifier, displayName, mail } of resources) {
    table.rows.add(entityType, identifier, displayName, mail ?? null, null)
  }
  try {
    const { rowsAffected } = await (await database.pool()).request().bulk(table)
    return { ok: true, rows: rowsAffected }
  } catch (error) {
    const { code, message } = error instanceof DatabaseUnavailable ? error : new DatabaseUnavailable(error)
    return { ok: false, code, text: message }
  }
}
