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
  sequence: z.number(),
  secret_id: z.number(),
  change_type: z.enum(['secret-created', 'secret-changed']),
  version: z.number(),
  changed_by: z.string(),
  name: z.string(),
})
const readerRow = z.object({ secret_id: z.number(), user_id: z.number() })
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
    `SELECT TOP (${BATCH}) u.sequence, u.secret_id, u.change_type, u.version, u.changed_by, s.name
FROM dbo.updates u JOIN dbo.secrets s ON s.id = u.secret_id WHERE u.sequence > @sequence ORDER BY u.sequence;`,
    { sequence },
  )
  const rows = (sets[0] ?? []).map((row) => updateRow.parse(row))
  if (rows.length === 0) return []
  const readers = await readersSince(runner, sequence)
  return rows.map((row) => ({
    sequence: row.sequence,
    update: { type: row.change_type, id: row.secret_id, name: row.name, by: row.changed_by, version: row.version },
    readers: readers.get(row.secret_id) ?? new Set(),
  }))
}

async function readersSince(runner: SqlRunner, sequence: number): Promise<ReadonlyMap<number, Set<number>>> {
  const { sets } = await runner.run(
    `SELECT p.secret_id, us.id AS user_id FROM dbo.permissions p JOIN dbo.users us ON us.id = p.principal_id
WHERE p.principal_kind = 'U' AND us.locked = 0 AND us.disabled = 0
AND p.secret_id IN (SELECT u.secret_id FROM dbo.updates u WHERE u.sequence > @sequence);
SELECT p.secret_id, us.id AS user_id FROM dbo.permissions p JOIN dbo.memberships m ON m.role_id = p.principal_id
JOIN dbo.users us ON us.id = m.user_id
WHERE p.principal_kind = 'R' AND us.locked = 0 AND us.disabled = 0
AND p.secret_id IN (SELECT u.secret_id FROM dbo.updates u WHERE u.sequence > @sequence);`,
    { sequence },
  )
  const readers = new Map<number, Set<number>>()
  for (const row of sets.flat().map((one) => readerRow.parse(one))) {
    const known = readers.get(row.secret_id) ?? new Set()
    readers.set(row.secret_id, known.add(row.user_id))
  }
  return readers
}
