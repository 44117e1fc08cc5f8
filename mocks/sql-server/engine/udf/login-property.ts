/** LOGINPROPERTY, PWDCOMPARE and PWDENCRYPT. */
import { isExpired } from '../../security/check-login.ts'
import { hashPassword, isHash, isPassword } from '../../security/password.ts'
import { maxPasswordAgeDays } from '../../security/password-policy.ts'
import { hasServerPermission } from '../../security/permissions.ts'
import { type Cell, types } from '../../tds/data-type.ts'
import { visibleLogins } from '../catalog/security-views.ts'
import type { SqlSession } from '../session.ts'
import { cellOfMoment, momentOfDate } from '../values/temporal.ts'
import { text } from './session-answer.ts'

const dayMs = 86_400_000
const never = new Date(Date.UTC(1900, 0, 1))
const moment = (date: Date | undefined): string => cellOfMoment(momentOfDate(date ?? never), types.datetime)

/** NULL for a login that is not there or that one may not see. */
export function loginProperty(session: SqlSession, name: Cell, property: Cell): Cell {
  const login = visibleLogins(session).find((each) => each.name.toLowerCase() === text(name).toLowerCase())
  if (!login || login.windows) return null
  const now = session.instance.options.now()
  const age = (now.getTime() - login.passwordSet.getTime()) / dayMs
  switch (text(property).toLowerCase()) {
    case 'badpasswordcount':
      return login.badPasswords
    case 'badpasswordtime':
      return moment(login.lastBadPassword)
    case 'daysuntilexpiration':
      return login.expiration ? Math.max(0, Math.ceil(maxPasswordAgeDays - age)) : null
    case 'defaultdatabase':
      return login.defaultDatabase
    case 'defaultlanguage':
      return login.defaultLanguage
    case 'historylength':
      return 0
    case 'isexpired':
      return isExpired(login, now) ? 1 : 0
    case 'islocked':
      return login.locked ? 1 : 0
    case 'ismustchange':
      return login.mustChange ? 1 : 0
    case 'lockouttime':
      return moment(login.locked ? login.lastBadPassword : undefined)
    case 'passwordhashalgorithm':
      return 2
    case 'passwordlastsettime':
      return moment(login.passwordSet)
    case 'passwordhash':
      return hasServerPermission(session, 'CONTROL SERVER') ? Buffer.from(login.passwordHash, 'hex') : null
    default:
      return null
  }
}

export function passwordCompare(clear: Cell, hash: Cell): Cell {
  if (clear === null || hash === null) return null
  const digits = hash instanceof Uint8Array ? Buffer.from(hash).toString('hex') : text(hash)
  return isHash(digits) && isPassword(digits, text(clear)) ? 1 : 0
}

export const passwordEncrypt = (clear: Cell): Cell => Buffer.from(hashPassword(text(clear)), 'hex')
