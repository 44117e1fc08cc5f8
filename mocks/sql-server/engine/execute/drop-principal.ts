/** DROP USER, ROLE and LOGIN: only when nothing hangs on them. */
import { allows, requireServer } from '../../security/permissions.ts'
import { loginSecurable, principalSecurable } from '../../security/securable.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { PrincipalDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { securityErrors } from '../security-errors.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'

export async function dropPrincipal(
  x: Execution,
  name: string,
  s: { readonly what: 'USER' | 'ROLE'; readonly ifExists: boolean },
): Promise<void> {
  const { database } = x.session
  const catalog = catalogOf(x.session, database)
  const what = s.what === 'USER' ? 'user' : 'role'
  const principal = catalog.principal(name)
  if (principal?.role !== (s.what === 'ROLE') || !allows(x.session, principalSecurable(principal), 'ALTER')) {
    if (s.ifExists && !principal) return
    throw errors.cannotFind(what, name, 'drop')
  }
  if (principal.fixed) throw securityErrors.cannotVerb('drop', what, principal.name)
  refuseWhileUsed(catalog, principal)
  const key = principal.name.toLowerCase()
  const permissions = catalog.permissions
    .filter((entry) => entry.grantee.toLowerCase() === key || (entry.class === 4 && entry.major === principal.id))
    .map((entry) => entry.id)
  await changeCatalog(x, database, [], (store) => putEntries(x, database, store, [], [principal.id, ...permissions]))
}

function refuseWhileUsed(catalog: Catalog, principal: PrincipalDef): void {
  const key = principal.name.toLowerCase()
  for (const schema of catalog.schemas()) if (schema.owner.toLowerCase() === key) throw securityErrors.ownsSchema()
  for (const object of catalog.objects()) {
    if (object.owner?.toLowerCase() === key) throw securityErrors.ownsObjects()
    if ('executeAs' in object && object.executeAs && 'user' in object.executeAs)
      if (object.executeAs.user.toLowerCase() === key) throw securityErrors.isContext()
  }
  for (const other of catalog.principals()) {
    if (other.role && other.owner?.toLowerCase() === key) throw securityErrors.ownsRole()
    if (principal.role && other.memberOf.includes(key)) throw securityErrors.roleHasMembers()
  }
  if (catalog.permissions.some((entry) => entry.grantor?.toLowerCase() === key))
    throw securityErrors.grantedInDatabase()
}

export function dropLogin(x: Execution, name: string): void {
  const { instance } = x.session
  const refusal = () => errors.cannotFind('login', name, 'drop')
  const login = instance.logins.find(name)
  if (!login) throw refusal()
  requireServer(x.session, 'ALTER', refusal, loginSecurable(login.id))
  if (login.id === 1) throw securityErrors.cannotVerb('drop', 'login', login.name)
  if (instance.sessions().some((session) => session.contexts.original.id === login.id))
    throw securityErrors.loggedIn(login.name)
  if (instance.databases().some((database) => database.catalog.principal('dbo')?.sid === login.sid))
    throw securityErrors.ownsDatabase(login.name)
  if (instance.security.roles.some((role) => role.owner === login.id)) throw securityErrors.ownsServerRole()
  if (instance.security.permissions.some((entry) => entry.grantor === login.id))
    throw securityErrors.grantedServer(login.name)
  instance.logins.remove(name)
  instance.security.forget(login.id)
}
