/** CREATE, ALTER and DROP of #temporary procedures. */
import { statementCodes } from '../../tds/tokens/done.ts'
import type { ModuleDef } from '../catalog/definitions.ts'
import { createText, type ModuleStatement } from '../catalog/module-statement.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { Execution } from './execution.ts'

const longestName = 116

/** As tempdb calls it, and messages with it: told apart from other sessions' by the number at its end. */
const nameInTempdb = (name: string, id: number): string =>
  name.slice(0, longestName).padEnd(longestName, '_') + id.toString(16).toUpperCase().padStart(12, '0')

const savepoints = ({ session: { transaction } }: Execution): number | undefined =>
  transaction.active ? transaction.savepoints : undefined

export function createTemporaryProcedure(
  x: Execution,
  s: ModuleStatement,
  name: string,
  context: Pick<ModuleDef, 'executeAs'>,
): void {
  if (s.what === 'VIEW') throw new SqlError(4103, 15, 1, `'${name}': Temporary views are not allowed.`)
  if (s.what === 'FUNCTION') throw new SqlError(1074, 15, 1, 'Creation of temporary functions is not allowed.')
  if (s.what !== 'PROCEDURE') throw unsupported('temporary triggers', s.line)
  if (context.executeAs) throw unsupported('EXECUTE AS of temporary procedures', s.line)
  if (name.startsWith('##')) throw unsupported('global temporary procedures', s.line)
  const { session } = x
  const existing = session.temporaryProcedures.get(name)
  if (s.mode === 'create' && existing) throw errors.exists(name)
  if (s.mode === 'alter' && !existing) throw errors.noObject(name, s.line)
  const now = session.instance.nowText()
  const id = existing?.id ?? session.newTemporaryId()
  session.temporaryProcedures.set(
    name,
    {
      kind: 'procedure',
      id,
      schema: 'dbo',
      name: nameInTempdb(name, id),
      created: existing?.created ?? now,
      modified: now,
      text: createText(s),
      quotedIdentifier: x.frame.quotedIdentifier,
      ...context,
    },
    savepoints(x),
  )
  x.sink.done({ kind: x.frame.done, command: statementCodes.createProcedure })
}

/** False when there is none of that name. */
export function dropTemporaryProcedure(x: Execution, name: string): boolean {
  if (!x.session.temporaryProcedures.get(name)) return false
  x.session.temporaryProcedures.set(name, undefined, savepoints(x))
  return true
}
