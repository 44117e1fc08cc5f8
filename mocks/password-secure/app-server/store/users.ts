import { z } from 'zod'
import type { PasswordHash } from '../security/password-hash.ts'
import type { SqlRunner } from './sql-pool.ts'

const userRow = z.object({
  id: z.number(),
  name: z.string(),
  mail: z.string(),
  salt: z.instanceof(Buffer),
  password_hash: z.instanceof(Buffer),
  iterations: z.number(),
  failures: z.number(),
  locked: z.boolean(),
  disabled: z.boolean(),
})
const nameRow = z.object({ name: z.string() })

export interface User {
  readonly id: number
  readonly name: string
  readonly mail: string
  readonly password: PasswordHash
  readonly failures: number
  readonly locked: boolean
  readonly disabled: boolean
  readonly roles: readonly string[]
}

export async function findUser(runner: SqlRunner, name: string): Promise<User | undefined> {
  const { sets } = await runner.run(
    `SELECT id, name, mail, salt, password_hash, iterations, failures, locked, disabled FROM dbo.users WHERE name = @name;
SELECT r.name FROM dbo.users u JOIN dbo.memberships m ON m.user_id = u.id JOIN dbo.roles r ON r.id = m.role_id
WHERE u.name = @name ORDER BY r.name;`,
    { name },
  )
  const [found] = sets[0] ?? []
  if (!found) return undefined
  const { password_hash: hash, salt, iterations, ...rest } = userRow.parse(found)
  return {
    ...rest,
    password: { salt, hash, iterations },
    roles: (sets[1] ?? []).map((row) => nameRow.parse(row).name),
  }
}

/** Counts a wrong password; the user is locked from the limit on. */
export async function countFailure(runner: SqlRunner, userId: number, limit: number): Promise<void> {
  await runner.run(
    `UPDATE dbo.users SET failures = failures + 1, locked = CASE WHEN failures + 1 >= @limit THEN 1 ELSE locked END
WHERE id = @userId;`,
    { userId, limit },
  )
}

export async function forgetFailures(runner: SqlRunner, userId: number): Promise<void> {
  await runner.run('UPDATE dbo.users SET failures = 0 WHERE id = @userId;', { userId })
}

/** Whether there was such a user. */
export async function setLocked(runner: SqlRunner, name: string, locked: boolean): Promise<boolean> {
  const { rowsAffected } = await runner.run('UPDATE dbo.users SET locked = @locked, failures = 0 WHERE name = @name;', {
    name,
    locked,
  })
  return rowsAffected[0] === 1
}

export async function setDisabled(runner: SqlRunner, name: string, disabled: boolean): Promise<boolean> {
  const { rowsAffected } = await runner.run('UPDATE dbo.users SET disabled = @disabled WHERE name = @name;', {
    name,
    disabled,
  })
  return rowsAffected[0] === 1
}

const idRow = z.object({ id: z.number() })

/** Makes a user and the roles that are missing; undefined when the name is taken. */
export async function insertUser(
  runner: SqlRunner,
  user: {
    readonly name: string
    readonly mail: string
    readonly password: PasswordHash
    readonly roles: readonly string[]
  },
): Promise<number | undefined> {
  const { salt, hash, iterations } = user.password
  const { sets } = await runner.run(
    `INSERT INTO dbo.users (name, mail, salt, password_hash, iterations) OUTPUT INSERTED.id
SELECT @name, @mail, @salt, @hash, @iterations WHERE NOT EXISTS (SELECT 1 FROM dbo.users WHERE name = @name);`,
    { name: user.name, mail: user.mail, salt, hash, iterations },
  )
  const [row] = sets[0] ?? []
  if (!row) return undefined
  const { id } = idRow.parse(row)
  for (const role of user.roles) {
    await runner.run(
      `IF NOT EXISTS (SELECT 1 FROM dbo.roles WHERE name = @role) INSERT INTO dbo.roles (name) VALUES (@role);
INSERT INTO dbo.memberships (user_id, role_id) SELECT @id, id FROM dbo.roles WHERE name = @role;`,
      { id, role },
    )
  }
  return id
}
