/** sp_addtype and sp_droptype: the old names of CREATE TYPE … FROM and DROP TYPE. */
import { statementsOf } from '../execute/batch.ts'
import { dropType, runCreateType } from '../execute/user-types.ts'
import { SqlError } from '../sql-error.ts'
import type { ProcedureCall, SystemProcedure } from './procedure-call.ts'

const bracketed = (name: string): string => `[${name.replaceAll(']', ']]')}]`

async function addType(call: ProcedureCall): Promise<undefined> {
  const name = call.text('typename') ?? ''
  const base = call.text('phystype') ?? ''
  const nullability = (call.text('nulltype') ?? 'NULL').trim().toUpperCase().replace('NONULL', 'NOT NULL')
  // The text comes from the caller: only a type with its lengths is one.
  if (!/^\w+(\s*\(\s*(\d+(\s*,\s*\d+)?|max)\s*\))?$/i.test(base.trim()))
    throw new SqlError(15036, 16, 1, `The data type '${base}' does not exist or you do not have permission.`)
  if (nullability !== 'NULL' && nullability !== 'NOT NULL')
    throw new SqlError(15035, 16, 1, "Valid values for @nulltype are 'NULL', 'NOT NULL' or 'NONULL'.")
  const [statement] = statementsOf(call.x, `CREATE TYPE ${bracketed(name)} FROM ${base} ${nullability}`, true)
  if (statement?.kind === 'createType') await runCreateType(call.x, statement)
  return undefined
}

async function removeType(call: ProcedureCall): Promise<undefined> {
  await dropType(call.x, [call.text('typename') ?? ''], false)
  return undefined
}

export const typeNameProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_addtype: { parameters: 'typename:name phystype:name nulltype:v8? owner:name?', run: addType },
  sp_droptype: { parameters: 'typename:name', run: removeType },
}
