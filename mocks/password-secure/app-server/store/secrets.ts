import { z } from 'zod'
import type { SecretFacts } from '../../protocol/client-messages.ts'
import { access, type Right } from './rights.ts'
import type { SqlRunner } from './sql-pool.ts'

/** Rows of `permissions` that speak for a user: its own, and those of its roles. */
const speaksFor = `((p.principal_kind = 'U' AND p.principal_id = @userId) OR (p.principal_kind = 'R' AND p.principal_id IN
(SELECT m.role_id FROM dbo.memberships m WHERE m.user_id = @userId)))`

const secretRow = z.object({
  id: z.number(),
  name: z.string(),
  username: z.string(),
  url: z.string(),
  version: z.number(),
  access: z.number(),
})

const rightOf = (level: number): Right => (level >= access.owner ? 'owner' : level >= access.write ? 'write' : 'read')

/** Everything that a user may see, by name. */
export async function secretsOf(runner: SqlRunner, userId: number): Promise<readonly SecretFacts[]> {
  const { sets } = await runner.run(
    `SELECT s.id, s.name, s.username, s.url, s.version, MAX(p.access) AS access
FROM dbo.secrets s JOIN dbo.permissions p ON p.secret_id = s.id
WHERE ${speaksFor} GROUP BY s.id, s.name, s.username, s.url, s.version ORDER BY s.name, s.id;`,
    { userId },
  )
  return (sets[0] ?? []).map((row) => {
    const { access: level, ...facts } = secretRow.parse(row)
    return { ...facts, right: rightOf(level) }
  })
}

const sealedRow = secretRow.extend({ sealed_password: z.instanceof(Buffer), watched: z.boolean() })

export interface SealedSecret {
  readonly id: number
  readonly name: string
  readonly username: string
  readonly url: string
  readonly version: number
  readonly right: Right
  readonly sealed: Buffer
  readonly watched: boolean
}

/** One secret as a user may see it; undefined for what is not there and for what it may not see. */
export async function secretFor(runner: SqlRunner, userId: number, id: number): Promise<SealedSecret | undefined> {
  const { sets } = await runner.run(
    `SELECT s.id, s.name, s.username, s.url, s.version, s.sealed_password, s.watched,
(SELECT MAX(p.access) FROM dbo.permissions p WHERE p.secret_id = s.id AND ${speaksFor}) AS access
FROM dbo.secrets s WHERE s.id = @id
AND EXISTS (SELECT 1 FROM dbo.permissions p WHERE p.secret_id = s.id AND ${speaksFor});`,
    { userId, id },
  )
  const [row] = sets[0] ?? []
  if (!row) return undefined
  const { sealed_password: sealed, access: level, ...facts } = sealedRow.parse(row)
  return { ...facts, sealed, right: rightOf(level) }
}

const versionRow = z.object({ version: z.number() })

/**
 * Changes a password and tells the other servers, in one transaction. The table lock on `updates` makes the order of
 * its sequence the order of the commits, so that nobody who reads on from a sequence misses one.
 */
export async function changePassword(runner: SqlRunner, id: number, sealed: Buffer, by: string): Promise<number> {
  const { sets } = await runner.run(
    `SET XACT_ABORT ON;
BEGIN TRANSACTION;
UPDATE dbo.secrets SET sealed_password = @sealed, version = version + 1, changed_by = @by WHERE id = @id;
INSERT INTO dbo.updates WITH (TABLOCKX) (secret_id, change_type, version, changed_by)
SELECT id, N'secret-changed', version, @by FROM dbo.secrets WHERE id = @id;
COMMIT TRANSACTION;
SELECT version FROM dbo.secrets WHERE id = @id;`,
    { id, sealed, by },
  )
  return versionRow.parse(sets.at(-1)?.[0]).version
}

export interface NewSecret {
  readonly name: string
  readonly username: string
  readonly url: string
  readonly sealed: Buffer
  readonly watched: boolean
  readonly ownerId: number
  readonly by: string
}

const idRow = z.object({ id: z.number() })

/** To be run in a transaction. */
export async function insertSecret(runner: SqlRunner, secret: NewSecret): Promise<number> {
  const { ownerId, ...values } = secret
  const { sets } = await runner.run(
    `INSERT INTO dbo.secrets (name, username, url, sealed_password, watched, version, changed_by) OUTPUT INSERTED.id
VALUES (@name, @username, @url, @sealed, @watched, 1, @by);`,
    values,
  )
  const { id } = idRow.parse(sets[0]?.[0])
  await runner.run(
    `INSERT INTO dbo.permissions (secret_id, principal_kind, principal_id, access) VALUES (@id, 'U', @ownerId, ${access.owner});
INSERT INTO dbo.updates WITH (TABLOCKX) (secret_id, change_type, version, changed_by) VALUES (@id, N'secret-created', 1, @by);`,
    { id, ownerId, by: secret.by },
  )
  return id
}

/** The oldest secret of a name. */
export async function secretNamed(runner: SqlRunner, name: string): Promise<number | undefined> {
  const { sets } = await runner.run('SELECT MIN(id) AS id FROM dbo.secrets WHERE name = @name;', { name })
  return z.object({ id: z.number().nullable() }).parse(sets[0]?.[0]).id ?? undefined
}

const mailRow = z.object({ mail: z.string() })

/** Where the owners of a secret get their mail. */
export async function ownersOf(runner: SqlRunner, id: number): Promise<readonly string[]> {
  const { sets } = await runner.run(
    `SELECT DISTINCT u.mail FROM dbo.users u WHERE u.disabled = 0 AND (
u.id IN (SELECT p.principal_id FROM dbo.permissions p WHERE p.secret_id = @id AND p.principal_kind = 'U' AND p.access = ${access.owner})
OR u.id IN (SELECT m.user_id FROM dbo.memberships m JOIN dbo.permissions p ON p.principal_id = m.role_id
WHERE p.secret_id = @id AND p.principal_kind = 'R' AND p.access = ${access.owner}));`,
    { id },
  )
  return (sets[0] ?? []).map((row) => mailRow.parse(row).mail)
}
