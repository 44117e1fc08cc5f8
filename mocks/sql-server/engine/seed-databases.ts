import type { SqlInstance } from './instance.ts'
import type { SqlDatabase } from './storage/database.ts'
import type { DatabaseState, databaseAccesses, databaseRecoveries } from './storage/database-states.ts'

/** What a database is made to be from outside: by a setting, or by the control plane. */
export interface DatabaseChange {
  readonly state?: DatabaseState | undefined
  readonly access?: (typeof databaseAccesses)[number] | undefined
  readonly recovery?: (typeof databaseRecoveries)[number] | undefined
  readonly readOnly?: boolean | undefined
}

/** Databases that a landscape names: made where they are not there yet, and put into their state at every start. */
export function seedDatabases(instance: SqlInstance, databases: Readonly<Record<string, DatabaseChange>>): void {
  for (const [name, change] of Object.entries(databases)) {
    const found = instance.findDatabase(name) ?? instance.addDatabase(name, instance.collation)
    changeDatabase(instance, found, change)
  }
}

/** Puts a database into a state as a fault would: who is in it, and may not be, is cut off. */
export function changeDatabase(instance: SqlInstance, database: SqlDatabase, change: DatabaseChange): void {
  const { state = database.state, access = database.access, recovery = database.recovery } = change
  Object.assign(database, { state, access, recovery, readOnly: change.readOnly ?? database.readOnly })
  const closes = state !== 'ONLINE' || access !== 'MULTI_USER'
  if (closes) for (const user of instance.usersOf(database)) user.end()
  instance.errorLog.write('spid7s', stateLine(database.name, state))
  instance.databaseChanged(database)
}

function stateLine(name: string, state: DatabaseState): string {
  switch (state) {
    case 'RESTORING':
      return `The database '${name}' is marked RESTORING and is in a state that does not allow recovery to be run.`
    case 'SUSPECT':
      return `Database '${name}' cannot be opened. It has been marked SUSPECT by recovery.`
    case 'OFFLINE':
    case 'EMERGENCY':
      return `Setting database option ${state} to ON for database '${name}'.`
    default:
      return `Starting up database '${name}'.`
  }
}
