import { createHash } from 'node:crypto'
import { passwordHash } from '../database/password-hash.ts'
import { text } from '../database/quoting.ts'
import type { ServerSettings } from '../settings.ts'

/** By a hash of what it was made from. An installation is repeated at each start: its text stays, and so does SQL Server's plan for it. */
const made = new Map<string, string>()
const MAX_MADE = 100

/** The people that the first configuration brings: as users who may log in, and as resources. Repeatable. */
export function firstContent({ users, kdfIterations }: ServerSettings, domain: string): string {
  const from = createHash('sha256')
    .update(JSON.stringify([users, kdfIterations, domain]))
    .digest('base64')
  const sql = made.get(from) ?? statements(users, kdfIterations, domain)
  if (made.size >= MAX_MADE) made.clear()
  made.set(from, sql)
  return sql
}

const statements = (users: ServerSettings['users'], kdfIterations: number, domain: string): string =>
  users
    .map(({ login, displayName, password, mail = `${login}@${domain}` }) => {
      const hash = `0x${passwordHash(password, kdfIterations).toString('hex')}`
      const [name, shown, address] = [text(login), text(displayName), text(mail)]
      return `IF NOT EXISTS (SELECT 1 FROM UM_LocalUser WHERE Login = ${name})
INSERT UM_LocalUser (Login, DisplayName, Mail, PasswordHash) VALUES (${name}, ${shown}, ${address}, ${hash});
IF NOT EXISTS (SELECT 1 FROM UR_Resource WHERE EntityType = N'Directory_User' AND Identifier = ${name})
INSERT UR_Resource (EntityType, Identifier, DisplayName, Mail) VALUES (N'Directory_User', ${name}, ${shown}, ${address});`
    })
    .join('\n')
