import { z } from 'zod'
import type { RealTimeUpdate } from '../../protocol/real-time-messages.ts'
import type { SqlRunner } from './sql-pool.ts'

export interface StoredUpdate {
  readonly sequence: number
  readonly update: RealTimeUpdate
  /** Users who may read the secret now. */
  readonly readers: ReadonlySet<number>
}

const updateRow = z.object({
  sequence: z.int(),
  secret_id: z.int(),
  change_type: z.enum(['secret-created', 'secret-changed']),
  version: z.int(),
  changed_by: z.string(),
})
const nameRow = z.object({ id: z.int(), name: z.string() })
const readerRow = z.object({ secret_id: z.int(), user_id: z.int() })
const lastRow = z.object({ last: z.number().nullable() })

/** Updates fetched at once. */
const BATCH = 500

export async function lastSequence(runner: SqlRunner): Promise<number> {
  const { sets } = await runner.run('SELECT MAX(sequence) AS last FROM dbo.updates;')
  return lastRow.parse(sets[0]?.[0]).last ?? 0
}

/** Updates after a sequence number, with who may hear of each. */
export async function updatesAfter(runner: SqlRunner, sequence: number): Promise<readonly StoredUpdate[]> {
  const { sets } = await runner.run(
    `SELECT TOP (${BATCH}) sequence, secret_id, change_type, version, changed_by FROM dbo.updates
WHERE sequence > @sequence ORDER BY sequence;`,
    { sequence },
  )
  const rows = (sets[0] ?? []).map((row) => updateRow.parse(row))
  if (rows.length === 0) return []
  const { names, readers } = await audience(runner, [...new Set(rows.map((row) => row.secret_id))])
  return rows.map(({ sequence: at, secret_id: id, change_type: type, version, changed_by: by }) => ({
    sequence: at,
    update: { type, id, name: names.get(id) ?? '', by, version },
    readers: readers.get(id) ?? new Set(),
  }))
}

/**
 * Names of secrets, and who may read them. Asked apart from `updates`: who changes a secret locks it first and `updates`
 * last, so that one statement over both would be a deadlock in waiting.
 */
async function audience(runner: SqlRunner, ids: readonly number[]) {
  // Numbers, parsed as such: there is no parameter for a list.
  const list = ids.join(', ')
  const { sets } = await runner.run(
    `SELECT id, name FROM dbo.secrets WHERE id IN (${list});
SELECT p.secret_id, u.id AS user_id FROM dbo.users u JOIN dbo.permissions p ON p.principal_id = u.id
WHERE p.principal_kind = 'U' AND u.locked = 0 AND u.disabled = 0 AND p.secret_id IN (${list});
SELECT p.secret_id, u.id AS user_id FROM dbo.users u JOIN dbo.memberships m ON m.user_id = u.id
JOIN dbo.permissions p ON p.principal_id = m.role_id
WHERE p.principal_kind = 'R' AND u.locked = 0 AND u.disabled = 0 AND p.secret_id IN (${list});`,
  )
  const names = new Map((sets[0] ?? []).map((row) => nameRow.parse(row)).map(({ id, name }) => [id, name]))
  const readers = new Map<number, Set<number>>()
  for (const row of sets.slice(1).flat()) {
    const { secret_id: id, user_id: user } = readerRow.parse(row)
    readers.set(id, (readers.get(id) ?? new Set()).add(user))
  }
  return { names, readers }
}
