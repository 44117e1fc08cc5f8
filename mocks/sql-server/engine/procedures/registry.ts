/** The system procedures that read and change the catalogue, by name; each family is loaded when it is first called. */
import type { Execution } from '../execute/execution.ts'
import type { Argument } from '../execute/procedure.ts'
import { SqlError } from '../sql-error.ts'
import { ProcedureCall, type SystemProcedure } from './procedure-call.ts'

type Family = Readonly<Record<string, SystemProcedure>>

const families: readonly (readonly [names: string, load: () => Promise<Family>])[] = [
  [
    'sp_columns sp_columns_90 sp_columns_100 sp_special_columns sp_special_columns_90 sp_special_columns_100 sp_sproc_columns sp_sproc_columns_90 sp_sproc_columns_100',
    async () => (await import('./odbc-columns.ts')).columnProcedures,
  ],
  ['sp_pkeys sp_fkeys sp_statistics sp_statistics_100', async () => (await import('./odbc-keys.ts')).keyProcedures],
  [
    'sp_tables sp_stored_procedures sp_databases sp_table_privileges sp_column_privileges',
    async () => (await import('./odbc-tables.ts')).tableProcedures,
  ],
  [
    'sp_datatype_info sp_datatype_info_90 sp_datatype_info_100 sp_server_info',
    async () => (await import('./odbc-types-list.ts')).typeProcedures,
  ],
  [
    'sp_help sp_helpindex sp_helpconstraint sp_helptext sp_helpdb sp_spaceused',
    async () => (await import('./help.ts')).helpProcedures,
  ],
  ['sp_who sp_who2 sp_lock sp_set_session_context', async () => (await import('./sessions.ts')).sessionProcedures],
  [
    'sp_msforeachtable sp_msforeachdb sp_oledb_ro_usrname sp_tablecollations_100',
    async () => (await import('./for-each.ts')).batchProcedures,
  ],
  [
    'sp_addextendedproperty sp_updateextendedproperty sp_dropextendedproperty',
    async () => (await import('./properties.ts')).propertyProcedures,
  ],
  ['sp_describe_first_result_set', async () => (await import('./describe.ts')).describeProcedures],
  ['sp_configure', async () => (await import('./configure.ts')).configureProcedures],
  [
    'xp_logininfo sp_grantlogin sp_denylogin sp_revokelogin',
    async () => (await import('./windows-logins.ts')).windowsLoginProcedures,
  ],
  ['sp_getapplock sp_releaseapplock', async () => (await import('./application-locks.ts')).lockProcedures],
  ['sp_sequence_get_range', async () => (await import('./sequence-range.ts')).sequenceProcedures],
  [
    'sp_addlogin sp_droplogin sp_password sp_defaultdb sp_defaultlanguage sp_addsrvrolemember sp_dropsrvrolemember sp_helpsrvrole sp_helpsrvrolemember sp_helplogins',
    async () => (await import('./login-procedures.ts')).loginProcedures,
  ],
  [
    'sp_grantdbaccess sp_revokedbaccess sp_adduser sp_dropuser sp_addrole sp_droprole sp_addrolemember sp_droprolemember sp_changedbowner sp_change_users_login',
    async () => (await import('./user-procedures.ts')).userProcedures,
  ],
  [
    'sp_helpuser sp_helprole sp_helprolemember sp_helpdbfixedrole sp_helprotect',
    async () => (await import('./help-procedures.ts')).helpProcedures,
  ],
  ['sp_readerrorlog xp_readerrorlog', async () => (await import('./error-log-procedures.ts')).errorLogProcedures],
  [
    'sp_addmessage sp_altermessage sp_dropmessage',
    async () => (await import('./message-procedures.ts')).messageProcedures,
  ],
  ['sp_addtype sp_droptype', async () => (await import('./type-procedures.ts')).typeNameProcedures],
  [
    'xp_msver xp_regread xp_instance_regread sp_recompile sp_refreshview sp_refreshsqlmodule sp_updatestats',
    async () => (await import('./server-facts.ts')).serverFactProcedures,
  ],
  ['sp_rename', async () => (await import('./rename.ts')).renameProcedures],
]

const loaders: ReadonlyMap<string, () => Promise<Family>> = new Map(
  families.flatMap(([names, load]) => names.split(' ').map((name) => [name, load] as const)),
)

export const isCatalogProcedure = (name: string): boolean => loaders.has(name)
export const catalogProcedureNames = (): readonly string[] => [...loaders.keys()]

/** Runs one; gives its return status. An error inside says which procedure it comes from. */
export async function runCatalogProcedure(x: Execution, name: string, args: readonly Argument[]): Promise<number> {
  const load = loaders.get(name)
  const procedure = load && (await load())[name]
  if (!procedure) throw new Error(`no system procedure ${name}`)
  const call = new ProcedureCall(x, name, procedure.parameters, args)
  try {
    return (await procedure.run(call)) ?? 0
  } catch (error) {
    if (error instanceof SqlError && error.procedure === '') error.procedure = name
    throw error
  }
}
