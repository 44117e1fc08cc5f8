import type { Statement } from '../../tsql/ast.ts'
import { isLocalTemporary } from '../session/temporary-name.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { Execution } from './execution.ts'
import { aliasOf } from './resolve-target.ts'

/** The database of a table that a statement changes, where its name says another one than the current. */
export function otherDatabase(x: Execution, s: Statement): SqlDatabase | undefined {
  let name: readonly string[] | undefined
  switch (s.kind) {
    case 'insert':
    case 'merge':
      name = s.target.name
      break
    case 'update':
    case 'delete': {
      const [only = ''] = s.target.name ?? []
      const aliased = s.target.name?.length === 1 ? aliasOf(s.from, only) : undefined
      name = typeof aliased === 'object' ? aliased : s.target.name
      break
    }
    case 'truncate':
    case 'alterTable':
      name = s.name
      break
    case 'bulkInsert':
    case 'createIndex':
    case 'alterIndex':
    case 'statistics':
      name = s.table
      break
    case 'dropIndex':
      name = s.drops[0]?.table
      break
    default:
  }
  const wanted = name && name.length > 2 ? name.at(-3) : undefined
  if (!name || !wanted || isLocalTemporary(name.at(-1) ?? '')) return undefined
  const { session } = x
  if (wanted.toLowerCase() === session.database.name.toLowerCase()) return undefined
  // What the EXEC sends comes from here; its rows go there later.
  if (s.kind === 'insert' && s.source.kind === 'exec') return undefined
  return session.openableDatabase(wanted, name, s.line)
}
