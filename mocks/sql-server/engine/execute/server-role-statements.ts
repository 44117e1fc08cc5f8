/** CREATE, ALTER and DROP SERVER ROLE. */
import { hasServerPermission, requireServer } from '../../security/permissions.ts'
import { rightsOf } from '../../security/rights.ts'
import { serverRoleSecurable } from '../../security/securable.ts'
import { fixedServerRoleId, type ServerRole } from '../../security/server-security.ts'
import type { Statement } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { securityErrors } from '../security-errors.ts'
import type { Execution } from './execution.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

export function createServerRole(x: Execution, s: Of<'createRole'>): void {
  const { instance, login } = x.session
  requireServer(x.session, 'CREATE SERVER ROLE')
  if (instance.logins.find(s.name) || instance.security.isRole(s.name)) throw securityErrors.loginExists(s.name)
  const owner = s.owner === undefined ? login.id : principalId(x, s.owner)
  if (owner === undefined) throw errors.cannotFind('server principal', s.owner ?? '')
  const role: ServerRole = {
    id: instance.logins.newId(),
    name: s.name,
    owner,
    memberOf: [],
    created: instance.nowText(),
  }
  instance.security.change({ roles: [...instance.security.roles, role] })
}

/** A login or a server role. */
export function principalId(x: Execution, name: string): number | undefined {
  const { instance } = x.session
  return instance.logins.find(name)?.id ?? instance.security.roleId(name)
}

/** Members of a fixed role may add others to it; sysadmin is for sysadmins alone. */
function mayChangeMembers(x: Execution, role: string): boolean {
  const { session } = x
  const rights = rightsOf(session)
  if (rights.administrator) return true
  if (fixedServerRoleId(role) !== undefined) return role !== 'sysadmin' && rights.serverRoles.has(role)
  const own = session.instance.security.role(role)
  return own !== undefined && hasServerPermission(session, 'ALTER', serverRoleSecurable(own.id))
}

export function alterServerRole(x: Execution, s: Of<'alterRole'>, refusal?: () => Error): void {
  const { security, logins } = x.session.instance
  const role = s.role.toLowerCase()
  if (!security.isRole(role) || (role !== 'public' && !mayChangeMembers(x, role)))
    throw refusal?.() ?? errors.cannotFind('server role', s.role, 'alter')
  if (s.newName !== undefined) {
    renameServerRole(x, s.role, s.newName)
    return
  }
  if (role === 'public') throw securityErrors.publicMembers()
  const login = logins.find(s.member)
  const own = security.role(s.member)
  if (login?.name === 'sa') throw securityErrors.specialPrincipal(login.name)
  if (login) {
    logins.update(login, () => {
      if (s.add) login.roles.add(role)
      else login.roles.delete(role)
    })
    return
  }
  if (!own) throw errors.cannotFind('principal', s.member, s.add ? 'add' : 'drop')
  if (s.add && (own.name.toLowerCase() === role || isBelow(x, role, own.name.toLowerCase())))
    throw securityErrors.memberOfItself()
  const memberOf = s.add ? [...new Set([...own.memberOf, role])] : own.memberOf.filter((name) => name !== role)
  security.change({ roles: security.roles.map((each) => (each === own ? { ...own, memberOf } : each)) })
}

/** True when `role` is in `above`, directly or not. */
function isBelow(x: Execution, role: string, above: string): boolean {
  const { security } = x.session.instance
  return (security.role(role)?.memberOf ?? []).some((name) => name === above || isBelow(x, name, above))
}

function renameServerRole(x: Execution, name: string, newName: string): void {
  const { security, logins } = x.session.instance
  const role = security.role(name)
  if (!role) throw securityErrors.cannotVerb('alter', 'server role', name)
  if (logins.find(newName) || security.isRole(newName)) throw securityErrors.loginExists(newName)
  const [before, after] = [name.toLowerCase(), newName.toLowerCase()]
  const moved = (names: readonly string[]) => names.map((each) => (each === before ? after : each))
  security.change({
    roles: security.roles.map((each) => ({
      ...each,
      name: each === role ? newName : each.name,
      memberOf: moved(each.memberOf),
    })),
  })
  for (const login of logins.all())
    if (login.roles.has(before))
      logins.update(login, () => {
        login.roles.delete(before)
        login.roles.add(after)
      })
}

export function dropServerRole(x: Execution, name: string, ifExists: boolean): void {
  const { security, logins } = x.session.instance
  if (fixedServerRoleId(name) !== undefined) throw securityErrors.cannotVerb('drop', 'server role', name)
  const role = security.role(name)
  if (!role && ifExists) return
  if (!role || !hasServerPermission(x.session, 'CONTROL', serverRoleSecurable(role.id))) {
    if (!role || !hasServerPermission(x.session, 'ALTER ANY SERVER ROLE'))
      throw errors.cannotFind('server role', name, 'drop')
  }
  const key = name.toLowerCase()
  if (logins.all().some((login) => login.roles.has(key)) || security.roles.some((each) => each.memberOf.includes(key)))
    throw securityErrors.roleHasMembers()
  security.change({ roles: security.roles.filter((each) => each !== role) })
  security.forget(role.id)
}
