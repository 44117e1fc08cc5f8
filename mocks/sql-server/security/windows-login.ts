/** A Windows account at the server: which logins its token matches, and the one login that a session then has. */
import type { WindowsAccount } from '../../directory/authority.ts'
import { encodeSid } from '../../directory/sid.ts'
import type { Login, LoginStore } from './login.ts'
import { accountDisabled, type LoginRefusal, loginFailed, reasons } from './login-errors.ts'

const sidHex = (sid: string): string => encodeSid(sid).toString('hex')

/**
 * Logins match by SID: an account that was made anew under its old name is a stranger. A login that came with the
 * server's settings has none until its account is first seen.
 */
function loginOf(
  logins: LoginStore,
  { name, sid, kind }: Pick<WindowsAccount, 'name' | 'sid' | 'kind'>,
): Login | undefined {
  const hex = sidHex(sid)
  const named = logins.find(name)
  if (named?.windows && named.sid === '')
    logins.update(named, () => {
      named.sid = hex
      named.windows = kind === 'group' ? 'group' : 'user'
    })
  return logins.all().find((login) => login.windows && login.sid === hex)
}

export function loginOfAccount(
  logins: LoginStore,
  account: WindowsAccount,
  mayConnect: (login: Login) => boolean,
): { readonly login: Login } | { readonly refusal: LoginRefusal } {
  const refuse = ({ state, reason }: { readonly state: number; readonly reason: string }) => ({
    refusal: loginFailed(account.name, state, reason),
  })
  const own = loginOf(logins, account)
  const groups = account.groups.map((group) => loginOf(logins, group)).filter((login) => login !== undefined)
  const matched = own ? [own, ...groups] : groups
  const [first] = matched
  if (!first) return refuse(reasons.noWindowsLogin)
  if (own?.disabled) return { refusal: accountDisabled(own.name) }
  const login = sessionLogin(account, own, matched, first)
  return mayConnect(login) ? { login } : refuse(reasons.noConnect)
}

/** Roles and permissions are looked up when they are asked for: granting them to a group acts on who is in already. */
function sessionLogin(account: WindowsAccount, own: Login | undefined, matched: readonly Login[], first: Login): Login {
  const [only] = matched.length === 1 ? matched : []
  const all = (set: (login: Login) => ReadonlySet<string>): Set<string> =>
    new Set(matched.flatMap((login) => [...set(login)]))
  return {
    id: own?.id ?? 0,
    name: own?.name ?? account.name,
    passwordHash: '',
    disabled: false,
    locked: false,
    expired: false,
    mustChange: false,
    policy: false,
    expiration: false,
    defaultLanguage: first.defaultLanguage,
    ids: matched.map((login) => login.id),
    passwordSet: first.created,
    modified: first.modified,
    badPasswords: 0,
    windows: 'user',
    token: new Set(account.groups.map((group) => group.name.toLowerCase())),
    defaultDatabase: first.defaultDatabase,
    sid: sidHex(account.sid),
    created: first.created,
    get roles() {
      return only?.roles ?? all((login) => login.roles)
    },
  }
}
