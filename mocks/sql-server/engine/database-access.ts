/** Who may enter a database as it stands, and who may change it: numbers, classes and texts of SQL Server's message list. */
import type { Login } from '../security/login.ts'
import { canUse, userOf } from '../security/permissions.ts'
import { isServerAdministrator } from '../security/rights.ts'
import { errors } from './errors.ts'
import type { SqlInstance } from './instance.ts'
import { SqlError } from './sql-error.ts'
import type { SqlDatabase } from './storage/database.ts'
import type { DatabaseState } from './storage/database-states.ts'

/** Undefined when a login may enter; `others` counts the sessions that are in it already, without the one that asks. */
export function entryError(
  instance: SqlInstance,
  database: SqlDatabase,
  login: Login,
  others: () => number,
): SqlError | undefined {
  const closed = closedError(instance, database, login)
  if (closed) return closed
  if (!canUse(instance, login, database)) return errors.noAccess(login.name, database.name)
  if (database.access === 'SINGLE_USER' && others() > 0)
    return new SqlError(924, 14, 1, `Database '${database.name}' is already open and can only have one user at a time.`)
  if (database.access === 'RESTRICTED_USER' && !mayEnterRestricted(instance, database, login)) {
    const text = `Database '${database.name}' is in restricted mode. Only the database owner and members of the dbcreator and sysadmin roles can access it.`
    return new SqlError(923, 14, 1, text)
  }
  return undefined
}

/** The database's state forbids it, whoever it is. */
export function closedError(instance: SqlInstance, database: SqlDatabase, login: Login): SqlError | undefined {
  if (database.state === 'ONLINE') return undefined
  // Only administrators may look into one in emergency mode.
  if (database.state === 'EMERGENCY')
    return isServerAdministrator(instance, login) ? undefined : errors.noAccess(login.name, database.name)
  return stateError(database.name, database.state)
}

function stateError(name: string, state: Exclude<DatabaseState, 'ONLINE' | 'EMERGENCY'>): SqlError {
  switch (state) {
    case 'OFFLINE':
      return errors.offline(name)
    case 'RESTORING':
      return new SqlError(927, 14, 2, `Database '${name}' cannot be opened. It is in the middle of a restore.`)
    case 'RECOVERING':
      return new SqlError(922, 14, 1, `Database '${name}' is being recovered. Waiting until recovery is finished.`)
    case 'RECOVERY_PENDING': {
      const why = 'inaccessible files or insufficient memory or disk space'
      const text = `Database '${name}' cannot be opened due to ${why}.  See the SQL Server errorlog for details.`
      return new SqlError(945, 16, 2, text)
    }
    case 'SUSPECT': {
      const text = `Database '${name}' cannot be opened. It has been marked SUSPECT by recovery. See the SQL Server errorlog for more information.`
      return new SqlError(926, 14, 1, text)
    }
  }
}

/** Throws when nothing in the database can be changed: it is read-only, or in emergency mode. */
export function needWritable(database: SqlDatabase): void {
  const { name, state, readOnly } = database
  if (state === 'EMERGENCY') {
    const text = `Could not run BEGIN TRANSACTION in database '${name}' because the database is in emergency mode or is damaged and must be restarted.`
    throw new SqlError(3908, 16, 1, text)
  }
  if (readOnly)
    throw new SqlError(3906, 16, 1, `Failed to update database "${name}" because the database is read-only.`)
}

const mayEnterRestricted = (instance: SqlInstance, database: SqlDatabase, login: Login): boolean => {
  const roles = instance.security.rolesOf(login)
  if (roles.has('sysadmin') || roles.has('dbcreator')) return true
  const user = userOf(instance, login, database)
  return user?.name === 'dbo' || (user?.memberOf.includes('db_owner') ?? false)
}
