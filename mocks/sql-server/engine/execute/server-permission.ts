/** GRANT, DENY and REVOKE on the server, its logins and its roles. */
import { permissionFact } from '../../security/permission-table.ts'
import { rightsOf } from '../../security/rights.ts'
import { fixedServerRoleId, publicServerRole, type ServerPermission } from '../../security/server-security.ts'
import { errors } from '../errors.ts'
import { securityErrors } from '../security-errors.ts'
import type { Execution } from './execution.ts'
import type { PermissionStatement } from './permission-statement.ts'
import { type Found, findSecurable } from './securable-of-name.ts'
import { principalId } from './server-role-statements.ts'

type ServerClass = ServerPermission['class']

export function serverPermission(x: Execution, s: PermissionStatement, kind: ServerClass): void {
  const { session } = x
  const { security } = session.instance
  if (session.database.name !== 'master') throw securityErrors.onlyInMaster()
  const found = findSecurable(x, kind, s.on?.name ?? [''])
  const names = s.permissions.map(({ name, columns }) => {
    if (columns) throw securityErrors.noSubEntities()
    if (!permissionFact(kind, name)) throw securityErrors.notCompatible(name)
    return name
  })
  const grantor = grantorOf(x, s, found, names)
  let permissions: readonly ServerPermission[] = security.permissions
  for (const principal of s.principals) {
    const grantee = granteeOf(x, principal)
    for (const permission of names) {
      const same = (entry: ServerPermission): boolean =>
        entry.grantee === grantee &&
        entry.permission === permission &&
        entry.class === kind &&
        entry.major === found.securable.major
      const grantable = permissions.some((entry) => same(entry) && entry.state === 'GRANT_WITH_GRANT_OPTION')
      if (s.verb !== 'GRANT' && grantable && !s.cascade) throw securityErrors.needsCascade()
      if (s.optionOnly && !grantable) continue
      permissions = permissions.filter(
        (entry) =>
          !same(entry) &&
          !(s.cascade && entry.grantor === grantee && entry.permission === permission && entry.class === kind),
      )
      const base = { grantee, grantor, permission, class: kind, major: found.securable.major }
      if (s.verb === 'DENY') permissions = [...permissions, { ...base, state: 'DENY' }]
      else if (s.verb === 'GRANT')
        permissions = [...permissions, { ...base, state: s.grantOption ? 'GRANT_WITH_GRANT_OPTION' : 'GRANT' }]
      else if (s.optionOnly) permissions = [...permissions, { ...base, state: 'GRANT' }]
      // Every login has this one without a word; taking it away must be kept.
      else if (permission === 'CONNECT SQL') permissions = [...permissions, { ...base, state: 'REVOKED' }]
    }
  }
  security.change({ permissions })
}

function granteeOf(x: Execution, name: string): number {
  const { login } = x.session
  const id = principalId(x, name)
  if (id === undefined) throw errors.cannotFind('login', name)
  if (id === 1 || id === login.id) throw securityErrors.yourself()
  if (fixedServerRoleId(name) !== undefined && id !== publicServerRole) throw securityErrors.specialRole()
  return id
}

function grantorOf(x: Execution, s: PermissionStatement, found: Found, names: readonly string[]): number {
  const { session } = x
  const { security } = session.instance
  const rights = rightsOf(session)
  const as = s.as === undefined ? undefined : principalId(x, s.as)
  if (s.as !== undefined && as === undefined) throw errors.cannotFind('login', s.as)
  const control = found.securable.class === 'SERVER' ? 'CONTROL SERVER' : 'CONTROL'
  if (rights.administrator || rights.serverRoles.has('securityadmin') || rights.allows(found.securable, control)) {
    // A securityadmin may hand out the server, but not what he would be equal to a sysadmin with.
    if (!rights.administrator && names.includes('CONTROL SERVER') && !rights.allows(found.securable, 'CONTROL SERVER'))
      throw securityErrors.noGrant()
    return as ?? 1
  }
  const grantors = new Set(as === undefined ? [session.login.id] : [as])
  const holds = (name: string): boolean =>
    security.permissions.some(
      (entry) =>
        entry.state === 'GRANT_WITH_GRANT_OPTION' &&
        grantors.has(entry.grantee) &&
        entry.permission === name &&
        entry.class === found.securable.class &&
        entry.major === found.securable.major,
    )
  if (names.every(holds)) return as ?? session.login.id
  throw found.securable.class === 'LOGIN' ? errors.cannotFind('login', found.name) : securityErrors.noGrant()
}
