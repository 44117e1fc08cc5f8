/** Batches: parsed once by text, checked as a whole, then run statement by statement. */
import type { Statement } from '../../tsql/ast.ts'
import { parseBatch } from '../../tsql/parser.ts'
import { SqlError } from '../sql-error.ts'
import { checkBatch } from './check-batch.ts'
import type { Execution } from './execution.ts'
import { reportError, runStatements } from './interpreter.ts'

/** The statements of a text; the same ones for the same text, so that plans are found again. */
export function statementsOf(
  x: Execution,
  text: string,
  quotedIdentifier: boolean,
  context = '',
): readonly Statement[] {
  const key = `${quotedIdentifier ? 'q' : 'n'}${context}\u0000${text}`
  return x.session.instance.batches.get(key, () => parseBatch(text, quotedIdentifier))
}

export async function runBatchText(x: Execution, text: string): Promise<void> {
  let statements: readonly Statement[]
  try {
    statements = statementsOf(x, text, x.frame.quotedIdentifier)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    refuse(x, [error])
    return
  }
  const bulk = statements.find((statement) => statement.kind === 'insertBulk')
  if (bulk) {
    const { announceBulk } = await import('./bulk-plan.ts')
    await announceBulk(x, bulk, statements.length === 1)
    return
  }
  const problems = checkBatch(x, statements)
  if (problems.length > 0) refuse(x, problems)
  else await runStatements(x, statements)
}

/** A batch that is wrong as a whole runs not at all. */
function refuse(x: Execution, problems: readonly SqlError[]): void {
  for (const problem of problems) reportError(x, problem)
  x.sink.done({ kind: 'done', command: 0, error: true })
}
