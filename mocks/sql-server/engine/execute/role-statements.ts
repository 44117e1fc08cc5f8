/** Roles of a database. */
import { allows, hasPermission, permissionDenied } from '../../security/permissions.ts'
import { rightsOf } from '../../security/rights.ts'
import { principalSecurable } from '../../security/securable.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { PrincipalDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { securityErrors } from '../security-errors.ts'
import { catalogOf, type Execution } from './execution.ts'
import { mayGiveTo, put, renamed } from './user-statements.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

export async function createRole(x: Execution, s: Of<'createRole'>): Promise<void> {
  const { session } = x
  if (!hasPermission(session, session.database, 'CREATE ROLE')) throw permissionDenied()
  const catalog = catalogOf(session, session.database)
  if (catalog.principal(s.name)) throw securityErrors.principalExists(s.name)
  const owner = s.owner === undefined ? rightsOf(session).user : catalog.principal(s.owner)
  if (s.owner !== undefined && (!owner || !mayGiveTo(x, owner))) throw errors.cannotFind('user', s.owner)
  await put(x, [
    {
      kind: 'principal',
      id: catalog.newPrincipalId(),
      name: s.name,
      role: true,
      fixed: false,
      ...(owner && owner.name !== 'dbo' ? { owner: owner.name } : {}),
      defaultSchema: '',
      memberOf: [],
      created: session.instance.nowText(),
    },
  ])
}

/** Fixed roles are the owner's to fill; the others are for whoever may alter them. */
const mayAlterRole = (x: Execution, role: PrincipalDef): boolean =>
  role.fixed
    ? hasPermission(x.session, x.session.database, 'CONTROL')
    : allows(x.session, principalSecurable(role), 'ALTER')

export async function alterRole(x: Execution, s: Of<'alterRole'>, refusal?: () => Error): Promise<void> {
  const { session } = x
  const catalog = catalogOf(session, session.database)
  const role = catalog.principal(s.role)
  if (!role?.role || !mayAlterRole(x, role)) throw refusal?.() ?? errors.cannotFind('role', s.role, 'alter')
  if (s.newName !== undefined) {
    if (role.fixed) throw securityErrors.cannotVerb('alter', 'role', role.name)
    if (catalog.principal(s.newName)) throw securityErrors.principalExists(s.newName)
    await put(x, [{ ...role, name: s.newName }, ...renamed(x, role.name, s.newName)])
    return
  }
  if (role.name === 'public') throw securityErrors.publicMembers()
  const member = catalog.principal(s.member)
  if (!member) throw errors.cannotFind('principal', s.member, s.add ? 'add' : 'drop')
  if (member.name === 'dbo' || member.name === 'public' || (member.role && member.fixed))
    throw securityErrors.specialPrincipal(member.name)
  const key = role.name.toLowerCase()
  if (s.add && member.role && (member === role || isBelow(x, role, member.name.toLowerCase())))
    throw securityErrors.memberOfItself()
  const memberOf = s.add ? [...new Set([...member.memberOf, key])] : member.memberOf.filter((name) => name !== key)
  await put(x, [{ ...member, memberOf }])
}

function isBelow(x: Execution, role: PrincipalDef, above: string): boolean {
  const catalog = catalogOf(x.session, x.session.database)
  return role.memberOf.some((name) => {
    const next = catalog.principal(name)
    return name === above || (next !== undefined && isBelow(x, next, above))
  })
}
