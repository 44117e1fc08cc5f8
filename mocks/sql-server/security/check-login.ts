import type { Login, LoginStore } from './login.ts'
import {
  accountDisabled,
  accountLocked,
  type LoginRefusal,
  loginFailed,
  passwordExpired,
  passwordMustChange,
  passwordNotChanged,
  reasons,
} from './login-errors.ts'
import { hashPassword, isPassword } from './password.ts'
import { maxPasswordAgeDays, policyFault } from './password-policy.ts'

export interface Credentials {
  readonly user: string
  readonly password: string
  /** A new password, when the login is to change it. */
  readonly newPassword: string | undefined
}

const dayMs = 86_400_000

/** CHECK_EXPIRATION: a password grows old; or somebody has said that it has. */
export const isExpired = (login: Login, now: Date): boolean =>
  login.expired || (login.expiration && now.getTime() - login.passwordSet.getTime() > maxPasswordAgeDays * dayMs)

export type LoginVerdict = { readonly login: Login } | { readonly refusal: LoginRefusal }

/**
 * SQL Server authentication, in the order in which the server looks: the name, the password, then the account's standing.
 * After `lockoutThreshold` wrong passwords in a row the account is locked; 0 never locks, as Windows' policy does.
 */
export function checkLogin(
  logins: LoginStore,
  given: Credentials,
  rules: { readonly lockoutThreshold: number; readonly mayConnect: (login: Login) => boolean; readonly now: Date },
): LoginVerdict {
  const { lockoutThreshold } = rules
  const fail = ({ state, reason }: { readonly state: number; readonly reason: string }): LoginVerdict => ({
    refusal: loginFailed(given.user, state, reason),
  })
  const login = logins.find(given.user)
  if (login?.windows) return fail(reasons.windowsName)
  if (!login) return fail(given.user.includes('\\') ? reasons.windowsName : reasons.unknown)
  if (login.locked) return { refusal: accountLocked(login.name) }
  if (!isPassword(login.passwordHash, given.password)) {
    login.badPasswords += 1
    login.lastBadPassword = rules.now
    if (lockoutThreshold > 0 && login.policy && login.badPasswords >= lockoutThreshold)
      logins.update(login, () => {
        login.locked = true
      })
    return fail(login.disabled ? reasons.disabledWrongPassword : reasons.wrongPassword)
  }
  if (login.disabled) return { refusal: accountDisabled(login.name) }
  if (!rules.mayConnect(login)) return fail(reasons.noConnect)
  if (given.newPassword === undefined) {
    if (login.mustChange) return { refusal: passwordMustChange(login.name) }
    if (isExpired(login, rules.now)) return { refusal: passwordExpired(login.name) }
  } else {
    const { newPassword } = given
    const fault = login.policy ? policyFault(newPassword, login.name) : undefined
    if (fault) return { refusal: passwordNotChanged(login.name, fault) }
    logins.update(login, () => {
      login.passwordHash = hashPassword(newPassword)
      login.passwordSet = rules.now
      login.mustChange = false
      login.expired = false
    })
  }
  login.badPasswords = 0
  return { login }
}
