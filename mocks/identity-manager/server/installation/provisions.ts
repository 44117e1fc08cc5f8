import type { z } from 'zod'
import type { Provision } from '../../../../harness/host/component.ts'
import { identifier, text } from '../database/quoting.ts'
import { usercubeScript } from '../database/usercube-script.ts'
import { netbiosNameOf } from '../hosting/process-account.ts'
import type { serverSettings } from '../settings.ts'
import { registration } from './external-provider.ts'
import { firstContent } from './first-content.ts'

/** What the administrator prepares elsewhere: the account in the domain; login, database and rights at SQL Server. */
export function serverProvisions(
  settings: z.output<typeof serverSettings>,
  host: { readonly name: string; readonly fqdn: string },
): readonly Provision[] {
  return [...accountOf(settings, host.fqdn), ...databaseOf(settings, host.fqdn), registration(settings, host.fqdn)]
}

function accountOf({ serviceAccount }: z.output<typeof serverSettings>, fqdn: string): readonly Provision[] {
  const { name, password, prepared } = serviceAccount
  const [domain = '', account] = name.split('\\', 2)
  // An account of another domain, or of this computer, is nothing that this domain's administrator makes.
  if (!prepared || account === undefined || domain.toUpperCase() !== netbiosNameOf(fqdn)) return []
  return [{ reference: 'directory', action: 'set-account', input: { name: account, password } }]
}

function databaseOf(settings: z.output<typeof serverSettings>, fqdn: string): readonly Provision[] {
  const { databaseRights: rights, databaseName, databaseInstance } = settings
  const instance = databaseInstance === undefined ? {} : { instance: databaseInstance }
  const windows = settings.sqlAuthentication === 'windows'
  // The service account's, whoever the process then runs as: nobody gives the built-in identity a login by himself.
  const name = windows ? settings.serviceAccount.name : settings.sqlUser
  const login = { name, roles: [...rights.serverRoles], ...instance }
  const execute = (sql: string, database = 'master'): Provision => ({
    reference: 'database',
    action: 'execute',
    input: { sql, database, ...instance },
  })
  const user = identifier(name)
  const inDatabase = [
    ...(rights.script ? [usercubeScript, firstContent(settings, domainOf(fqdn))] : []),
    ...(rights.login ? [`IF DATABASE_PRINCIPAL_ID(${text(name)}) IS NULL CREATE USER ${user} FOR LOGIN ${user};`] : []),
    ...(rights.login && rights.dbOwner ? [`ALTER ROLE db_owner ADD MEMBER ${user};`] : []),
  ]
  const made: Provision = windows
    ? { reference: 'database', action: 'create-windows-login', input: login }
    : { reference: 'database', action: 'create-login', input: { ...login, password: settings.sqlPassword } }
  return [
    execute(`IF DB_ID(${text(databaseName)}) IS NULL CREATE DATABASE ${identifier(databaseName)};`),
    ...(rights.login ? [made] : []),
    ...(inDatabase.length > 0 ? [execute(inDatabase.join('\n'), databaseName)] : []),
  ]
}

const domainOf = (fqdn: string): string => fqdn.slice(fqdn.indexOf('.') + 1)
