import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { SqlRunner } from './sql-pool.ts'

const TOKEN_BYTES = 32

/** Tokens lie in the database as their SHA-256 only; every server that shares it knows them. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

export async function insertSession(
  runner: SqlRunner,
  session: { readonly userId: number; readonly now: Date; readonly expiresAt: Date },
): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  await runner.run(
    `DELETE FROM dbo.sessions WHERE expires_at <= @now;
INSERT INTO dbo.sessions (token_hash, user_id, expires_at) VALUES (@hash, @userId, @expiresAt);`,
    { ...session, hash: hashOf(token) },
  )
  return token
}

const sessionRow = z.object({ id: z.number(), name: z.string(), expires_at: z.date() })

export interface SessionUser {
  readonly id: number
  readonly name: string
  readonly expiresAt: Date
}

/** Whose session a token is; undefined for unknown, ended and expired ones, and for users who were locked meanwhile. */
export async function sessionUser(runner: SqlRunner, token: string, now: Date): Promise<SessionUser | undefined> {
  const { sets } = await runner.run(
    `SELECT u.id, u.name, s.expires_at FROM dbo.sessions s JOIN dbo.users u ON u.id = s.user_id
WHERE s.token_hash = @hash AND s.expires_at > @now AND u.locked = 0 AND u.disabled = 0;`,
    { hash: hashOf(token), now },
  )
  const [row] = sets[0] ?? []
  if (!row) return undefined
  const { expires_at: expiresAt, ...user } = sessionRow.parse(row)
  return { ...user, expiresAt }
}

export async function deleteSession(runner: SqlRunner, token: string): Promise<void> {
  await runner.run('DELETE FROM dbo.sessions WHERE token_hash = @hash;', { hash: hashOf(token) })
}

export async function deleteSessionsOf(runner: SqlRunner, userName: string): Promise<void> {
  await runner.run('DELETE FROM dbo.sessions WHERE user_id IN (SELECT id FROM dbo.users WHERE name = @userName);', {
    userName,
  })
}
