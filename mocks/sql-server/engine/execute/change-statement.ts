import type { Statement } from '../../tsql/ast.ts'
import { runDelete } from './delete.ts'
import type { Execution } from './execution.ts'
import { runInsert } from './insert.ts'
import { runUpdate } from './update.ts'

type ChangeStatement = Extract<Statement, { kind: 'insert' | 'update' | 'delete' | 'truncate' | 'merge' }>

/** Runs what changes rows. When it fails in a transaction, what it alone has locked is given back. */
export async function runChange(x: Execution, s: ChangeStatement): Promise<void> {
  const { transaction } = x.session
  // What runs inside INSERT … EXEC stays when the INSERT fails.
  const whole = s.kind !== 'insert' || s.source.kind !== 'exec'
  if (!transaction.active || !whole) return run(x, s)
  const mark = transaction.mark()
  try {
    await run(x, s)
  } catch (error) {
    transaction.giveBack(mark)
    throw error
  }
}

async function run(x: Execution, s: ChangeStatement): Promise<void> {
  switch (s.kind) {
    case 'insert':
      return runInsert(x, s)
    case 'update':
      return runUpdate(x, s)
    case 'delete':
    case 'truncate':
      return runDelete(x, s)
    case 'merge':
      return (await import('./merge.ts')).runMerge(x, s)
  }
}
