import { hashPassword } from '../security/password-hash.ts'
import { seal } from '../security/sealed.ts'
import type { AppServerSettings } from '../settings.ts'
import type { FreshDatabase } from './content-statements.ts'

/** The users and secrets of the settings, as a new database gets them. */
export async function firstContent(
  settings: AppServerSettings,
  key: Buffer,
  mailOf: (user: string) => string,
): Promise<Omit<FreshDatabase, 'wrappedKey'>> {
  const users = await Promise.all(
    settings.users.map(async ({ name, password, roles, disabled, mail }) => {
      const { salt, hash, iterations } = await hashPassword(password, settings.kdfIterations)
      return { name, mail: mail ?? mailOf(name), salt, hash, iterations, disabled, roles }
    }),
  )
  const secrets = settings.secrets.map(({ password, ...secret }) => ({
    ...secret,
    sealed: seal(key, Buffer.from(password, 'utf8')),
  }))
  return { users, secrets }
}
