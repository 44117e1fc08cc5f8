import { z } from 'zod'
import type { User, UserStore } from '../identity/identity-server.ts'
import type { Database } from './database.ts'
import { isPassword, passwordHash } from './password-hash.ts'

/** A person of the store of users, with what the pages show of it. */
export interface LocalUser extends User {
  readonly mail?: string
}

const row = z.object({
  Login: z.string(),
  DisplayName: z.string(),
  Mail: z.string().nullable(),
  PasswordHash: z.instanceof(Buffer),
})

const SELECT = 'SELECT Login, DisplayName, Mail, PasswordHash FROM UM_LocalUser'

// Unknown logins take as long as known ones.
const NOBODY = passwordHash('', 1_000)

/** Users in the database. The login of a Windows account is looked for without its domain, as trimming at `\` gives it. */
export function userStore(database: Database): UserStore<LocalUser> {
  const find = async (login: string) => {
    const name = login.slice(login.lastIndexOf('\\') + 1)
    const [found] = await database.query(`${SELECT} WHERE Login = @name OR Mail = @name;`, { name })
    return found === undefined ? undefined : row.parse(found)
  }
  return {
    async check(login, password) {
      const found = login.includes('\\') ? undefined : await find(login)
      const right = await isPassword(password, found?.PasswordHash ?? NOBODY)
      return right && found ? userOf(found) : undefined
    },
    async find(login) {
      const found = await find(login)
      return found && userOf(found)
    },
  }
}

const userOf = ({ Login: login, DisplayName: displayName, Mail: mail }: z.output<typeof row>): LocalUser => ({
  login,
  displayName,
  ...(mail === null ? {} : { mail }),
})
