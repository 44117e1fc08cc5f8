import { passwordHash } from '../database/password-hash.ts'
import { text } from '../database/quoting.ts'
import type { ServerSettings } from '../settings.ts'

/** The people that the first configuration brings: as users who may log in, and as resources. Repeatable. */
export function firstContent({ users, kdfIterations }: ServerSettings, domain: string): string {
  return users
    .map(({ login, displayName, password, mail = `${login}@${domain}` }) => {
      const hash = `0x${passwordHash(password, kdfIterations).toString('hex')}`
      const [name, shown, address] = [text(login), text(displayName), text(mail)]
      return `IF NOT EXISTS (SELECT 1 FROM UM_LocalUser WHERE Login = ${name})
INSERT UM_LocalUser (Login, DisplayName, Mail, PasswordHash) VALUES (${name}, ${shown}, ${address}, ${hash});
IF NOT EXISTS (SELECT 1 FROM UR_Resource WHERE EntityType = N'Directory_User' AND Identifier = ${name})
INSERT UR_Resource (EntityType, Identifier, DisplayName, Mail) VALUES (N'Directory_User', ${name}, ${shown}, ${address});`
    })
    .join('\n')
}
