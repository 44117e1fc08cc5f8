import { z } from 'zod'
import { access, type Right } from './rights.ts'
import type { SqlRunner } from './sql-pool.ts'

export interface Principal {
  readonly kind: 'U' | 'R'
  readonly id: number
}

const principalRow = z.object({ kind: z.enum(['U', 'R']), id: z.number() })

/** A user or, where no user has the name, a role. */
export async function findPrincipal(runner: SqlRunner, name: string): Promise<Principal | undefined> {
  const { sets } = await runner.run(
    `SELECT 'U' AS kind, id FROM dbo.users WHERE name = @name;
SELECT 'R' AS kind, id FROM dbo.roles WHERE name = @name;`,
    { name },
  )
  const row = sets[0]?.[0] ?? sets[1]?.[0]
  return row === undefined ? undefined : principalRow.parse(row)
}

export async function grant(runner: SqlRunner, secretId: number, to: Principal, right: Right): Promise<void> {
  await runner.run(
    `UPDATE dbo.permissions SET access = @level WHERE secret_id = @secretId AND principal_kind = @kind AND principal_id = @id;
IF @@ROWCOUNT = 0 INSERT INTO dbo.permissions (secret_id, principal_kind, principal_id, access)
VALUES (@secretId, @kind, @id, @level);`,
    { secretId, kind: to.kind, id: to.id, level: access[right] },
  )
}

export async function revoke(runner: SqlRunner, secretId: number, from: Principal): Promise<void> {
  await runner.run(
    'DELETE FROM dbo.permissions WHERE secret_id = @secretId AND principal_kind = @kind AND principal_id = @id;',
    { secretId, kind: from.kind, id: from.id },
  )
}
