import { z } from 'zod'
import { sqlFailure } from '../../../../harness/clients/sql-failure.ts'
import { type Database, DatabaseUnavailable } from './database.ts'
import { identifier } from './quoting.ts'

/** The rights that the requirement demands of the server's login, in the order in which they are asked for. */
export const databaseRights = ['sysadmin or securityadmin', 'db_owner', 'bulkadmin'] as const
export type DatabaseRight = (typeof databaseRights)[number]

/** A right that is missing, and what SQL Server answers to who has it not. */
export interface MissingRight {
  readonly right: DatabaseRight
  readonly number?: number
  readonly text: string
}

export interface DatabaseFacts {
  readonly login: string
  readonly encrypted: boolean
  readonly missing: readonly DatabaseRight[]
}

const flag = z.number().nullable()
const row = z.object({
  login: z.string(),
  administers: flag,
  secures: flag,
  bulks: flag,
  owner: flag,
  encrypted: z.string().nullish(),
})

const ASK = `SELECT SUSER_SNAME() AS login,
  IS_SRVROLEMEMBER(N'sysadmin') AS administers, IS_SRVROLEMEMBER(N'securityadmin') AS secures,
  HAS_PERMS_BY_NAME(NULL, NULL, N'ADMINISTER BULK OPERATIONS') AS bulks, IS_ROLEMEMBER(N'db_owner') AS owner;`

// Who may not see the server's state is refused the view.
const ASK_ENCRYPTED = `SELECT encrypt_option AS encrypted FROM sys.dm_exec_connections WHERE session_id = @@SPID;`

/** Who SQL Server takes the server for, and what this login may not do. Throws `DatabaseUnavailable`. */
export async function databaseFacts(database: Database): Promise<DatabaseFacts> {
  const facts = row.parse((await database.query(ASK))[0])
  const administers = facts.administers === 1
  const missing: DatabaseRight[] = []
  if (!administers && facts.secures !== 1) missing.push('sysadmin or securityadmin')
  if (!administers && facts.owner !== 1) missing.push('db_owner')
  if (facts.bulks !== 1) missing.push('bulkadmin')
  return { login: facts.login, encrypted: await isEncrypted(database), missing }
}

async function isEncrypted(database: Database): Promise<boolean> {
  try {
    const found = z.object({ encrypted: z.string() }).safeParse((await database.query(ASK_ENCRYPTED))[0])
    return found.data?.encrypted.toUpperCase() === 'TRUE'
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return database.settings.encrypt !== false
    throw error
  }
}

/** Does what needs the right, and gives SQL Server's own refusal: what the administrator finds in the log. */
export async function refusalOf(database: Database, right: DatabaseRight, login: string): Promise<MissingRight> {
  try {
    await database.query(statementThatNeeds(right, login))
    return { right, text: `the login is no member of ${right}` }
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error
    const first = sqlFailure(error.cause).all[0]
    return { right, ...(first ? { number: first.number } : {}), text: error.message }
  }
}

function statementThatNeeds(right: DatabaseRight, login: string): string {
  switch (right) {
    case 'sysadmin or securityadmin':
      return `ALTER SERVER ROLE securityadmin ADD MEMBER ${identifier(login)};`
    case 'db_owner':
      return `ALTER ROLE db_owner ADD MEMBER ${identifier(login)};`
    case 'bulkadmin':
      return `BULK INSERT UR_Resource FROM N'nothing.csv';`
  }
}
