/** Dynamic cursors: rows that have come are there at the next fetch, rows that have gone are not. */
import type { Execution } from '../execute/execution.ts'
import type { ApiCursor, CursorRow, LivingRows } from './api-cursor.ts'

/** Changes of this connection and commits of others, as SQLite counts them. */
export function changeStamp(x: Execution): string {
  const store = x.session.store(x.session.database)
  return `${store.all('SELECT total_changes()')[0]?.[0]} ${store.all('PRAGMA data_version')[0]?.[0]}`
}

const keyOf = (row: CursorRow): string =>
  row.keys.map((cell) => (cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : String(cell))).join('\u0000')

/** Reads the rows anew where anything has changed; the fetch buffer stays at what is left of its rows. */
export async function followChanges(x: Execution, cursor: ApiCursor, living: LivingRows): Promise<void> {
  const stamp = changeStamp(x)
  if (stamp === living.stamp) return
  living.stamp = stamp
  const before = [...cursor.rows]
  const now = await living.read(x)
  const places = new Map(now.map((row, i) => [keyOf(row), i + 1]))
  const place = (row: CursorRow | undefined): number | undefined => row && places.get(keyOf(row))
  const { at, fetched } = cursor
  cursor.rows.splice(0, cursor.rows.length, ...now)
  if (at === 0) return
  if (at > before.length) {
    cursor.at = now.length + 1
    return
  }
  let first: number | undefined
  for (let i = at - 1; first === undefined && i < before.length; i += 1) first = place(before[i])
  let last: number | undefined
  for (let i = at + Math.max(1, fetched) - 2; last === undefined && i >= 0; i -= 1) last = place(before[i])
  // Both ends may have closed over a hole: then nothing is left of the buffer, and the next row is at the hole.
  cursor.at = first ?? now.length + 1
  cursor.fetched = Math.max(0, (last ?? 0) - cursor.at + 1)
}
