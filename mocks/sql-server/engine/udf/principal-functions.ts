import { hasPermission } from '../../security/permissions.ts'
import { serverRoles } from '../../security/server-roles.ts'
import type { Cell } from '../../tds/data-type.ts'
import type { SqlSession } from '../session.ts'
import { objectOf } from './object-functions.ts'
import { text } from './session-answer.ts'

export const roleAnswer = (session: SqlSession, role: string, login: Cell | undefined): Cell => {
  const wanted = role.toLowerCase()
  if (wanted !== 'public' && !serverRoles.some((known) => known === wanted)) return null
  const who = login === undefined ? session.login : session.instance.logins.find(text(login))
  if (!who) return null
  return wanted === 'public' || who.roles.has(wanted) || who.roles.has('sysadmin') ? 1 : 0
}

/** dbo is 1, guest 2, public 0; fixed roles count from 16384. */
export const principalId = (id: number): number =>
  id === -2 ? 1 : id === -3 ? 2 : id === -1 ? 0 : id <= -firstAfterGap ? 1 - id : id < 0 ? -id : id
/** No role has the number 16388. */
const firstAfterGap = 16_388

export function hasPermissionByName(session: SqlSession, securable: Cell, kind: Cell, permission: string): Cell {
  if (kind === null)
    return session.login.roles.has('sysadmin') || session.login.granted.has(permission.toUpperCase()) ? 1 : 0
  if (text(kind).toUpperCase() === 'OBJECT') {
    const object = objectOf(session, text(securable))
    return object ? (hasPermission(session, session.database, permission.toUpperCase(), object) ? 1 : 0) : null
  }
  return hasPermission(
    session,
    session.instance.findDatabase(text(securable)) ?? session.database,
    permission.toUpperCase(),
  )
    ? 1
    : 0
}
