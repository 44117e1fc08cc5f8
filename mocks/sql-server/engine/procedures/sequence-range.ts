/** sp_sequence_get_range. */
import { types } from '../../tds/data-type.ts'
import { catalogOf } from '../execute/execution.ts'
import { advance } from '../execute/sequences.ts'
import { SqlError } from '../sql-error.ts'
import { splitName } from '../udf/object-functions.ts'
import type { ProcedureCall, SystemProcedure } from './procedure-call.ts'

function objectNamed(call: ProcedureCall, name: string) {
  const { session } = call.x
  const [object = '', schema = '', databaseName = ''] = splitName(name).reverse()
  if (databaseName !== '' && databaseName.toLowerCase() !== session.database.name.toLowerCase())
    throw new SqlError(
      15250,
      16,
      1,
      'The database name component of the object qualifier must be the name of the current database.',
    )
  const catalog = catalogOf(session, session.database)
  return (
    catalog.object(schema || session.defaultSchema(session.database), object) ??
    (schema === '' ? catalog.object('dbo', object) : undefined)
  )
}

function sequenceRange(call: ProcedureCall): number {
  const name = call.text('sequence_name') ?? ''
  const sequence = objectNamed(call, name)
  if (sequence?.kind !== 'sequence') throw new SqlError(11715, 16, 1, `Object '${name}' is not a sequence object.`)
  const size = BigInt(String(call.value('range_size') ?? 0))
  if (size < 1n) throw new SqlError(11717, 16, 1, 'The range size must be a positive number.')
  const { database } = call.x.session
  let first: bigint | undefined
  let last = 0n
  let cycles = 0
  const increment = BigInt(sequence.increment)
  for (let i = 0n; i < size; i += 1n) {
    const value = advance(database, sequence)
    if (first !== undefined && value !== last + increment) cycles += 1
    first ??= value
    last = value
  }
  const out = (parameter: string, value: bigint | number) => call.output(parameter, BigInt(value), types.bigint)
  out('range_first_value', first ?? 0n)
  out('range_last_value', last)
  out('range_cycle_count', cycles)
  out('sequence_increment', increment)
  out('sequence_min_value', BigInt(sequence.min))
  out('sequence_max_value', BigInt(sequence.max))
  return 0
}

export const sequenceProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_sequence_get_range: {
    parameters:
      'sequence_name:n776 range_size:bigint range_first_value:variant? range_last_value:variant? range_cycle_count:int? sequence_increment:variant? sequence_min_value:variant? sequence_max_value:variant?',
    run: sequenceRange,
  },
}
