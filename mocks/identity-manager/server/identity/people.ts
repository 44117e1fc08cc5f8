import type { LoginMethod, User, UserStore } from './contract.ts'

/**
 * The person behind a login. Windows' names come with their domain, which the store of users need not know: the setting
 * `AfterToken` of the vendor, `\` here, cuts it off.
 */
export async function personOf<U extends User>(
  users: Pick<UserStore<U>, 'find'>,
  login: string,
  method: LoginMethod,
): Promise<U | undefined> {
  const found = await users.find(login)
  if (found || method !== 'windows') return found
  return users.find(login.slice(login.indexOf('\\') + 1))
}
